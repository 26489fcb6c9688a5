import type { Server } from "node:http";

/** Where a server listens. Port 0 means any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The endpoint cannot listen where it was told to. The message is one line and names the cure. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: "port-taken" | "address-unavailable" | "port-not-allowed" | "cannot-listen";

  constructor(code: ListenError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Starts listening; gives the address with the port that was really taken. Throws a `ListenError`. */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once("error", failed);
    server.listen({ host, port }, () => {
      server.off("error", failed);
      // A connection that could not be taken, for want of file handles say. Whoever knocked knocks again; without a
      // listener it would end the process.
      server.on("error", () => {});
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === "object" && bound !== null
    ? { host: bound.address, port: bound.port }
    : { host, port };
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  switch (error.code) {
    case "EADDRINUSE":
      return new ListenError(
        "port-taken",
        `Port ${port} on ${host} is taken by another program. Stop that program, or choose another port here and in the url of the registration.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ListenError(
        "address-unavailable",
        `This machine has no address ${host}. Listen on one of its own addresses, on 127.0.0.1 for this machine only, or on 0.0.0.0 for all.`,
      );
    case "EACCES":
      return new ListenError(
        "port-not-allowed",
        `This user may not listen on port ${port}. Choose a port above 1023, or allow it with the capability CAP_NET_BIND_SERVICE.`,
      );
    default:
      return new ListenError(
        "cannot-listen",
        `Listening on ${host} port ${port} failed (${error.code ?? error.message}). Choose another address or port.`,
      );
  }
}
