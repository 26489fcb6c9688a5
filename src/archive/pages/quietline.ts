import { redactionTarget } from "../../proof/pdu.ts";
import type { Json } from "../../proof/redaction.ts";
import type { RoomRules } from "../../proof/roomversion.ts";
import type { Recorded } from "../record/pdulog.ts";
import type { Membership } from "../record/people.ts";
import type { RoomRecord } from "../record/record.ts";
import { relationOf } from "../record/relations.ts";
import { visible } from "../visible.ts";
import { moment } from "./clock.ts";
import { describeHappening } from "./happening.ts";
import { type Fragment, html } from "./html.ts";
import type { Links } from "./prose.ts";
import { describeState } from "./statechange.ts";

type Id = `$${string}`;

/** What the words about an event that is no message depend on. */
export interface QuietWords {
  readonly record: RoomRecord;
  readonly rules: RoomRules;
  readonly seal?: string;
}

/** What a line says that is not a message. `before` is the membership that the event changes. */
export function quietWords(
  { id, pdu }: Recorded,
  { record, rules, seal }: QuietWords,
  links: Links,
  before: Membership | undefined,
): Fragment {
  if (record.redactions.isGone(id)) return tombstone(id, pdu, record, links);
  if (id === seal) return html`<strong>Seal.</strong> This event commits to everything before it.`;
  const name = html`<bdi>${links.nameOf(String(pdu.sender))}</bdi>`;
  if (typeof pdu.state_key === "string")
    return html`${name} <bdi>${describeState(pdu, links.nameOf, before)}</bdi>`;
  const relation = relationOf(pdu);
  if (relation?.kind === "reaction")
    return html`${name} reacted with <bdi>${visible(relation.key ?? "")}</bdi>`;
  const target = redactionTarget(pdu, rules);
  if (target === undefined) return html`${name} <bdi>${describeHappening(pdu)}</bdi>`;
  const href = links.hrefOf(target);
  return href === undefined
    ? html`${name} removed an event that is not here`
    : html`${name} <a href="${href}">removed an event</a>`;
}

/** Who took away what, when and why: all that is left of it. */
function tombstone(id: Id, pdu: Json, { redactions, people }: RoomRecord, links: Links): Fragment {
  const whose = html`${nounFor(pdu.type)} of <bdi>${links.nameOf(String(pdu.sender))}</bdi>`;
  const original = redactions.goneWith(id);
  if (original !== undefined) {
    return html`${whose}, removed with <a href="${links.hrefOf(original)}">the message that it edits</a>`;
  }
  const redaction = redactions.aimedAt(id);
  if (redaction === undefined) return html`${whose}, removed`;
  const { by, at, reason } = redaction;
  const because = reason === undefined ? undefined : html`: <bdi>${visible(reason)}</bdi>`;
  return html`${whose}, removed by <bdi>${people.nameOf(by)}</bdi> at ${moment(at)}${because}`;
}

function nounFor(type: unknown): string {
  return type === "m.room.message" ? "A message" : type === "m.reaction" ? "A reaction" : "An event";
}
