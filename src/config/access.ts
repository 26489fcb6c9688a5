import type { Eligible } from "./eligible.ts";
import type { RoomName } from "./names.ts";
import type { UserPattern } from "./pattern.ts";
import type { Settings } from "./schema.ts";

/** Who may do what before there are roles, and where those are told who look after it all. */
export interface Access {
  readonly administrators: readonly UserPattern[];
  /** Where the service tells administrators what they must know; `undefined` where there is no such room. */
  readonly administratorsRoom: RoomName | undefined;
  readonly members: readonly UserPattern[];
  readonly declare: readonly UserPattern[];
  readonly commanders: readonly Eligible[];
}

/** Who is meant: lists that are left out follow others, and in the end the whole homeserver. */
export function resolveAccess({ homeserver, access }: Pick<Settings, "homeserver" | "access">): Access {
  const members = access.members ?? [`@*:${homeserver.server_name}` as const];
  return {
    administrators: access.administrators,
    administratorsRoom: access.administrators_room,
    members,
    declare: access.declare ?? members,
    commanders: access.commanders ?? members,
  };
}
