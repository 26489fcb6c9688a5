import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { checkService } from "../../../src/service/checkup/running.ts";

const why = "archives cannot be stored in /srv/archives: the disk is full; free some space";

for (const [ready, reasons, verdict] of [
  [true, [], "ok"],
  [true, [why], "warn"],
  [false, [why], "fail"],
] as const) {
  test(`a service that is ${ready ? "" : "not "}ready and names ${reasons.length} reasons: ${verdict}`, async (t) => {
    const server = createServer((_, response) => response.end(JSON.stringify({ ready, reasons })));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const listen = { host: "127.0.0.1", port };
    const found = await checkService({ file: "cordon.yaml", appservice: { listen } });
    assert.deepEqual([found.runs, found.verdict, found.cure], [true, verdict, reasons]);
  });
}
