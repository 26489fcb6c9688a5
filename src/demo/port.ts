import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/**
 * Where the ports lie that are given out here: below those that a system gives to whoever does not choose one (Linux
 * from 32768 on, others from 49152 on). So nobody else comes to have one between here and the program it is for.
 */
const firstPort = 16_000;
const blockSize = 32;
const blocks = 500;

const ports = portsOfOwn();

/**
 * A port of 127.0.0.1 on which nothing listens, for programs that cannot choose one themselves. No other process that
 * asks here, and no other call, is given the same one as long as this process runs: not even while the program
 * it is for does not listen yet, or has ended and is to be started again.
 */
export async function freePort(): Promise<number> {
  const { value } = await ports.next();
  return value;
}

/** A process takes whole blocks. The first port of a block says that it is taken: its owner listens there. */
async function* portsOfOwn(): AsyncGenerator<number, never> {
  for (;;) {
    const first = await takeBlock();
    for (let port = first + 1; port < first + blockSize; port += 1) {
      const server = await listenOn(port);
      if (server === undefined) continue;
      await new Promise<void>((resolve) => server.close(() => resolve()));
      yield port;
    }
  }
}

async function takeBlock(): Promise<number> {
  const start = randomInt(blocks);
  for (let i = 0; i < blocks; i += 1) {
    const first = firstPort + blockSize * ((start + i) % blocks);
    const mark = await listenOn(first);
    if (mark === undefined) continue;
    // It ends with the process, and does not keep it from ending.
    mark.unref();
    return first;
  }
  const last = firstPort + blockSize * blocks - 1;
  throw new Error(`All ports of 127.0.0.1 from ${firstPort} to ${last} are taken. End some programs.`);
}

/** A server on this port; `undefined` where it is taken, or reserved by the system. */
async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
