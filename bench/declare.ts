/**
 * How long it takes from a typed `new` until both people named in it see their invitation: with the
 * service, which keeps, decides, writes its journal and then acts, against a bare service that makes the same
 * calls at once when the same line reaches it. The same homeserver, the two in turn.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { loadConfig } from "../src/config/load.ts";
import { renderRegistration } from "../src/config/new-registration.ts";
import type { Registration } from "../src/config/registration.ts";
import { openDirectChat } from "../src/demo/direct-chat.ts";
import { Person } from "../src/demo/person.ts";
import type { RoomId } from "../src/matrix/ids.ts";
import { rulesOf } from "../src/service/rules.ts";
import { aliasPrefix, startBare, title } from "./bare.ts";
import { hundredths, median } from "./figures.ts";
import { Invitee } from "./invitee.ts";
import { bot, configure, type Installation, install, serverName, startService } from "./service.ts";
import { benchSynapse } from "./synapse.ts";
import { inWorkplace } from "./workplace.ts";

interface DeclareFigures {
  readonly n: number;
  readonly cordon_p50_ms: number;
  readonly bare_p50_ms: number;
  readonly ratio: number;
}

const rounds = 40;
const warmUp = 5;
/** What a declaration leaves to be done (the card, its pin, the answer) ends before the next one begins. */
const pauseMs = 800;

export function declare(): Promise<DeclareFigures> {
  return inWorkplace(async (folder, ends) => {
    // Synapse reads the registrations when it starts, and its own address is known only then.
    const cordonSide = await install(join(folder, "cordon"));
    const bareSide = await installBare(join(folder, "bare"));
    const synapse = await benchSynapse(folder, [cordonSide, bareSide], ends);
    await configure(cordonSide, synapse.url);

    const service = await startService(cordonSide);
    ends.defer(() => service.stop());
    const alice = new Person(await synapse.registerPerson("alice"));
    ends.defer(() => alice.stop());
    const invitees = [
      new Invitee(await synapse.registerPerson("bob")),
      new Invitee(await synapse.registerPerson("carol")),
    ];
    const people = invitees.map(({ account }) => account.userId);
    const bare = await startBare({
      installation: bareSide,
      homeserverUrl: synapse.url,
      rules: rulesOf(loadConfig(cordonSide.config), bot),
      declarer: alice.userId,
      people,
    });
    ends.defer(() => bare.close());

    const cordonChat = await openDirectChat(alice, bot);
    const bareChat = await alice.directChatWith(bare.bot);
    await bare.homeserver.join(bareChat);
    alice.stop();

    const line = `!inc new sev2 ${title} ${people.join(" ")}`;
    return compare({
      cordon: () => untilInvited(alice, cordonChat, line, invitees),
      bare: () => untilInvited(alice, bareChat, line, invitees),
    });
  });
}

/** The bare service at the homeserver: a second one, with a bot and aliases of its own. */
async function installBare(folder: string): Promise<Installation> {
  const installation = await install(folder);
  const registration: Registration = {
    ...installation.registration,
    id: "bare",
    senderLocalpart: "bare",
    namespaces: {
      users: [{ exclusive: true, regex: `@bare:${serverName}$` }],
      aliases: [{ exclusive: true, regex: `#${aliasPrefix}.*:${serverName}$` }],
      rooms: [],
    },
  };
  await writeFile(installation.registrationFile, renderRegistration(registration), { mode: 0o600 });
  return { ...installation, registration };
}

/** From the line typed until everybody invited has seen it, in milliseconds. */
async function untilInvited(
  alice: Person,
  chat: RoomId,
  line: string,
  invitees: readonly Invitee[],
): Promise<number> {
  await Promise.all(invitees.map((invitee) => invitee.catchUp()));
  const invited = Promise.all(invitees.map((invitee) => invitee.invited()));
  const typed = performance.now();
  await Promise.all([alice.say(chat, line), invited]);
  return performance.now() - typed;
}

/** The two in turn, each first every other time. */
async function compare(sides: Record<"cordon" | "bare", () => Promise<number>>): Promise<DeclareFigures> {
  const times = { cordon: [] as number[], bare: [] as number[] };
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const order = round % 2 === 0 ? (["cordon", "bare"] as const) : (["bare", "cordon"] as const);
    for (const side of order) {
      await delay(pauseMs);
      const ms = await sides[side]();
      if (round >= warmUp) times[side].push(ms);
    }
    if (round % 10 === 0) process.stderr.write(`declare: round ${round} of ${warmUp + rounds}\n`);
  }
  const cordon = median(times.cordon);
  const bare = median(times.bare);
  return {
    n: rounds,
    cordon_p50_ms: hundredths(cordon),
    bare_p50_ms: hundredths(bare),
    ratio: hundredths(cordon / bare),
  };
}
