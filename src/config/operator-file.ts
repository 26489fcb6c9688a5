import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** More than any file that an operator writes for the service, in bytes. */
const mostBytes = 1024 * 1024;

/** What was named is there, and is nothing to be read whole. `explainUnreadable` has words for each code. */
class NoOperatorFile extends Error {
  override readonly name = "NoOperatorFile";
  readonly code: "NOT_A_FILE" | "TOO_LARGE";

  constructor(code: "NOT_A_FILE" | "TOO_LARGE") {
    super(code);
    this.code = code;
  }
}

/**
 * Reads a file of the operator whole. It has to be a file, since a pipe would keep a running service waiting and a
 * device has no end; and it has to be of a size that somebody may have written.
 *
 * @throws NoOperatorFile, or the error of the file system
 */
export function readOperatorFile(path: string): Buffer {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(handle);
    // A folder is told of as such by whoever tries to read it.
    if (!found.isFile() && !found.isDirectory()) throw new NoOperatorFile("NOT_A_FILE");
    if (found.size > mostBytes) throw new NoOperatorFile("TOO_LARGE");
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}
