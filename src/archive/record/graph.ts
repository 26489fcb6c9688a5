type Id = `$${string}`;

/** An event that another one names and that is not there. */
export interface MissingParent {
  readonly id: Id;
  /** The first event that names it. */
  readonly neededBy: Id;
  readonly as: "prev" | "auth";
}

/** The place of an event, or while it is unknown its id. */
type Parent = number | Id;

/**
 * The graph of a room's events: who names whom as before it. It holds ids and numbers only, about 150 bytes
 * an event, and is the one thing of an archive that grows with the room.
 */
export class EventGraph {
  readonly #places = new Map<Id, number>();
  readonly #ids: Id[] = [];
  /** For each place the events before it. Mostly it is one, which needs no list. */
  readonly #before: (Parent | readonly Parent[])[] = [];
  readonly #wanted = new Map<Id, MissingParent>();

  get size(): number {
    return this.#ids.length;
  }

  /** Adds an event, oldest first, and gives its place, counted from 0. An event that is there keeps its place. */
  add(id: Id, prev: readonly Id[], auth: readonly Id[]): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const place = this.#ids.push(id) - 1;
    this.#places.set(id, place);
    this.#wanted.delete(id);
    const before = prev.map((parent): Parent => this.#places.get(parent) ?? parent);
    const [only] = before;
    this.#before.push(before.length === 1 && only !== undefined ? only : before);
    for (const parent of prev) this.#want(parent, id, "prev");
    for (const parent of auth) this.#want(parent, id, "auth");
    return place;
  }

  placeOf(id: Id): number | undefined {
    return this.#places.get(id);
  }

  /** An id as it is kept here, where it is: who keeps it as well needs no copy of its own. */
  kept(id: Id): Id {
    return this.#ids[this.#places.get(id) ?? -1] ?? id;
  }

  /** The events at the places that are asked for, oldest first. */
  idsWhere(isMeant: (place: number) => boolean): readonly Id[] {
    return this.#ids.filter((_, place) => isMeant(place));
  }

  /** Events that are named and not there, in the order in which they were first named. */
  missing(): readonly MissingParent[] {
    return [...this.#wanted.values()];
  }

  /** Events with nothing before them: in a whole record exactly one, the room's creation. */
  roots(): readonly Id[] {
    return this.#ids.filter((_, place) => this.#parentsOf(place).length === 0);
  }

  /**
   * Which events a later one commits to: itself and everything before it. By place, 1 where it does.
   * `undefined` where the event is not there.
   */
  coveredBy(id: Id): Uint8Array | undefined {
    const start = this.#places.get(id);
    if (start === undefined) return undefined;
    const covered = new Uint8Array(this.size);
    covered[start] = 1;
    const open = [start];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      for (const parent of this.#parentsOf(place)) {
        const before = typeof parent === "number" ? parent : this.#places.get(parent);
        if (before === undefined || covered[before] === 1) continue;
        covered[before] = 1;
        open.push(before);
      }
    }
    return covered;
  }

  #parentsOf(place: number): readonly Parent[] {
    const before = this.#before[place] ?? [];
    return typeof before === "object" ? before : [before];
  }

  #want(parent: Id, neededBy: Id, as: "prev" | "auth"): void {
    if (this.#places.has(parent) || this.#wanted.has(parent)) return;
    this.#wanted.set(parent, { id: parent, neededBy, as });
  }
}
