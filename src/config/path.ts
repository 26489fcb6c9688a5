/** The way to a value: the keys and list positions from the top. */
export type Path = readonly (string | number)[];

/**
 * What any setting, role or playbook may be called. In a file that went wrong anything may stand where a key does, an
 * address with a password in it as well, and what is wrong is told to terminals and logs.
 */
const name = /^[\p{L}\p{N}_][\p{L}\p{N}_ -]{0,39}$/u;

/** The way to a value as people write it: `roles.definitions.ops.level`, `access.members[0]`. */
export function keyOf(path: Path): string {
  return path.reduce<string>((key, step) => {
    if (typeof step === "number") return `${key}[${step}]`;
    const shown = name.test(step) ? step : "…";
    return key === "" ? shown : `${key}.${shown}`;
  }, "");
}
