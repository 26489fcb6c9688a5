import type { EventId, UserId } from "../../src/matrix/ids.ts";
import type { Json } from "../../src/proof/redaction.ts";
import { Chance } from "./chance.ts";
import { bot, type Draft, server } from "./happening.ts";
import { code, sentence } from "./words.ts";

/** How often people do what, in a thousand. */
const mix = {
  say: 530,
  reply: 90,
  thread: 100,
  edit: 70,
  react: 140,
  redact: 20,
  code: 10,
  poll: 2,
  vote: 15,
  come: 10,
  state: 3,
  command: 10,
} as const;
type Doing = keyof typeof mix;

export const people: readonly UserId[] = Array.from(
  { length: 40 },
  (_, n): UserId => `@person-${n + 1}:${server}`,
);

interface Said {
  readonly id: EventId;
  readonly sender: UserId;
  readonly body: string;
}

/** Something to be sent, and what kind of thing it is. */
export interface Turn extends Draft {
  readonly doing: Doing;
}

/** What people do in a room while something is broken: who, what, and in answer to what. */
export class Talk {
  readonly #chance = new Chance(7);
  /** What was said lately, which is what people answer. */
  readonly #recent: Said[] = [];
  /** What somebody will have removed before the end. */
  readonly #regretted: EventId[] = [];
  #thread: EventId | undefined;
  #poll: EventId | undefined;

  next(): Turn {
    const doing = this.#recent.length < 10 ? "say" : this.#chance.weighted(mix);
    const sender = this.#chance.of(people);
    const removal = doing === "redact" ? this.removal() : undefined;
    return removal ?? { doing, sender, ...this.#made(doing, sender) };
  }

  /** How many removals are still to come. */
  get regrets(): number {
    return this.#regretted.length;
  }

  /** The next removal, `undefined` where nobody regrets anything. */
  removal(): Turn | undefined {
    const redacts = this.#regretted.shift();
    if (redacts === undefined) return undefined;
    const content = { reason: "not for this room" };
    return { doing: "redact", type: "m.room.redaction", sender: this.#chance.of(people), content, redacts };
  }

  /** Takes note of what was sent, so that others can answer it. Gives back whether it will be removed. */
  heard(id: EventId, { doing, sender, content }: Turn): boolean {
    if (doing === "poll") this.#poll = id;
    if (doing !== "say") return false;
    if (this.#chance.next() < 0.03) this.#thread = id;
    this.#recent.push({ id, sender, body: String(content.body) });
    if (this.#recent.length > 50) this.#recent.shift();
    const isRegretted = this.#chance.next() < mix.redact / mix.say;
    if (isRegretted) this.#regretted.push(id);
    return isRegretted;
  }

  #made(doing: Doing, sender: UserId): Omit<Draft, "sender"> & { readonly sender?: UserId } {
    const about = this.#recent.at(-this.#chance.between(1, Math.max(1, this.#recent.length)));
    switch (doing) {
      case "say":
      case "redact":
        return message(this.#words());
      case "code":
        return message(this.#code());
      case "come":
        return this.#comeOrGo(sender);
      case "state":
        return { type: "m.room.topic", sender: bot, stateKey: "", content: { topic: this.#sentence(6, 12) } };
      case "command":
        return message({ body: `!inc note ${this.#sentence(5, 20)}` });
      case "poll":
        return { type: "m.poll.start", content: this.#question() };
      case "vote":
        return this.#vote();
      case "reply":
        return message({ ...this.#words(), "m.relates_to": { "m.in_reply_to": { event_id: about?.id } } });
      case "thread":
        return this.#inThread(about);
      case "react":
        return reaction(about, this.#chance.of(["👍", "👀", "✅", "🎉", "❓"]));
      case "edit":
        return this.#edit(about);
    }
  }

  #sentence(least: number, most: number): string {
    return sentence(this.#chance, this.#chance.between(least, most));
  }

  #words(): Json {
    const body = this.#sentence(3, 40);
    if (this.#chance.next() > 0.12) return { body, "m.mentions": {} };
    const user = this.#chance.of(people);
    const formatted = `<a href="https://matrix.to/#/${user}">${user}</a>: <strong>${body}</strong>`;
    return {
      body: `${user}: ${body}`,
      format: "org.matrix.custom.html",
      formatted_body: formatted,
      "m.mentions": { user_ids: [user] },
    };
  }

  #code(): Json {
    const { language, text } = code(this.#chance, 4096);
    const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    return {
      body: `\`\`\`${language}\n${text}\`\`\``,
      format: "org.matrix.custom.html",
      formatted_body: `<pre><code class="language-${language}">${escaped}</code></pre>`,
    };
  }

  #comeOrGo(user: UserId): Omit<Draft, "sender"> & { readonly sender: UserId } {
    const name = `Person ${user.slice("@person-".length).split(":")[0]}`;
    const displayname = this.#chance.of([name, `${name} (on call)`]);
    return {
      type: "m.room.member",
      sender: user,
      stateKey: user,
      content: { membership: "join", displayname },
    };
  }

  #question(): Json {
    const answers = ["now", "after the window", "never"].map((words, n) => ({
      "m.id": String(n),
      "m.text": [{ body: words }],
    }));
    const question = { "m.text": [{ body: this.#sentence(4, 9) }] };
    return { "m.poll": { kind: "m.disclosed", max_selections: 1, question, answers } };
  }

  #vote(): Omit<Draft, "sender"> {
    if (this.#poll === undefined) return message(this.#words());
    const content = {
      "m.relates_to": { rel_type: "m.reference", event_id: this.#poll },
      "m.selections": [String(this.#chance.between(0, 2))],
    };
    return { type: "m.poll.response", content };
  }

  #inThread(about: Said | undefined): Omit<Draft, "sender"> {
    const root = this.#thread ?? about?.id;
    const fallback = { is_falling_back: true, "m.in_reply_to": { event_id: about?.id } };
    const relation = { rel_type: "m.thread", event_id: root, ...fallback };
    return message({ ...this.#words(), "m.relates_to": relation });
  }

  /** Only who wrote a message can edit it. */
  #edit(about: Said | undefined): Omit<Draft, "sender"> & { readonly sender?: UserId } {
    if (about === undefined) return message(this.#words());
    const body = `${about.body}, ${this.#sentence(1, 5)}`;
    const content = {
      body: `* ${body}`,
      "m.new_content": { msgtype: "m.text", body },
      "m.relates_to": { rel_type: "m.replace", event_id: about.id },
    };
    return { ...message(content), sender: about.sender };
  }
}

function message(content: Json): Omit<Draft, "sender"> {
  return { type: "m.room.message", content: { msgtype: "m.text", ...content } };
}

function reaction(about: Said | undefined, key: string): Omit<Draft, "sender"> {
  const relation = { rel_type: "m.annotation", event_id: about?.id, key };
  return { type: "m.reaction", content: { "m.relates_to": relation } };
}
