import type { UserId } from "../../incident/ids.ts";
import { isMisread, type Parameter } from "../parameter.ts";

/** One person. */
export function person(): Parameter<UserId> {
  return {
    usage: "@person",
    read(words, { people }) {
      const word = words.take();
      return word === undefined ? { misread: "missing", label: "person" } : people.find(word);
    },
  };
}

/** One or more people, as long as the words look like people. */
export function somePeople(): Parameter<readonly UserId[]> {
  return {
    usage: "@person…",
    read(words, { people }) {
      const found: UserId[] = [];
      for (let word = words.peek(); word !== undefined; word = words.peek()) {
        if (found.length > 0 && !people.looksLikeOne(word)) break;
        words.take();
        const user = people.find(word);
        if (isMisread(user)) return user;
        found.push(user);
      }
      return found.length === 0 ? { misread: "missing", label: "person" } : found;
    },
  };
}

/** The people named at the end of a line, if any. */
export function peopleAtEnd(): Parameter<readonly UserId[]> {
  return {
    usage: "[@person…]",
    fromEnd: true,
    read(words, { people }) {
      const found: UserId[] = [];
      for (let word = words.peekBack(); word !== undefined; word = words.peekBack()) {
        if (!people.looksLikeOne(word)) break;
        const user = people.find(word);
        if (isMisread(user)) return user;
        words.takeBack();
        found.unshift(user);
      }
      return found;
    },
  };
}
