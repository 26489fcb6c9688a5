/**
 * What a role may be given the right to do, beyond what everyone in an incident may. The names are those of
 * the core's intents.
 */
export const rights = [
  { name: "invite", about: "Bring people into the incident." },
  { name: "remove", about: "Take people out of it, and their roles from them." },
  { name: "offer-role", about: "Ask somebody to take a role." },
  { name: "change-severity", about: "Say how severe it is." },
  { name: "update", about: "Give the update that is due, and say when the next one is." },
  { name: "mitigate", about: "Say that the impact has ended." },
  { name: "relapse", about: "Say that the impact has come back." },
  { name: "close", about: "Say that the incident is over." },
  { name: "cancel", about: "Call it off: a duplicate, a false alarm." },
  { name: "reopen", about: "Take it up again after it was over." },
  { name: "archive", about: "Have it archived at once, which is final." },
  { name: "change-title", about: "Give it another title." },
  { name: "state-impact", about: "Say who is affected, and how." },
  { name: "correct", about: "Correct and backdate what stands on the timeline." },
  { name: "redact", about: "Have the service remove somebody's message from the room." },
] as const;

export type Right = (typeof rights)[number]["name"];
