import type { Server } from "node:http";
import { after } from "node:test";
import { listen } from "../../src/matrix/listen.ts";

/** Has a server listen on a free port of this machine, until the test or file is done; gives its address. */
export async function listening(server: Server): Promise<string> {
  const { host, port } = await listen(server, { host: "127.0.0.1", port: 0 });
  after(() => server.close().closeAllConnections());
  return `http://${host}:${port}`;
}
