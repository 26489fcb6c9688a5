/** The way to a value: the keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** The way to a value as people write it: `roles.definitions.ops.level`, `access.members[0]`. */
export function keyOf(path: Path): string {
  return path.reduce<string>((key, step) => {
    if (typeof step === "number") return `${key}[${step}]`;
    return key === "" ? step : `${key}.${step}`;
  }, "");
}
