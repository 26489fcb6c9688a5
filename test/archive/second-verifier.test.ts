import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { writePublicKey } from "../../src/proof/sshkey.ts";
import { archiveKey } from "./key.ts";
import { change, copyOf, makeRecorded, rebag } from "./made.ts";
import { recordedVersions } from "./recorded.ts";
import { complaintOfVerifier } from "./stocktools.ts";

const publicKey = writePublicKey(archiveKey.publicKey);
const events = "data/events/pdu-0001.ndjson";
const journal = "data/journal.ndjson";

/** A change of an archive, and the chapter of `docs/archive-format.md` that it goes against. */
interface Tampering {
  readonly what: string;
  readonly chapter: string;
  readonly spoil: (folder: string) => Promise<void>;
}

/** A change of one file. */
function edited(file: string, by: (text: string) => string): Tampering["spoil"] {
  return (folder) => change(folder, file, by);
}

/** A file without one of its lines, counted from its end. */
function withoutLine(file: string, fromEnd: number): Tampering["spoil"] {
  return edited(file, (text) =>
    text
      .split("\n")
      .toSpliced(-1 - fromEnd, 1)
      .join("\n"),
  );
}

const tamperings: readonly Tampering[] = [
  {
    what: "a word of a message was changed",
    chapter: "Events",
    spoil: edited(events, (text) => text.replace("Queue depth", "Queue death")),
  },
  {
    what: "an event has the signature of another one",
    chapter: "Events",
    spoil: edited(events, (text) => {
      const [, ...signatures] = [...text.matchAll(/"ed25519:\w+":"([^"]{86})"/g)].map(
        ([, signature]) => signature,
      );
      return text.replaceAll(signatures[0] ?? "", signatures[1] ?? "");
    }),
  },
  { what: "the last event was cut off", chapter: "Events", spoil: withoutLine(events, 1) },
  {
    what: "an event was taken out and is not counted",
    chapter: "The graph",
    spoil: async (folder) => {
      await withoutLine(events, 9)(folder);
      await change(folder, "manifest.json", (text) =>
        text.replace(/"events": (\d+)/, (_, count) => `"events": ${Number(count) - 1}`),
      );
    },
  },
  {
    what: "a removal has nobody who ordered it",
    chapter: "Events",
    spoil: edited("data/redactions.ndjson", (text) => text.replaceAll("edit-of-redacted", "redaction")),
  },
  {
    what: "somebody's words in the journal were changed",
    chapter: "The journal",
    spoil: edited(journal, (text) => text.replace("Rolled back", "Held back")),
  },
  {
    what: "an entry of the journal has another time",
    chapter: "The journal",
    spoil: edited(journal, (text) => text.replace(/"eventAt":1/, '"eventAt":2')),
  },
  { what: "the end of the journal was cut off", chapter: "The journal", spoil: withoutLine(journal, 1) },
  {
    what: "the homeserver's key is another one",
    chapter: "Events",
    spoil: edited("data/server-keys.json", (text) => text.replace(/"key": "../, '"key": "AA')),
  },
  {
    what: "the verdict is better than the gaps",
    chapter: "The verdict",
    spoil: edited("data/completeness.json", (text) =>
      text.replace(
        '"gaps": []',
        '"gaps": [{"about": "mxc://a/b", "explained": true, "reason": "gone", "what": "missing-media"}]',
      ),
    ),
  },
  {
    what: "what made the pages has no name",
    chapter: "The pages",
    spoil: edited("manifest.json", (text) => text.replace(/"code": "../, '"code": "')),
  },
  {
    what: "nothing is named that made the pages",
    chapter: "The pages",
    spoil: edited("manifest.json", (text) => {
      const { renderer: _, ...manifest } = JSON.parse(text);
      return JSON.stringify({ ...manifest, tool: { ...manifest.tool, version: "0.2.0" } });
    }),
  },
  { what: "a file was taken out", chapter: "unreadable", spoil: (folder) => rm(join(folder, journal)) },
];

describe("a verifier that was written from the page of the format", async () => {
  const archives = new Map(
    await Promise.all(
      recordedVersions.map(async (version) => [version, await makeRecorded(version)] as const),
    ),
  );

  for (const [version, archive] of archives) {
    it(`accepts the archive of a room of version ${version}`, async () => {
      assert.equal(await complaintOfVerifier({ folder: archive.path, publicKey }), undefined);
    });

    for (const { what, chapter, spoil } of tamperings) {
      it(`sees in one of version ${version} that ${what}`, async () => {
        const folder = await copyOf(archive);
        await spoil(folder);
        await rebag(folder);
        const complaint = await complaintOfVerifier({ folder, publicKey });
        assert.equal(JSON.parse(complaint ?? "{}").wrong?.[0], chapter, complaint);
      });
    }
  }
});
