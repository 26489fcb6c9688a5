import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type CrashPoint, crashPoints } from "../../src/crash/point.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { judge } from "../storm/oracle.ts";
import { People } from "../storm/people.ts";
import { buildStage } from "../storm/stage.ts";
import { comeToRest } from "../storm/storm.ts";
import { temporaryFolder } from "../support/folder.ts";
import { until } from "../support/service.ts";

/** How long it may take until something that was done has led to the place where the service dies, in milliseconds. */
const deathMs = 15_000;
/** How long everything may take to come to rest in the end. */
const restMs = 60_000;

for (const database of ["sqlite", "postgres"] as const) {
  suite(`a service on ${database} that dies at every place there is`, () => {
    test("loses nothing and does nothing twice", async (t) => {
      const notes = join(await temporaryFolder(), "visited");
      const visited = () => (existsSync(notes) ? readFileSync(notes, "utf8").split("\n").slice(0, -1) : []);
      const next = () => crashPoints.find((point) => !visited().includes(point));
      await using ends = new AsyncDisposableStack();
      const stage = await buildStage(
        {
          database,
          replicas: 1,
          environment: () => ({ CORDON_TEST_CRASH_NOTES: notes, CORDON_TEST_CRASH_AT: next() ?? "" }),
        },
        ends,
      );
      const people = await People.gather(stage, () => 0.5, ends);
      const provoking = new Provoking(people);
      for (let point = next(); point !== undefined; point = next()) {
        const wanted = point;
        await provoking.provoke(wanted);
        // Where it did not come by there, something else is done to lead it there.
        await until(async () => visited().includes(wanted), wanted, deathMs).catch(() => {});
      }
      await provoking.end();
      assert.equal(await comeToRest(stage, restMs), undefined);
      const { lost, doubled, wrong, archivesProven } = await judge(stage, people.witness, people.deeds);
      assert.deepEqual({ lost, doubled, wrong }, { lost: [], doubled: [], wrong: [] });
      assert.deepEqual(visited(), [...crashPoints]);
      t.diagnostic(`${crashPoints.length} places, ${archivesProven} archives proven`);
    });
  });
}

/** Does what leads a service to a place where it is to die. */
class Provoking {
  readonly #people: People;
  #room: RoomId | undefined;
  #severity = 3;

  constructor(people: People) {
    this.#people = people;
  }

  async provoke(point: CrashPoint): Promise<void> {
    const [step] = point.split("/");
    if (step === "migration") return;
    if (step === "room" || step === "incident") await this.#openAnother();
    this.#room ??= await this.#people.open();
    const room = this.#room;
    if (step === "timer" || step === "archive") return this.#close(room);
    if (step === "attachment") return this.#people.post(room);
    if (step === "state") return this.#changeSeverity(room);
    await this.#people.record(room);
  }

  /** Closes what is still open. */
  async end(): Promise<void> {
    if (this.#room !== undefined) await this.#close(this.#room);
    await this.#people.leave();
  }

  async #changeSeverity(room: RoomId): Promise<void> {
    this.#severity = this.#severity === 2 ? 3 : 2;
    await this.#people.command(room, `sev ${this.#severity} it looks so`);
  }

  async #openAnother(): Promise<void> {
    const former = this.#room;
    this.#room = await this.#people.open();
    if (former !== undefined) await this.#close(former);
  }

  async #close(room: RoomId): Promise<void> {
    if (this.#room === room) this.#room = undefined;
    await this.#people.command(room, "over anyway that is all");
  }
}
