/**
 * Loaded first into a program that another Node.js runs in its place: ends it at once when that one is gone,
 * so that killing what was started is killing what runs. Between the two there is a channel that the
 * operating system closes with its other end.
 */
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// The channel alone keeps no program alive that has nothing left to do.
process.channel?.unref();
