import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { loadConfig } from "../../src/config/load.ts";
import { freePort } from "../../src/demo/port.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type Outcome, Program, runProgram } from "../support/program.ts";
import { newInstallation } from "../support/service.ts";

/** Nobody listens there: the service waits for its homeserver. */
const nowhere = "http://127.0.0.1:9";

interface Files {
  readonly config: string;
  readonly registration: string;
  readonly port: number;
}

async function newFiles(): Promise<Files> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const answers = [
    "--homeserver-url",
    nowhere,
    "--server-name",
    "cordon.test",
    "--listen",
    `127.0.0.1:${port}`,
  ];
  const { code } = await runProgram("init", ...answers, "--out", folder, "--yes");
  assert.equal(code, 0);
  return { config: join(folder, "cordon.yaml"), registration: join(folder, "registration.yaml"), port };
}

async function change(file: string, before: string | RegExp, afterwards: string): Promise<void> {
  const written = await readFile(file, "utf8");
  const changed = written.replace(before, afterwards);
  assert.notEqual(changed, written);
  await writeFile(file, changed);
}

function assertOneLine({ code, told }: Outcome, expected: { code: number; words: RegExp }): void {
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0] ?? "", expected.words);
  assert.equal(code, expected.code);
}

test("a broken registration", async () => {
  const { config, registration } = await newFiles();
  await change(registration, /hs_token: .*\n/, "");
  const outcome = await runProgram("start", "--config", config);
  assertOneLine(outcome, { code: 2, words: /registration\.yaml.*hs_token.*cordon init/ });
});

test("the sample files are refused, each mistake on a line with its cure", async () => {
  const { code, told } = await runProgram(
    "start",
    "--config",
    resolve(import.meta.dirname, "../../config/cordon.yaml"),
  );
  assert.deepEqual(
    told.map((line) => /: (id|as_token|hs_token): is .*; (write|run)|cordon init/.test(line)),
    [true, true, true],
  );
  assert.equal(code, 2);
});

test("a port that is taken", async () => {
  const { config, port } = await newFiles();
  const other = createServer();
  await once(other.listen(port, "127.0.0.1"), "listening");
  try {
    const outcome = await runProgram("start", "--config", config);
    assertOneLine(outcome, { code: 5, words: /is taken by another program\. Stop that program, or choose/ });
  } finally {
    other.close();
  }
});

test("a database folder that cannot be written", async () => {
  const { config } = await newFiles();
  await change(config, /url: "?sqlite:.*/, `url: "sqlite:${await readOnlyFolder()}/cordon.db"`);
  const outcome = await runProgram("start", "--config", config);
  assertOneLine(outcome, {
    code: 4,
    words: /cannot be written .*Give the user that runs Cordon write access/,
  });
});

test("a database below what is no folder", async () => {
  const { config } = await newFiles();
  await change(config, /url: "?sqlite:.*/, `url: "sqlite:${config}/cordon.db"`);
  const outcome = await runProgram("start", "--config", config);
  assertOneLine(outcome, { code: 4, words: /is no folder\. Name another place/ });
});

test("tokens that the two sides do not share end the start", async (t) => {
  const { configFile, config } = await newInstallation();
  const { registration } = config.appservice;
  const right = await readFile(registration, "utf8");

  await t.test("as_token", async () => {
    await writeFile(registration, right.replace(/as_token: .*/, `as_token: "${"a1".repeat(32)}"`));
    const outcome = await runProgram("start", "--config", configFile);
    assertOneLine(outcome, { code: 6, words: /does not know our as_token\. Give the homeserver the same/ });
  });

  await t.test("hs_token", async () => {
    await writeFile(registration, right.replace(/hs_token: .*/, `hs_token: "${"b2".repeat(32)}"`));
    const outcome = await runProgram("start", "--config", configFile);
    assertOneLine(outcome, { code: 6, words: /another hs_token .*\. Give the homeserver the same/ });
  });

  await t.test("namespaces", async () => {
    await writeFile(registration, right.replace("@cordon:", "@another:"));
    await change(configFile, 'bot: "cordon"', "bot: another");
    const outcome = await runProgram("start", "--config", configFile);
    assertOneLine(outcome, {
      code: 6,
      words: /does not let this service be its bot.*\. Give the homeserver/,
    });
  });
});

test("SIGTERM lets a transaction finish and ends with 0 within five seconds", async () => {
  const { config, registration } = await newFiles();
  const hsToken = /hs_token: "?(\w+)/.exec(await readFile(registration, "utf8"))?.[1] ?? "";
  const service = new Program(["start", "--config", config]);
  await service.says("Cordon is listening");
  const { host, port } = loadConfig(config).appservice.listen;
  const transaction = request({ host, port, method: "PUT", path: "/_matrix/app/v1/transactions/1" });
  transaction.setHeader("authorization", `Bearer ${hsToken}`);
  transaction.setHeader("expect", "100-continue");
  transaction.flushHeaders();
  const answered = once(transaction, "response");
  await once(transaction, "continue");

  const told = Date.now();
  service.process.kill("SIGTERM");
  await service.says("stopping");
  transaction.end('{"events":[]}');
  const [answer] = await answered;
  assert.equal(answer.statusCode, 200);
  assert.equal(await text(answer), "{}");
  const { code } = await service.ended;
  assert.equal(code, 0);
  // Five seconds are the service's own; a busy machine takes longer to end a process, and to say so.
  assert.ok(Date.now() - told < 15_000);
});

test("an unhandled rejection is logged once and ends the service", async () => {
  const { config } = await newFiles();
  const fault = 'data:text/javascript,process.once("SIGUSR2",()=>{Promise.reject(new Error("made up"))})';
  const service = new Program(["start", "--config", config], { nodeArguments: ["--import", fault] });
  await service.says("Cordon is listening");
  service.process.kill("SIGUSR2");
  const { code, log, told } = await service.ended;
  assert.equal(code, 70);
  assert.equal(log.filter((line) => line.includes("made up")).length, 1);
  assert.deepEqual(told, []);
});

/** Modes do not stop root, but nobody can make a file in /proc. */
async function readOnlyFolder(): Promise<string> {
  if (process.getuid?.() === 0) return "/proc";
  const folder = await temporaryFolder();
  await chmod(folder, 0o555);
  return folder;
}
