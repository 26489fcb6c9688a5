/**
 * Fails while a service and its homeserver run, for whoever looks at what is told then: by a test, or only by what
 * the service would have logged.
 */
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { newPerson } from "../support/homeserver.ts";
import { declare } from "../support/incident-room.ts";
import { newInstallation, ServiceProcess } from "../support/service.ts";

const { SECRETS: file = "", FAILING: way = "" } = process.env;

test("it waits in vain", async () => {
  const installation = await newInstallation();
  const { bot, synapse, registration, logged } = installation;
  const alice = await newPerson(synapse, "alice");
  const service = new ServiceProcess(installation);
  service.start();
  await declare(alice, bot, "sev4 A pump that leaks");
  await service.kill();
  const secrets = [registration.asToken, registration.hsToken, alice.account.accessToken];
  await writeFile(file, JSON.stringify(secrets));
  // As if it had been indiscreet.
  logged.push(...secrets.map((secret, i) => `secret ${i}: ${secret}`));
  if (way === "test") throw new Error("on purpose");
});
