import * as v from "valibot";
import { longestUserId } from "./bot.ts";
import { type Document, problemAt } from "./document.ts";
import { unfillableRoles } from "./eligibility.ts";
import { isRoomName } from "./names.ts";
import { coversServer } from "./pattern.ts";
import type { Problem } from "./problem.ts";
import { impossibleRoles, unknownExclusions } from "./role-contradictions.ts";
import { botSchema, reachSchema } from "./schema.ts";

/**
 * Settings that are right by themselves and wrong together. Each question reads only what it needs, so that
 * it is answered whatever is wrong elsewhere in the file.
 */
export function contradictions(document: Document): readonly Problem[] {
  return [
    ...databaseNamedTwice(document),
    ...impossibleBot(document),
    ...unreachableUsers(document),
    ...unknownExclusions(document),
    ...impossibleRoles(document),
    ...unfillableRoles(document),
  ];
}

const databaseOutline = v.object({
  database: v.object({ url: v.nonOptional(v.unknown()), url_file: v.nonOptional(v.unknown()) }),
});

function databaseNamedTwice(document: Document): readonly Problem[] {
  if (!v.is(databaseOutline, document.value)) return [];
  const path = ["database", "url_file"];
  return [problemAt(document, path, "key", "is given together with database.url; keep one of the two")];
}

/** A bot of another homeserver, or one whose user id no homeserver takes. */
function impossibleBot(document: Document): readonly Problem[] {
  const named = v.safeParse(botSchema, document.value);
  if (!named.success) return [];
  const { homeserver, appservice } = named.output;
  const { bot } = appservice;
  if (bot === undefined) return [];
  const { server_name: server } = homeserver;
  const path = ["appservice", "bot"];
  if (bot.server !== undefined && bot.server !== server) {
    const message = `is on ${bot.server}, but homeserver.server_name is ${server}; the bot is a user of the service's own homeserver: write ${bot.localpart}`;
    return [problemAt(document, path, "value", message)];
  }
  const excess = Buffer.byteLength(`@${bot.localpart}:${server}`) - longestUserId;
  if (excess <= 0) return [];
  const message = `makes a user id longer than the ${longestUserId} characters that Matrix allows; take a name that is shorter by ${excess}`;
  return [problemAt(document, path, "value", message)];
}

/** People of other homeservers in `access`, while rooms do not federate: they could never be invited. */
function unreachableUsers(document: Document): readonly Problem[] {
  const reach = v.safeParse(reachSchema, document.value);
  if (!reach.success || reach.output.rooms.federate) return [];
  const { server_name } = reach.output.homeserver;
  const message = `means users outside ${server_name}, whom incident rooms do not reach; leave it out, or write rooms.federate: true`;
  const { administrators, members, declare, commanders } = reach.output.access;
  return Object.entries({ administrators, members, declare, commanders }).flatMap(([list, named = []]) =>
    named.flatMap((item, index) =>
      isRoomName(item) || coversServer(item, server_name)
        ? []
        : [problemAt(document, ["access", list, index], "value", message)],
    ),
  );
}
