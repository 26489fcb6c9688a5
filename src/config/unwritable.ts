/**
 * Why a file or folder could not be written, and the cure, without its name: it stands before these words.
 * `undefined` where it is not an error of the file system: a bug.
 */
export function explainUnwritable(error: NodeJS.ErrnoException): string | undefined {
  switch (error.code) {
    case "EEXIST":
      return "is there already; --force replaces it, --out names another folder";
    case "EACCES":
    case "EPERM":
      return "may not be written by this user; name another folder with --out, or change its owner";
    case "EROFS":
      return "is on a disk that is read-only; name another folder with --out";
    case "ENOSPC":
    case "EDQUOT":
      return "does not fit: the disk is full; make room and run this again";
    case "ENOTDIR":
      return "has a file on its path where a folder should be; name another folder with --out";
    case "ENAMETOOLONG":
      return "is too long a path; name another folder with --out";
    default:
      return error.code === undefined
        ? undefined
        : `cannot be written (${error.code}); check the disk and the path`;
  }
}
