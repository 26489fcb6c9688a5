import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readHttpUrl, readListen, writeListen } from "../../../src/config/address.ts";
import { holdsPassword, readDatabaseUrl, resolveDatabase } from "../../../src/config/database-url.ts";
import { readDuration, writeDuration } from "../../../src/config/duration.ts";
import { readLine } from "../../../src/config/line.ts";
import { matchesMediaType, readMediaType } from "../../../src/config/media-type.ts";
import { readServerName, readTimeZone } from "../../../src/config/names.ts";
import type { Reading } from "../../../src/config/reading.ts";
import { readSize, writeSize } from "../../../src/config/size.ts";
import { nearest } from "../../../src/text/nearest.ts";

/** Each written value with what it is read as; `undefined` where it is refused. */
function reads<Value>(
  read: (written: unknown) => Reading<Value>,
  table: readonly (readonly [written: unknown, value: Value | undefined])[],
): void {
  for (const [written, value] of table) {
    test(JSON.stringify(written), () => {
      const reading = read(written);
      assert.deepEqual("value" in reading ? reading.value : undefined, value);
    });
  }
}

suite("a duration in milliseconds", () =>
  reads(readDuration, [
    ["250ms", 250],
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["1d2h3m4s5ms", 93_784_005],
    ["0s", 0],
    ["30m1h", undefined],
    ["1.5h", undefined],
    ["-5m", undefined],
    ["5 m", undefined],
    ["5M", undefined],
    ["m", undefined],
    ["", undefined],
    [10, undefined],
    [true, undefined],
    ["99999999999999d", undefined],
  ]));

suite("a duration as people write it", () => {
  for (const written of ["250ms", "1m30s", "1h30m", "2d", "0s"]) {
    test(written, () => {
      const reading = readDuration(written);
      assert.ok("value" in reading);
      assert.equal(writeDuration(reading.value), written);
    });
  }
});

suite("a type of files", () =>
  reads(readMediaType, [
    ["video/mp4", "video/mp4"],
    ["Video/*", "video/*"],
    ["image/svg+xml", "image/svg+xml"],
    ["application/vnd.ms-excel", "application/vnd.ms-excel"],
    ["video", undefined],
    ["video/", undefined],
    ["*/*", undefined],
    ["*/mp4", undefined],
    ["video/mp*", undefined],
    ["video/mp4; codecs=avc1", undefined],
    ["video/mp4/x", undefined],
    [".exe", undefined],
    [5, undefined],
  ]));

suite("a type of files is meant", () => {
  for (const [type, pattern, isMeant] of [
    ["video/mp4", "video/mp4", true],
    ["VIDEO/MP4", "video/mp4", true],
    [" video/mp4 ; codecs=avc1", "video/mp4", true],
    ["video/webm", "video/*", true],
    ["video/mp4-evil", "video/mp4", false],
    ["videos/mp4", "video/*", false],
    ["", "video/*", false],
  ] as const) {
    test(`${JSON.stringify(type)} by ${pattern}: ${isMeant}`, () =>
      assert.equal(matchesMediaType(type, pattern), isMeant));
  }
});

suite("a size in bytes", () =>
  reads(readSize, [
    ["0B", 0],
    ["500kB", 500_000],
    ["50MB", 50_000_000],
    ["1GB", 1_000_000_000],
    ["1KiB", 1_024],
    ["1MiB", 1_048_576],
    ["1GiB", 1_073_741_824],
    ["50mb", undefined],
    ["50M", undefined],
    ["1.5GB", undefined],
    ["50", undefined],
    [50, undefined],
    [null, undefined],
    ["999999999999999GiB", undefined],
  ]));

suite("a size as people write it", () => {
  for (const written of ["1B", "500kB", "50MB", "1GiB"]) {
    test(written, () => {
      const reading = readSize(written);
      assert.ok("value" in reading);
      assert.equal(writeSize(reading.value), written);
    });
  }
});

suite("an address to listen on", () => {
  reads(readListen, [
    ["127.0.0.1:9993", { host: "127.0.0.1", port: 9993 }],
    ["[::1]:9993", { host: "::1", port: 9993 }],
    ["localhost:80", { host: "localhost", port: 80 }],
    [9993, { host: "127.0.0.1", port: 9993 }],
    ["9993", { host: "127.0.0.1", port: 9993 }],
    ["0.0.0.0:65535", { host: "0.0.0.0", port: 65_535 }],
    [":9993", undefined],
    ["[1]:9993", undefined],
    ["127.0.0.1:0", undefined],
    ["127.0.0.1:65536", undefined],
    ["999.0.0.1:9993", undefined],
    ["http://127.0.0.1:9993", undefined],
    [1.5, undefined],
    [[], undefined],
  ]);
  test("has brackets around an IPv6 host when it is written", () => {
    assert.equal(writeListen({ host: "::1", port: 9993 }), "[::1]:9993");
    assert.equal(writeListen({ host: "127.0.0.1", port: 9993 }), "127.0.0.1:9993");
  });
});

