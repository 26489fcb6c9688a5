import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { checkService } from "../../../src/service/checkup/running.ts";
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
