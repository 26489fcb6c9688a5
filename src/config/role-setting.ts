import * as v from "valibot";
import { rights } from "./right.ts";
import { anyRole, highestLevel } from "./role.ts";
import { choice, chosenName, eligible, inSeverities, list, orElse, section, whole } from "./setting.ts";

/** What may be said about one role. The defaults are those of a new role; see `defaultRoles` for the others. */
export const role = section("", {
  holders: orElse(choice("How many people have the role at a time.", ["one", "many"]), "`many`"),
  required: orElse(
    inSeverities("In which severities somebody must have had the role before the incident is over."),
    "`[]`: never",
  ),
  level: orElse(
    whole(
      "The power level of its holders in the room.",
      0,
      highestLevel,
      `: nobody human is above ${highestLevel}, so that what the service keeps in order stays so`,
    ),
    "`10`",
  ),
  eligible: orElse(
    eligible("Who may have the role, as far as they are among `access.members`."),
    "`access.members`; for commander and deputy `access.commanders`",
  ),
  rights: orElse(
    list(
      "What its holders may do beyond what everyone in the incident may: exactly these.",
      choice(
        "",
        rights.map(({ name }) => name),
      ),
    ),
    "what the role has by default; a new one nothing",
  ),
  may_not_also_be: orElse(
    v.pipe(
      v.record(v.string(), inSeverities("")),
      v.metadata({
        about: `Roles that nobody has together with this one, each with the severities in which that holds; \`${anyRole}\` is every other role.`,
        allowed: "roles, each with always or a list of severities",
      }),
    ),
    "none",
  ),
});

/** The same for who looks at one key beside others: what cannot be read counts as left out. */
export const roleOutline = v.object({
  holders: v.fallback(role.entries.holders, undefined),
  required: v.fallback(role.entries.required, undefined),
  level: v.fallback(role.entries.level, undefined),
  eligible: v.fallback(role.entries.eligible, undefined),
  rights: v.fallback(role.entries.rights, undefined),
  may_not_also_be: v.fallback(v.optional(v.record(v.string(), v.fallback(inSeverities(""), []))), undefined),
});

/** What a role may be called. */
export const roleName = v.pipe(
  chosenName("a role"),
  v.check(
    (name) => name !== anyRole,
    `is no name for a role: ${anyRole} means every other role; choose another name`,
  ),
);
