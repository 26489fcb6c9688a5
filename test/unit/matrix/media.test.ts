import assert from "node:assert/strict";
import type { ReadableStream } from "node:stream/web";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { answer, asToken, failure, pretend } from "./pretended.ts";

async function collect(stream: ReadableStream<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

const media = "mxc://bank.example:8448/AbC_1-2";

test("a file is fetched with the token, and its type told", async (t) => {
  const { homeserver, asked, shown } = await pretend(
    t,
    answer(200, "bytes", { "content-type": "image/png" }),
  );
  const { bytes, contentType } = await homeserver.download(media, { maxBytes: 5 });
  assert.deepEqual([await collect(bytes), contentType], ["bytes", "image/png"]);
  const path = "/_matrix/client/v1/media/download/bank.example%3A8448/AbC_1-2";
  assert.deepEqual(asked, [`GET ${path}?user_id=%40cordon%3Abank.example`]);
  assert.deepEqual(shown, [`Bearer ${asToken}`]);
});

test("an old homeserver is asked by the old path", async (t) => {
  const { homeserver, asked } = await pretend(t, (request, response) =>
    request.url?.includes("/client/v1/")
      ? answer(404, { errcode: "M_UNRECOGNIZED", error: "Unrecognized request" })(request, response)
      : answer(200, "old")(request, response),
  );
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal(await collect(bytes), "old");
  assert.match(asked[1] ?? "", /^GET \/_matrix\/media\/v3\/download\/bank\.example%3A8448\/AbC_1-2\?/);
});

test("a missing file is refused, without a second question", async (t) => {
  const { homeserver, asked } = await pretend(t, answer(404, { errcode: "M_NOT_FOUND", error: "Not found" }));
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, error.errcode, asked.length], ["refused", "M_NOT_FOUND", 1]);
});

test("a file that says it is too large is not begun", async (t) => {
  const { homeserver } = await pretend(t, answer(200, "123456", { "content-length": "6" }));
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, error.errcode], ["refused", "M_TOO_LARGE"]);
});

test("a file that turns out too large is broken off", async (t) => {
  const { homeserver } = await pretend(t, (_request, response) => {
    response.write("123");
    response.write("456");
  });
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal((await failure(collect(bytes))).errcode, "M_TOO_LARGE");
});

test("a file of no bytes is fetched too", async (t) => {
  const { homeserver } = await pretend(t, answer(200, ""));
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal(await collect(bytes), "");
});

test("a file shorter than it said is not taken for whole", async (t) => {
  const { homeserver } = await pretend(t, (_request, response) => {
    response.strictContentLength = false;
    response.writeHead(200, { "content-length": "5" });
    response.write("123", () => response.destroy());
  });
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal((await failure(collect(bytes))).kind, "unreachable");
});

test("a file that grows while it is unpacked counts as it grows", async (t) => {
  const packed = gzipSync(Buffer.alloc(1_000_000));
  const { homeserver } = await pretend(t, (_request, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(packed),
  );
  const { bytes } = await homeserver.download(media, { maxBytes: 100_000 });
  assert.equal((await failure(collect(bytes))).errcode, "M_TOO_LARGE");
});

test("a file is not followed elsewhere, and the token neither", async (t) => {
  const elsewhere = await pretend(t, answer(200, "bytes"));
  const { homeserver } = await pretend(t, answer(302, "", { location: elsewhere.url }));
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, elsewhere.asked.length], ["malformed", 0]);
  assert.match(error.message, /redirects elsewhere/);
});

test("an error that never ends is not read to its end", async (t) => {
  const { homeserver } = await pretend(t, (_request, response) => {
    response.writeHead(502);
    const more = () => response.write(Buffer.alloc(65_536, "x")) && setImmediate(more);
    response.on("drain", more);
    more();
  });
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, error.status], ["server", 502]);
});

test("a file that stops halfway is unreachable, as is one that breaks off", async (t) => {
  const stalls = await pretend(t, (_request, response) => void response.write("123"), 2_000);
  const stalled = await stalls.homeserver.download(media, { maxBytes: 5 });
  assert.match((await failure(collect(stalled.bytes))).message, /took too long/);
  const { promise: cut, resolve: cutNow } = Promise.withResolvers<void>();
  const breaks = await pretend(t, (request, response) => {
    response.write("123");
    cut.then(() => request.socket.resetAndDestroy());
  });
  const broken = await breaks.homeserver.download(media, { maxBytes: 5 });
  cutNow();
  assert.match((await failure(collect(broken.bytes))).message, /connection to the homeserver broke/);
});

test("a fetch that is called off ends the connection", async (t) => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { homeserver } = await pretend(t, (request, response) => {
    request.socket.once("close", close);
    response.write("123");
  });
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  await bytes.cancel();
  await closed;
});
