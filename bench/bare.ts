import { decide } from "../src/incident/decide.ts";
import { isRefusal } from "../src/incident/decision.ts";
import { evolve } from "../src/incident/evolve.ts";
import type { IncidentId, UserId } from "../src/incident/ids.ts";
import type { Incident } from "../src/incident/incident.ts";
import { chain, genesis } from "../src/journal/chain.ts";
import { createHomeserver } from "../src/matrix/homeserver.ts";
import { createIntake } from "../src/matrix/intake.ts";
import type { Homeserver } from "../src/matrix/ports.ts";
import type { Transaction } from "../src/matrix/transaction.ts";
import { creation, planRoom } from "../src/room/plan.ts";
import type { Service } from "../src/service/service.ts";
import type { Installation } from "./service.ts";

/** What the bare service is given: who it is, and the rules by which the room looks as Cordon's does. */
export interface BareOptions {
  readonly installation: Installation;
  readonly homeserverUrl: string;
  readonly rules: Service["rules"];
  /** Who declares, and whom they name. */
  readonly declarer: UserId;
  readonly people: readonly UserId[];
}

/** Does nothing but make the same calls at once: keeps nothing, decides nothing, and forgets. */
export interface Bare {
  readonly bot: UserId;
  readonly homeserver: Homeserver;
  close(): Promise<void>;
}

export async function startBare(options: BareOptions): Promise<Bare> {
  const { installation, homeserverUrl, rules, declarer } = options;
  const { registration, port } = installation;
  const bot: UserId = `@${registration.senderLocalpart}:${rules.serverName}`;
  const homeserver = createHomeserver({
    url: homeserverUrl,
    asToken: registration.asToken,
    bot,
    device: "BARE",
    timeoutMs: 30_000,
  });
  let declared = 0;
  const intake = createIntake({
    hsToken: registration.hsToken,
    legacyQueryToken: false,
    accept: async (transaction) => {
      for (let left = linesOf(transaction, declarer); left > 0; left -= 1) {
        declared += 1;
        void open(homeserver, roomFor(declared, bot, options));
      }
    },
    ready: () => ({ ready: true, reasons: [] }),
    log: console,
  });
  await intake.listen({ host: "127.0.0.1", port });
  await homeserver.registerBot();
  return {
    bot,
    homeserver,
    close: async () => {
      await intake.close();
    },
  };
}

/** The calls of a declaration until everybody is invited: the room, and then the invitations side by side. */
async function open(homeserver: Homeserver, { body, invited }: ReturnType<typeof roomFor>): Promise<void> {
  const room = await homeserver.createRoom(body);
  await Promise.all(invited.map((user) => homeserver.invite(room, user)));
}

function linesOf({ events }: Transaction, declarer: UserId): number {
  return events.filter(
    (received) =>
      "event" in received && received.event.type === "m.room.message" && received.event.sender === declarer,
  ).length;
}

/** The body of `createRoom` and the invitations, as Cordon's own plan has them for the same line. */
function roomFor(number: number, bot: UserId, { rules, declarer, people }: BareOptions) {
  const { policy, serverName, roomVersion, federate, timeZone } = rules;
  const aliasLocalpart = `${aliasPrefix}${number}`;
  const incident = declaredBy(declarer, people, `INC-${String(number).padStart(4, "0")}`, policy);
  const plan = planRoom(incident, {
    policy,
    view: {
      prefix: "!inc",
      bot,
      timeZone,
      names: {},
      roles: [...policy.roles.keys()],
      server: "bank.example",
      administratorsHear: false,
    },
    bot,
    roomVersion,
    alias: `#${aliasLocalpart}:${serverName}`,
    card: undefined,
    archiveKey: { fingerprint: "SHA256:bare", publicKey: "ssh-ed25519 bare" },
  });
  return { body: creation(incident, plan, { roomVersion, federate, aliasLocalpart }), invited: plan.invited };
}

/** What the aliases of the bare service's rooms begin with. */
export const aliasPrefix = "bare-";

function declaredBy(
  actor: UserId,
  people: readonly UserId[],
  id: IncidentId,
  policy: Service["rules"]["policy"],
): Incident {
  const at = Date.now();
  const decision = decide(
    undefined,
    { type: "declare", title, severity: "sev2", people },
    { actor, at, policy },
  );
  if (isRefusal(decision)) throw new Error("The bench may not declare.");
  let incident: Incident | undefined;
  for (const fact of decision) {
    const circumstances = { actor, actorRoles: [], eventAt: at, recordedAt: at, cause: id };
    incident = evolve(incident, chain(id, incident?.head ?? genesis, fact, circumstances));
  }
  if (incident === undefined) throw new Error("A declaration makes an incident.");
  return incident;
}

/** What every incident of the bench is called. */
export const title = "Payments fail at checkout";
