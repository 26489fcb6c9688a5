/**
 * Why a file could not be read, and the cure, without its name: it stands before these words. `whenMissing` is
 * the cure where there is none. What is neither an error of the file system nor of decoding is a bug and
 * thrown again.
 */
export function explainUnreadable(error: unknown, whenMissing: string): string {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  switch (error.code) {
    case "ENOENT":
      return `there is no such file; ${whenMissing}`;
    case "ENOTDIR":
      return "a part of this path is a file, not a folder; check the path";
    case "EISDIR":
      return "is a folder; name the file in it";
    case "EACCES":
    case "EPERM":
      return "may not be read by the user the service runs as; give that user the file with chown";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "is not UTF-8 text; save it as UTF-8";
    case "NOT_A_FILE":
      return "is a pipe or a device; name a file";
    case "TOO_LARGE":
      return "is larger than 1 MB, which no file of this kind is; check the path";
    default:
      return `cannot be read (${String(error.code)}); check the disk and the path`;
  }
}
