import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { BuiltArchive } from "../../src/archive/build.ts";
import { makeSigningKey, writePublicKey } from "../../src/proof/sshkey.ts";
import { temporaryFolder } from "../support/folder.ts";
import { hostileRoom } from "./hostile-room.ts";
import { archiveKey } from "./key.ts";
import { archiveName, change, make, makeRecorded, rebag } from "./made.ts";
import { recordedVersions } from "./recorded.ts";
import { type OnDisk, type StockTool, stockTools } from "./stocktools.ts";

const publicKey = writePublicKey(archiveKey.publicKey);

/** A copy of an archive, folder and zip, to be spoiled. */
async function copied({ path, zip }: BuiltArchive): Promise<OnDisk> {
  const place = await temporaryFolder();
  const copy = { folder: join(place, archiveName), zip: join(place, `${archiveName}.zip`), publicKey };
  await cp(path, copy.folder, { recursive: true });
  await cp(zip, copy.zip);
  return copy;
}

const page = "data/messages/0001.html";

/** Ways to spoil an archive. */
const spoilings = {
  "a byte of a page is another": ({ folder }) =>
    change(folder, page, (text) => text.replace("Queue depth", "Queue death")),
  "a page is gone": ({ folder }) => rm(join(folder, page)),
  "a page has another name": ({ folder }) =>
    rename(join(folder, page), join(folder, "data/messages/0002.html")),
  "a file was added": ({ folder }) => writeFile(join(folder, "data/added.txt"), "added\n"),
  "a page was changed with its line in the manifest": async ({ folder }) => {
    await change(folder, page, (text) => text.replace("Queue depth", "Queue death"));
    const hash = createHash("sha256")
      .update(await readFile(join(folder, page)))
      .digest("hex");
    await change(folder, "manifest-sha256.txt", (text) =>
      text.replace(RegExp(`[0-9a-f]{64}(?=  ${page})`), hash),
    );
  },
  "a page was changed with all manifests, and signed by another key": async ({ folder }) => {
    await change(folder, page, (text) => text.replace("Queue depth", "Queue death"));
    await rebag(folder, makeSigningKey());
  },
  "the zip is cut off": ({ zip }) => truncate(zip, 5000),
  "a byte of the zip is another": async ({ zip }) => {
    const bytes = await readFile(zip);
    // In the middle of what is packed, far from any name or length.
    const at = bytes.indexOf("data/events/live.ndjson") + 200;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(zip, bytes);
  },
  "incident.json has a state that there is not": ({ folder }) =>
    change(folder, "data/incident.json", (text) => text.replace('"state": "over"', '"state": "exploded"')),
  "incident.json has a time that there is not": ({ folder }) =>
    change(folder, "data/incident.json", (text) =>
      text.replace(/"declared_at": "2026-11-20/, '"declared_at": "2026-02-30'),
    ),
  "incident.json lacks its tasks": ({ folder }) =>
    change(folder, "data/incident.json", (text) => text.replace('"tasks":', '"chores":')),
  "a cell of the table is a formula": ({ folder }) =>
    change(folder, "data/timeline.csv", (text) => text.replace('"declared"', '"\u200b=1+1"')),
} satisfies Record<string, (archive: OnDisk) => Promise<void>>;
type Spoiling = keyof typeof spoilings;

/** What each tool is there to notice. Of the zip, a tool that reads the folder knows nothing, and so on. */
const notices: Readonly<Record<string, readonly Spoiling[]>> = {
  "ssh-keygen -Y verify": ["a page was changed with all manifests, and signed by another key"],
  "sha256sum -c": [
    "a byte of a page is another",
    "a page is gone",
    "a page has another name",
    "a page was changed with its line in the manifest",
  ],
  "bagit.py --validate": [
    "a byte of a page is another",
    "a page is gone",
    "a page has another name",
    "a file was added",
    "a page was changed with its line in the manifest",
  ],
  "unzip -t": ["the zip is cut off", "a byte of the zip is another"],
  "Python's zipfile": [
    "the zip is cut off",
    "a byte of the zip is another",
    "a file was added",
    "a page is gone",
    "a byte of a page is another",
  ],
  "a JSON Schema validator": [
    "incident.json has a state that there is not",
    "incident.json has a time that there is not",
    "incident.json lacks its tasks",
  ],
  "a reader of CSV": ["a cell of the table is a formula"],
};

/** Where a tool is not on this machine that is said; the others check the archive all the same. */
const where = ({ name, isHere }: StockTool) => ({ skip: isHere ? false : `${name} is not on this machine` });

describe("tools that are not ours", async () => {
  const room = hostileRoom();
  const spoilable = await makeRecorded("12");
  const archives: readonly (readonly [name: string, archive: BuiltArchive])[] = [
    ...(await Promise.all(
      recordedVersions.map(
        async (version) => [`a room of version ${version}`, await makeRecorded(version)] as const,
      ),
    )),
    ["a room made to do harm", await make(room.source({ seal: room.seal() }))],
  ];

  for (const tool of stockTools) {
    for (const [name, { path, zip }] of archives) {
      it(`${tool.name} accepts the archive of ${name}`, where(tool), async () => {
        assert.equal(await tool.complaint({ folder: path, zip, publicKey }), undefined);
      });
    }
    for (const spoiling of notices[tool.name] ?? []) {
      it(`${tool.name} refuses one where ${spoiling}`, where(tool), async () => {
        const spoilt = await copied(spoilable);
        await spoilings[spoiling](spoilt);
        assert.notEqual(await tool.complaint(spoilt), undefined);
      });
    }
  }
});
