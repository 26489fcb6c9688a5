import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { manifestFile, tagManifestFile } from "../../src/archive/bag/bag.ts";
import { ArchiveRefused, type VerifyOptions, verifyArchive } from "../../src/archive/verify/verify.ts";
import { readAllowedSigners } from "../../src/proof/allowedsigners.ts";
import { canonicalJson } from "../../src/proof/canonical.ts";
import { contentHash, idOf, signedText } from "../../src/proof/hash.ts";
import { isJson, type Json } from "../../src/proof/redaction.ts";
import { roomRules } from "../../src/proof/roomversion.ts";
import { makeSigningKey, writePublicKey } from "../../src/proof/sshkey.ts";
import { archiveKey } from "../archive/key.ts";
import { change, everyFile, make, rebag } from "../archive/made.ts";
import { bot, SyntheticRoom } from "../archive/synthetic.ts";
import { chanceFor } from "../support/chance.ts";

/** What verification came to: the levels that fail, or `refused` where it is no archive any more. */
type Caught = "L1" | "L2" | "L3" | "L4" | "L5" | "L6" | "refused";

/** One way to change an archive, and the levels of which at least one has to notice. */
interface Tampering {
  readonly what: string;
  readonly caughtBy: readonly Caught[];
  change(folder: string): Promise<void>;
}

const events = "data/events/pdu-0001.ndjson";
const changesEach = 182;
const stranger = makeSigningKey();
const trust = readAllowedSigners(`cordon ${writePublicKey(archiveKey.publicKey)}`);

describe("2,000 single changes to an archive", async () => {
  const { path } = await make(room());
  const original = await contentOf(path);

  it("are all caught, each at a level that should catch it", async (t) => {
    const chance = chanceFor(t);
    const below = (limit: number) => Math.floor(chance() * limit);
    const counts = new Map<string, number>();
    for (const tampering of tamperings(original, below)) {
      for (let count = 0; count < changesEach; count += 1) {
        await tampering.change(path);
        // Half of those who check have a trusted key from elsewhere.
        const caught = await verdict(path, count % 2 === 0 ? { trust } : {});
        const changed = await restore(path, original);
        assert.ok(changed.length > 0, `${tampering.what}: nothing was changed`);
        assert.ok(
          caught.some((level) => tampering.caughtBy.includes(level)),
          `${tampering.what} in ${changed.join(" and ")} is caught by ${caught.join(" and ") || "nothing"}`,
        );
        const line = `${tampering.what}: ${caught.join(" ")}`;
        counts.set(line, (counts.get(line) ?? 0) + 1);
      }
    }
    for (const [line, count] of counts) t.diagnostic(`${line}  ${count}`);
    assert.deepEqual(await verdict(path, { trust }), []);
  });
});

/** A small room with something of everything that the levels look at. */
function room() {
  const made = new SyntheticRoom();
  const { fingerprint } = archiveKey.publicKey;
  made.add("org.cordon.archive-key", { fingerprint }, { sender: bot, stateKey: "" });
  for (let hour = 0; hour < 6; hour += 1) {
    made.fact({ type: "noted", data: { text: `step ${hour}` } });
    const { seq, hash } = made.head;
    const witness = { msgtype: "m.notice", body: `step ${hour}`, "org.cordon.journal": { seq, hash } };
    made.add("m.room.message", witness, { sender: bot });
    made.say(`what somebody said in hour ${hour}`);
  }
  made.redact(made.say("SECRET"), "not for everybody");
  const seal = made.seal();
  return made.source({ seal });
}

