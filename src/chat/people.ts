import type { UserId } from "../incident/ids.ts";
import { isUserId } from "../matrix/ids.ts";
import type { Misread } from "./parameter.ts";
import type { Word } from "./words.ts";

/** Somebody the service knows by name: a member of the room, or whoever holds a role. */
export interface Acquaintance {
  readonly user: UserId;
  readonly name: string;
}

/** Finds out whom a word means. */
export class People {
  readonly #server: string;
  readonly #known: readonly Acquaintance[];

  /**
   * @param server this homeserver's name: `@alice` alone is somebody there
   * @param known the people of the incident, whom a bare name can mean
   */
  constructor(server: string, known: readonly Acquaintance[]) {
    this.#server = server;
    this.#known = known;
  }

  /** Whether a word is written as people are: a pill, or with the sign. */
  looksLikeOne(word: Word): boolean {
    return word.user !== undefined || /^@[^@\s]/.test(word.text);
  }

  /**
   * The person a word means: a pill is beyond doubt, then a full id, then `@name` and a bare name among
   * those known, by id or by display name. `@name` that nobody known has is a user of this homeserver; a
   * bare name is then nobody, since a mistyped word must never invite a stranger.
   */
  find(word: Word): UserId | Misread {
    if (word.user !== undefined) return word.user;
    const typed = word.text.replace(/[,:;]+$/, "");
    if (isUserId(typed)) return typed;
    const name = typed.replace(/^@/, "").toLowerCase();
    const known = [...new Set(this.#named(name))];
    const [only] = known;
    if (only !== undefined && known.length === 1) return only;
    if (known.length > 1) return { misread: "several-people", typed, people: known };
    const local: unknown = `@${name}:${this.#server}`;
    return typed.startsWith("@") && isUserId(local) ? local : { misread: "no-person", typed };
  }

  #named(name: string): readonly UserId[] {
    const byId = this.#known.filter(({ user }) => user.slice(1, user.indexOf(":")).toLowerCase() === name);
    // Whoever has the name as an id is meant, even where somebody else calls themselves so.
    const found =
      byId.length > 0 ? byId : this.#known.filter((each) => each.name.trim().toLowerCase() === name);
    return found.map((each) => each.user);
  }
}
