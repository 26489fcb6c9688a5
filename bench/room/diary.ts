import type { Actor } from "../../src/incident/entry.ts";
import type { Fact } from "../../src/incident/fact.ts";
import type { UserId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { append } from "../../src/journal/append.ts";
import type { Queries } from "../../src/store/store.ts";
import { incidentId } from "./stored.ts";

/** The journal of the room's incident. */
export class Diary {
  readonly #db: Queries;
  readonly #now: () => number;
  #incident: Incident | undefined;
  #written = 0;

  constructor(db: Queries, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Where the journal stands, as the service's messages witness it. */
  get head(): Incident["head"] {
    if (this.#incident === undefined) throw new Error("nothing was declared yet");
    return this.#incident.head;
  }

  async write(actor: Actor, cause: string, ...facts: readonly Fact[]): Promise<void> {
    const at = this.#now();
    const circumstances = { actor, actorRoles: [], eventAt: at, recordedAt: at, cause };
    await this.#db.transaction().execute(async (change) => {
      const alias = "inc-0042";
      const appended = await append(change, incidentId, this.#incident, facts, circumstances, alias);
      this.#incident = appended.incident;
    });
  }

  /** What a line typed by somebody leads to, one kind of thing after the other. */
  async follow(actor: UserId, cause: string, text: string): Promise<void> {
    this.#written += 1;
    const kinds: readonly Fact[] = [
      { type: "recorded", data: { kind: "note", text } },
      { type: "recorded", data: { kind: "decision", text } },
      { type: "updated", data: { text } },
      { type: "role-accepted", data: { role: "commander", user: actor } },
      { type: "recorded", data: { kind: "fact", text } },
      { type: "task-added", data: { text, owner: { user: actor } } },
    ];
    const fact = kinds[this.#written % kinds.length];
    if (fact !== undefined) await this.write(actor, cause, fact);
  }
}