function tamperings(
  original: ReadonlyMap<string, Buffer>,
  below: (limit: number) => number,
): readonly Tampering[] {
  const files = [...original.keys()];
  const one = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("there is nothing to choose from");
    return item;
  };
  const linesOf = async (folder: string, file: string) =>
    (await readFile(join(folder, file), "utf8")).trimEnd().split("\n");
  const writeLines = (folder: string, file: string, lines: readonly string[]) =>
    writeFile(join(folder, file), `${lines.join("\n")}\n`);

  return [
    {
      what: "a byte flipped",
      caughtBy: ["L1", "L2"],
      async change(folder) {
        const file = one(files);
        const bytes = await readFile(join(folder, file));
        const place = below(bytes.length);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << below(8));
        await writeFile(join(folder, file), bytes.length === 0 ? "\n" : bytes);
      },
    },
    {
      what: "a file removed",
      caughtBy: ["L1", "L2", "refused"],
      change: (folder) => rm(join(folder, one(files))),
    },
    {
      what: "a file added",
      caughtBy: ["L1"],
      async change(folder) {
        const file = join(folder, dirname(one(files)), `added-${below(1000)}.txt`);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, "added");
      },
    },
    {
      what: "a file renamed",
      caughtBy: ["L1", "L2", "refused"],
      async change(folder) {
        const file = one(files);
        await rename(join(folder, file), join(folder, `${file}${below(10)}`));
      },
    },
    {
      what: "two files swapped",
      caughtBy: ["L1", "L2"],
      async change(folder) {
        const [first, content] = one([...original]);
        const [second, other] = one([...original].filter(([, bytes]) => !bytes.equals(content)));
        await writeFile(join(folder, first), other);
        await writeFile(join(folder, second), content);
      },
    },
    {
      what: "an event in another place of its file",
      caughtBy: ["L1"],
      async change(folder) {
        const lines = await linesOf(folder, events);
        const from = below(lines.length - 1);
        const [line = ""] = lines.splice(from, 1);
        lines.splice(from + 1 + below(lines.length - from), 0, line);
        await writeLines(folder, events, lines);
      },
    },
    {
      what: "a line of a manifest edited",
      caughtBy: ["L1"],
      async change(folder) {
        const file = one([manifestFile, tagManifestFile]);
        const lines = await linesOf(folder, file);
        const [index, place] = [below(lines.length), below(64)];
        const line = lines[index] ?? "";
        const digit = ((Number.parseInt(line[place] ?? "", 16) + 1 + below(15)) % 16).toString(16);
        lines[index] = `${line.slice(0, place)}${digit}${line.slice(place + 1)}`;
        await writeLines(folder, file, lines);
      },
    },
    {
      what: "the signature replaced by one of another key",
      caughtBy: ["L2"],
      change: (folder) => rebag(folder, makeSigningKey()),
    },
    {
      what: "the whole signed anew by another key",
      caughtBy: ["L2"],
      async change(folder) {
        const file = one(["bag-info.txt", "data/timeline.csv", "data/report.html"]);
        await writeFile(join(folder, file), `${await readFile(join(folder, file), "utf8")}more\n`);
        await signAs(folder);
      },
    },
    {
      what: "an event replaced by one that nobody signed",
      caughtBy: ["L3"],
      async change(folder) {
        const lines = await linesOf(folder, events);
        const index = below(lines.length);
        lines[index] = unsigned(lines[index] ?? "", `forged ${below(1000)}`, one([true, false]));
        await writeLines(folder, events, lines);
        await rebag(folder);
      },
    },
    {
      what: "the last part cut off, with its manifest lines",
      caughtBy: ["L2", "L3", "L4", "L5"],
      async change(folder) {
        const lines = await linesOf(folder, events);
        const kept = lines.slice(0, 1 + below(lines.length - 1));
        await writeLines(folder, events, kept);
        const ends = one(["no seal", "the same seal", "another seal"]);
        await change(folder, "manifest.json", (text) => {
          const manifest: unknown = JSON.parse(text);
          if (!isJson(manifest) || !isJson(manifest.counts)) throw new Error("it is no manifest");
          const last: unknown = JSON.parse(kept.at(-1) ?? "");
          const seal =
            ends === "no seal"
              ? null
              : ends === "the same seal" || !isJson(last)
                ? manifest.seal
                : last.event_id;
          return JSON.stringify({ ...manifest, seal, counts: { ...manifest.counts, events: kept.length } });
        });
        await signAs(folder);
      },
    },
  ];
}

/** Makes everything fit again, the name of the key too, as a stranger would. */
async function signAs(folder: string): Promise<void> {
  const { fingerprint } = archiveKey.publicKey;
  await change(folder, "manifest.json", (text) => text.replace(fingerprint, stranger.publicKey.fingerprint));
  await rebag(folder, stranger);
}

/** An event with other content and the hashes that belong to it, as anybody can make it. */
function unsigned(line: string, body: string, keepsSignature: boolean): string {
  const recorded: unknown = JSON.parse(line);
  if (!isJson(recorded) || !isJson(recorded.pdu)) throw new Error("it is no event");
  const { signatures, hashes: _, ...pdu } = recorded.pdu;
  const event: Json = { ...pdu, content: { ...(isJson(pdu.content) ? pdu.content : {}), body } };
  const hashed: Json = { ...event, hashes: { sha256: contentHash(event) } };
  const id = idOf(signedText(hashed, roomRules("12")));
  return canonicalJson({ event_id: id, pdu: keepsSignature ? { ...hashed, signatures } : hashed });
}

async function verdict(path: string, options: VerifyOptions): Promise<readonly Caught[]> {
  try {
    const { levels } = await verifyArchive(path, options);
    return [...new Set(levels.filter(({ outcome }) => outcome === "fail").map(({ level }) => level))];
  } catch (problem) {
    if (problem instanceof ArchiveRefused) return ["refused"];
    throw problem;
  }
}

async function contentOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = await everyFile(folder);
  // Two thousand times thirty small files: waiting for each would take longer than reading it.
  return new Map(files.map((file) => [file, readFileSync(join(folder, file))]));
}

/** Puts back what was changed and gives the files that were. */
async function restore(folder: string, original: ReadonlyMap<string, Buffer>): Promise<readonly string[]> {
  const found = await contentOf(folder);
  const added = [...found.keys()].filter((file) => !original.has(file));
  for (const file of added) await rm(join(folder, file));
  const changed = [...original].filter(([file, bytes]) => found.get(file)?.equals(bytes) !== true);
  for (const [file, bytes] of changed) await writeFile(join(folder, file), bytes);
  return [...added, ...changed.map(([file]) => file)];
}
