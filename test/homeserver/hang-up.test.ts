import assert from "node:assert/strict";
import { appendFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { freePort } from "../../src/demo/port.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Program, runProgram } from "../support/program.ts";
import { InTerminal } from "../support/terminal.ts";

const main = resolve(import.meta.dirname, "../../src/main.ts");
const launcher = resolve(import.meta.dirname, "../../bin/setup/launch.js");

/** A configuration of a service whose homeserver is not there. */
async function newConfig(): Promise<string> {
  const folder = await temporaryFolder();
  const listen = `127.0.0.1:${await freePort()}`;
  const answers = ["--homeserver-url", "http://127.0.0.1:9", "--server-name", "cordon.test"];
  const { code } = await runProgram("init", ...answers, "--listen", listen, "--out", folder, "--yes");
  assert.equal(code, 0);
  return join(folder, "cordon.yaml");
}

const started = (config: string) => [process.execPath, main, "start", "--config", config];
const readAgain = "the configuration was read again";

test("with a terminal SIGHUP has the files read again, and a terminal that is closed ends the service in order", async () => {
  const config = await newConfig();
  const service = await InTerminal.start(...started(config));
  await service.says("Cordon is listening");
  process.kill(service.pid, "SIGHUP");
  await service.says(readAgain);
  assert.equal(await service.close(), 0);
  assert.match(service.log, /"signal":"SIGHUP".*"stopping"/);
  assert.equal(service.log.split(readAgain).length, 2);
});

test("the same through the launcher that runs it under another Node.js", async () => {
  const config = await newConfig();
  const script = `
    import { endAs, runInForeground } from ${JSON.stringify(launcher)};
    const [command, ...args] = ${JSON.stringify(started(config))};
    endAs(await runInForeground(command, args, { reloads: true }));`;
  const service = await InTerminal.start(process.execPath, "--input-type=module", "-e", script);
  await service.says("Cordon is listening");
  process.kill(service.pid, "SIGHUP");
  await service.says(readAgain);
  assert.equal(await service.close(), 0);
  assert.match(service.log, /"signal":"SIGHUP".*"stopping"/);
});

test("without a terminal SIGHUP has the files read again, whatever else is gone", async () => {
  const config = await newConfig();
  const service = new Program(["start", "--config", config]);
  await service.says("Cordon is listening");
  for (const zone of ["Europe/Berlin", "Asia/Tokyo"]) {
    await appendFile(config, zone === "Asia/Tokyo" ? "\n" : `\nrooms:\n  time_zone: ${zone}\n`);
    service.process.kill("SIGHUP");
    await service.says(zone === "Asia/Tokyo" ? "nothing in it has changed" : '"changed":["rooms.time_zone"]');
  }
  service.process.kill("SIGTERM");
  assert.equal((await service.ended).code, 0);
});

test("a SIGHUP while the service starts does not end it, and what was changed meanwhile is found", async () => {
  const config = await newConfig();
  // What is loaded next is what the service consists of: nothing has been read yet.
  const early = `data:text/javascript,${encodeURIComponent(`
    const listen = process.on;
    process.on = function (name, ...rest) {
      const result = listen.call(this, name, ...rest);
      if (name === "SIGHUP") process.kill(process.pid, "SIGHUP");
      return result;
    };`)}`;
  const service = new Program(["start", "--config", config], { nodeArguments: ["--import", early] });
  await service.says("Cordon is listening");
  await service.says(readAgain);
  service.process.kill("SIGTERM");
  assert.equal((await service.ended).code, 0);
});

test("a SIGHUP while the service stops changes nothing about that", async () => {
  const config = await newConfig();
  const service = new Program(["start", "--config", config]);
  await service.says("Cordon is listening");
  await writeFile(config, "");
  service.process.kill("SIGTERM");
  service.process.kill("SIGHUP");
  const { code, log } = await service.ended;
  assert.equal(code, 0);
  assert.doesNotMatch(log.join("\n"), /reload/);
});

test("other subcommands end by it, as programs do", async () => {
  const config = await newConfig();
  const wait = "data:text/javascript,setInterval(()=>{},1000);process.stderr.write('waits\\n')";
  const doctor = new Program(["doctor", "--config", `${config}.missing`], {
    nodeArguments: ["--import", wait],
  });
  await doctor.says("waits");
  doctor.process.kill("SIGHUP");
  await doctor.ended;
  assert.equal(doctor.process.signalCode, "SIGHUP");
});
