import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../src/matrix/event.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newDoorkeeper } from "./doorkeeper.ts";
import {
  type Installation,
  type InstallationOptions,
  newInstallation,
  type Running,
  startService,
  until,
} from "./service.ts";

/** A running service that can be kept in the dark. */
export interface Unseeing {
  readonly installation: Installation;
  readonly service: Running;
  /**
   * Has something happen on the homeserver while the service is told of nothing, and then brings it all of it
   * at once. `deed` gives the last event that it made. The service may still come to read it for itself.
   *
   * @returns when it reached the service, in milliseconds since the epoch
   */
  unseen(deed: () => Promise<EventId>): Promise<number>;
}

/** Makes an installation and starts its service, with somebody between it and its homeserver. */
export async function newUnseeing(options: InstallationOptions): Promise<Unseeing> {
  const doorkeeper = await newDoorkeeper();
  const installation = await newInstallation({ ...options, url: doorkeeper.url });
  const { listen } = installation.config.appservice;
  doorkeeper.open(`http://${listen.host}:${listen.port}`);
  const service = await startService(installation);

  async function heldWhile(deed: () => Promise<EventId>): Promise<readonly JsonObject[]> {
    doorkeeper.hold();
    try {
      const last = await deed();
      const isThere = async () => doorkeeper.held.some((event) => event.event_id === last);
      await until(isThere, "the homeserver sending what happened");
      return [...doorkeeper.held];
    } finally {
      doorkeeper.release();
    }
  }

  async function unseen(deed: () => Promise<EventId>): Promise<number> {
    const events = await heldWhile(deed);
    const arrival = Date.now();
    const response = await fetch(`${service.url}/_matrix/app/v1/transactions/${randomUUID()}`, {
      method: "PUT",
      headers: {
        authorization: `Bearer ${installation.registration.hsToken}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ events }),
    });
    assert.equal(response.status, 200);
    return arrival;
  }

  return { installation, service, unseen };
}
