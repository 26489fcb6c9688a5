/** Between two lines where the output is no terminal, in milliseconds. */
const quietInterval = 10_000;
const terminalInterval = 500;

/**
 * Shows on standard error that something takes its time: on a terminal one line with the seconds, rewritten
 * and wiped when done; elsewhere a line at the start and one every ten seconds.
 *
 * @template T
 * @param {string} what "installing the packages", as the person should read it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const terminal = process.stderr.isTTY === true;
  const began = Date.now();
  const show = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    const line = seconds === 0 ? `cordon: ${what} …` : `cordon: ${what} … ${seconds} s`;
    process.stderr.write(terminal ? `\r${line}\x1b[K` : `${line}\n`);
  };
  show();
  const timer = setInterval(show, terminal ? terminalInterval : quietInterval);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (terminal) process.stderr.write("\r\x1b[K");
  }
}
