import fc from "fast-check";

/** Values as JSON, with the blanks, the escapes and the doubled members that other writers of JSON make. */
export function written(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const styles = fc.constantFrom<(json: string) => string>(
    (json) => json,
    (json) => `\n${JSON.stringify(JSON.parse(json), undefined, 2)}\t`,
    (json) => json.replaceAll("{", '{"content":[{"\\"}":1}],'),
    (json) => json.replaceAll('"events"', '"\\u0065vents"'),
    (json) =>
      json.replaceAll(/"([a-z])/g, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
  );
  return fc.tuple(values, styles).map(([value, style]) => {
    const json = style(JSON.stringify(value) ?? "null");
    return json.replaceAll(",}", "}");
  });
}
