import type { Reading } from "../../../src/chat/parameter.ts";
import { People } from "../../../src/chat/people.ts";
import { alice, bob, carol, noon, view } from "../../support/incident.ts";

/** What is known where commands are read in these tests: three people, the usual roles, and noon in UTC. */
export const reading: Reading = {
  people: new People("bank.example", [
    { user: alice, name: "Alice" },
    { user: bob, name: "Bob" },
    { user: carol, name: "Carol" },
  ]),
  roles: view.roles,
  inIncident: true,
  now: noon,
  timeZone: view.timeZone,
};
