import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after, test } from "node:test";
import { createServer as createTls } from "node:tls";
import { misspoken } from "../../../src/matrix/wire.ts";
import { noCertificate, selfSigned } from "../../support/certificate.ts";

const skip = noCertificate();
const certificate = skip === false ? await selfSigned() : {};

/** Has a server listen until the tests are done, and gives its port. */
async function portOf(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const http = await portOf(createHttp((_, response) => response.end("{}")));
const https = await portOf(createHttps(certificate, (_, response) => response.end("{}")));
/** As Synapse does, which reads a line to its end before it says anything. */
const patientHttp = await portOf(
  createServer((socket) => {
    socket.on("data", (bytes) => bytes.includes("GET ") && socket.end("HTTP/1.1 200 OK\r\n\r\n{}"));
  }),
);
/** Only whoever shows a certificate is let in: TLS all the same. */
const mutual = await portOf(createTls({ ...certificate, requestCert: true, minVersion: "TLSv1.3" }));
/** As proxies do that tell plain requests in plain words that TLS is wanted. */
const polite = await portOf(
  createServer((socket) => {
    socket.once("data", (bytes) => {
      if (bytes[0] === 0x16) forward(socket, bytes);
      else socket.end("HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP was sent to a port for HTTPS");
    });
  }),
);
const banner = await portOf(createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
const silent = await portOf(createServer(() => {}));

const rows: readonly (readonly [string, string, RegExp | undefined])[] = [
  ["HTTP where it is meant", `http://127.0.0.1:${http}`, undefined],
  ["TLS where it is meant", `https://127.0.0.1:${https}`, undefined],
  ["TLS that wants a certificate", `https://127.0.0.1:${mutual}`, undefined],
  [
    "https to a plain port",
    `https://127.0.0.1:${http}/a`,
    /^plain HTTP .*; write http:\/\/127\.0\.0\.1:\d+\/a in/,
  ],
  ["https to a plain port that waits", `https://127.0.0.1:${patientHttp}`, /^plain HTTP is spoken there/],
  ["http to a port of TLS", `http://127.0.0.1:${https}`, /^TLS is spoken there.*; write https:\/\//],
  ["http to a port of TLS that says so", `http://127.0.0.1:${polite}`, /^TLS is spoken there/],
  ["https to a port of TLS that says so", `https://127.0.0.1:${polite}`, undefined],
  ["http to something else", `http://127.0.0.1:${banner}`, /does not speak HTTP/],
  ["https to something else", `https://127.0.0.1:${banner}`, undefined],
  ["http to something silent", `http://127.0.0.1:${silent}`, undefined],
  ["https to something silent", `https://127.0.0.1:${silent}`, undefined],
  ["nobody", "https://127.0.0.1:9", undefined],
];

for (const [what, url, words] of rows) {
  test(what, { skip }, async () => {
    const said = await misspoken(url);
    if (words === undefined) assert.equal(said, undefined);
    else assert.match(String(said), words);
  });
}

/** Hands a connection on to the server of TLS. */
function forward(socket: Socket, first: Buffer): void {
  const onward = connect(https, "127.0.0.1", () => onward.write(first));
  onward.on("error", () => {});
  socket.pipe(onward).pipe(socket);
}
