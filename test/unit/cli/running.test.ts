import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createPlain, type Socket } from "node:net";
import { after, test } from "node:test";
import { checkService } from "../../../src/service/checkup/running.ts";
import { programAsTyped } from "../../../src/service/program.ts";
import { listening } from "../../support/listening.ts";

const why = "archives cannot be stored in /srv/archives: the disk is full; free some space";

for (const [ready, reasons, verdict] of [
  [true, [], "ok"],
  [true, [why], "warn"],
  [false, [why], "fail"],
] as const) {
  test(`a service that is ${ready ? "" : "not "}ready and names ${reasons.length} reasons: ${verdict}`, async () => {
    const server = createServer((_, response) => response.end(JSON.stringify({ ready, reasons })));
    const { hostname: host, port } = new URL(await listening(server));
    const listen = { host, port: Number(port) };
    const found = await checkService({ file: "cordon.yaml", appservice: { listen } });
    assert.deepEqual([found.runs, found.verdict, found.cure], [true, verdict, reasons]);
  });
}

const ours = "0123456789abcdef0123";

/** What the doctor makes of whatever answers with this, where the database is that of `ours` or of nobody. */
async function foundWhere(answer: string, fingerprint?: string) {
  const server = createServer((_, response) => response.end(answer));
  const { hostname: host, port } = new URL(await listening(server));
  const listen = { host, port: Number(port) };
  return checkService({ file: "cordon.yaml", appservice: { listen } }, fingerprint);
}

const ready = (installation?: string) => JSON.stringify({ ready: true, reasons: [], installation });

test("a service of this installation is well, and one of another is not this one", async () => {
  const own = await foundWhere(ready(ours), ours);
  assert.deepEqual([own.runs, own.verdict], [true, "ok"]);
  for (const fingerprint of ["3210fedcba9876543210", "none"]) {
    const other = await foundWhere(ready(ours), fingerprint);
    assert.deepEqual([other.runs, other.verdict], [false, "fail"]);
    assert.match(other.says, /^another Cordon answers at 127\.0\.0\.1:\d+/);
    assert.match(other.cure.join(), /choose another port in appservice\.listen/);
  }
  // Where the database cannot be asked, nothing is claimed.
  assert.equal((await foundWhere(ready(ours))).verdict, "ok");
});

test("a service that does not say which it is may be of an older version", async () => {
  const { runs, verdict, says } = await foundWhere(ready(), ours);
  assert.deepEqual([runs, verdict], [true, "warn"]);
  assert.match(says, /versions before 0\.2\.0/);
});

for (const answer of ["<html>Welcome</html>", '{"ready":"yes"}', "[]", "x".repeat(1_000_000)]) {
  test(`another program that answers ${answer.slice(0, 20)}`, async () => {
    const { runs, verdict, says } = await foundWhere(answer, ours);
    assert.deepEqual([runs, verdict], [false, "fail"]);
    assert.match(says, /^another program answers at/);
  });
}

for (const [what, speak, words] of [
  ["speaks no HTTP", (socket: Socket) => void socket.end("SSH-2.0-OpenSSH\r\n"), /^another program answers/],
  ["hangs up", (socket: Socket) => void socket.destroy(), /^another program answers/],
  ["says nothing", () => {}, /takes connections and says nothing/],
] as const) {
  test(`another program that ${what}`, async () => {
    const server = createPlain(speak);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    after(() => server.close());
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const listen = { host: "127.0.0.1", port: address.port };
    const { runs, says } = await checkService({ file: "cordon.yaml", appservice: { listen } }, ours);
    assert.equal(runs, false);
    assert.match(says, words);
  });
}

test("nobody: the command that starts it works as it stands", async () => {
  const listen = { host: "127.0.0.1", port: 9 };
  const { says, cure } = await checkService({ file: "/etc/my cordon.yaml", appservice: { listen } }, ours);
  assert.match(says, /^does not run/);
  assert.deepEqual(cure, [`Start it: ${programAsTyped()} start --config '/etc/my cordon.yaml'`]);
});