suite("an address of an HTTP service", () =>
  reads(readHttpUrl, [
    ["http://127.0.0.1:8008", "http://127.0.0.1:8008"],
    ["https://matrix.example.org/", "https://matrix.example.org"],
    ["https://example.org/matrix/", "https://example.org/matrix"],
    ["HTTPS://Example.org", "https://example.org"],
    ["matrix.example.org", undefined],
    ["http:/127.0.0.1", undefined],
    ["https://a:b@example.org", undefined],
    ["https://example.org#", undefined],
    ["", undefined],
  ]));

suite("a server name", () =>
  reads(readServerName, [
    ["example.org", "example.org"],
    ["example.org:8448", "example.org:8448"],
    ["[::1]:8448", "[::1]:8448"],
    ["https://example.org", undefined],
    ["@alice:example.org", undefined],
    ["", undefined],
    [1, undefined],
  ]));

suite("a time zone", () =>
  reads(readTimeZone, [
    ["UTC", "UTC"],
    ["Europe/Zurich", "Europe/Zurich"],
    ["Asia/Kolkata", "Asia/Kolkata"],
    ["+01:00", undefined],
    ["Middle/Earth", undefined],
    ["", undefined],
  ]));

suite("a line of at most four characters", () =>
  reads(
    (written) => readLine(written, 4),
    [
      ["stop", "stop"],
      [" a b", " a b"],
      ["🔎🔎🔎🔎", "🔎🔎🔎🔎"],
      ["stops", undefined],
      ["🔎🔎🔎🔎🔎", undefined],
      ["a\nb", undefined],
      ["  ", undefined],
      ["", undefined],
      [1, undefined],
      [null, undefined],
    ],
  ));

suite("a database", () => {
  reads(readDatabaseUrl, [
    ["sqlite:cordon.db", { engine: "sqlite", file: "cordon.db" }],
    ["sqlite:/var/lib/cordon.db", { engine: "sqlite", file: "/var/lib/cordon.db" }],
    ["sqlite:///var/lib/cordon.db", { engine: "sqlite", file: "/var/lib/cordon.db" }],
    ["postgres://cordon@db/cordon", { engine: "postgres", url: "postgres://cordon@db/cordon" }],
    ["postgresql:///cordon?host=/run", { engine: "postgres", url: "postgresql:///cordon?host=/run" }],
    ["sqlite:", undefined],
    ["sqlite://host/cordon.db", undefined],
    ["sqlite::memory:", undefined],
    ["postgres:cordon", undefined],
    ["postgres://db", undefined],
    ["cordon.db", undefined],
    [7, undefined],
  ]);
  test("that is a file is found from the folder of the configuration", () => {
    const folder = "/etc/cordon";
    assert.deepEqual(resolveDatabase({ engine: "sqlite", file: "data/c.db" }, folder), {
      engine: "sqlite",
      file: "/etc/cordon/data/c.db",
    });
    assert.deepEqual(resolveDatabase({ engine: "sqlite", file: "/var/c.db" }, folder), {
      engine: "sqlite",
      file: "/var/c.db",
    });
  });
  test("is known to hold a password, or not", () => {
    const withPassword = ["postgres://cordon:secret@db/cordon", "postgres://db/cordon?password=secret"];
    for (const url of withPassword) assert.ok(holdsPassword({ engine: "postgres", url }), url);
    assert.ok(!holdsPassword({ engine: "postgres", url: "postgres://cordon@db/cordon" }));
    assert.ok(!holdsPassword({ engine: "sqlite", file: "secret" }));
  });
});

suite("what was probably meant", () => {
  const table = [
    ["lobies", ["lobbies", "version"], "lobbies"],
    ["VERSION", ["lobbies", "version"], "version"],
    ["verison", ["lobbies", "version"], "version"],
    ["warning", ["trace", "debug", "info", "warn"], "warn"],
    ["colour", ["level", "format"], undefined],
    ["sev5", ["sev1", "sev2"], undefined],
    ["13", ["10", "11", "12"], undefined],
    ["obs", ["ops", "observer"], "ops"],
    ["", ["level"], undefined],
  ] as const;
  for (const [word, candidates, meant] of table) {
    test(`by ${JSON.stringify(word)}: ${meant ?? "nothing"}`, () =>
      assert.equal(nearest(word, candidates), meant));
  }
});
