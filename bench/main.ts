/** Runs one bench and prints its figures, as one JSON object, as the last line; progress goes to stderr. */
import { parseArgs } from "node:util";

/** What may be said of a bench besides its name. */
interface Wishes {
  /** How many events the room of an archive has. */
  readonly events: number;
  /** The room's version. */
  readonly version: string;
  /** The folder of an archive. */
  readonly folder: string;
}

/** Each is loaded by itself: what it brings along would be measured with the others. */
const benches: Readonly<Record<string, (wishes: Wishes) => Promise<object>>> = {
  archive: async ({ events, version }) => (await import("./archive.ts")).archive(events, version),
  declare: async () => (await import("./declare.ts")).declare(),
  intake: async () => (await import("./intake.ts")).intake(),
  latency: async () => (await import("./latency.ts")).latency(),
  memory: async () => (await import("./memory.ts")).memory(),
  reading: async ({ folder }) => (await import("./reading.ts")).measureReading(folder),
  overload: async () => (await import("./overload.ts")).overload(),
  register: async () => (await import("./register.ts")).register(),
};

/** Fewer events than this have no room for the people of an archive's room. */
const fewestEvents = 100;

function fromCommandLine():
  | { readonly name: string; readonly json: boolean; readonly wishes: Wishes }
  | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        events: { type: "string", default: "100000" },
        "room-version": { type: "string", default: "12" },
        folder: { type: "string", default: "" },
      },
    });
    const [name = "", ...more] = positionals;
    const { folder } = values;
    const wishes = { events: Number(values.events), version: values["room-version"], folder };
    const isMeant =
      Object.hasOwn(benches, name) &&
      more.length === 0 &&
      (name === "reading") === (folder !== "") &&
      Number.isInteger(wishes.events) &&
      wishes.events >= fewestEvents &&
      ["10", "11", "12"].includes(wishes.version);
    return isMeant ? { name, json: values.json, wishes } : undefined;
  } catch {
    return undefined;
  }
}

const asked = fromCommandLine();
const bench = asked === undefined ? undefined : benches[asked.name];
if (asked === undefined || bench === undefined) {
  const names = Object.keys(benches).join("|");
  process.stderr.write(`Usage: npm run bench -- ${names} [--json]\n`);
  process.stderr.write(
    "       npm run bench -- archive [--events 100000] [--room-version 10|11|12] [--json]\n" +
      "       npm run bench -- reading --folder ARCHIVE [--json]\n",
  );
  process.exit(2);
}
const figures = await bench(asked.wishes);
process.stdout.write(`${JSON.stringify(figures, undefined, asked.json ? 0 : 2)}\n`);
