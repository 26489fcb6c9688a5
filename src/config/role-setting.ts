import * as v from "valibot";
import { anyRole, highestLevel, inSeveritiesForm, readInSeverities } from "./role.ts";
import { choice, orElse, patterns, section, setting, whole } from "./setting.ts";

const inSeverities = (about: string) => setting(about, inSeveritiesForm, readInSeverities);

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
    patterns("Who may have the role."),
    "`access.members`; for commander and deputy `access.commanders`",
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

/** What a role may be called. */
export const roleName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z][a-z0-9-]{0,31}$/,
    "is no name for a role; write 1 to 32 small letters, digits and dashes that begin with a letter",
  ),
  v.check(
    (name) => name !== anyRole,
    `is no name for a role: ${anyRole} means every other role; choose another name`,
  ),
);
