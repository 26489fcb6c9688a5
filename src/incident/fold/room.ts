import { loopOf } from "../policy.ts";
import { type Evolvers, without } from "./evolver.ts";

/** The incident's room, from its making to its seal and the archive. */
export const room = {
  "room-created": (incident, { data }) => ({ ...incident, room: { id: data.room, version: data.version } }),
  "room-unusable": (incident, { data }) =>
    incident.room === undefined
      ? incident
      : { ...incident, room: { ...incident.room, unusable: data.reason } },
  drift: (incident, { data, eventAt }) => {
    const moments = [...(incident.drifts[data.what] ?? []), eventAt].slice(-loopOf.changes);
    return { ...incident, drifts: { ...incident.drifts, [data.what]: moments } };
  },
  "drift-left": (incident, { data, eventAt }) => ({
    ...incident,
    contested: { ...incident.contested, [data.what]: eventAt },
  }),
  "drift-resumed": (incident, { data }) => ({
    ...incident,
    contested: without(incident.contested, data.what),
    drifts: without(incident.drifts, data.what),
  }),
  archiving: (incident, { eventAt }) => ({ ...incident, closing: { since: eventAt } }),
  sealed: (incident, { data, eventAt }) => {
    const since = incident.closing?.since ?? eventAt;
    return { ...incident, closing: { since, seal: data.event, sealedAt: eventAt } };
  },
  archived: (incident, { data: { name, digest, verdict } }) => ({
    ...incident,
    state: "archived",
    archive: { name, digest, verdict },
  }),
  "removed-after-seal": (incident, { seq, recordedAt }) =>
    incident.closing === undefined
      ? incident
      : { ...incident, closing: { ...incident.closing, removal: { seq, at: recordedAt } } },
  revised: ({ closing, ...incident }, { data: { name, digest, verdict, revision, upTo } }) => {
    const { removal, ...closed } = closing ?? { since: 0 };
    const isLeft = removal !== undefined && removal.seq > upTo;
    return {
      ...incident,
      closing: isLeft ? { ...closed, removal } : closed,
      archive: { name, digest, verdict, revision },
    };
  },
} satisfies Partial<Evolvers>;
