import { join } from "node:path";
import { type BagInfo, makeBag } from "./bag.ts";
import { dayOf } from "./clock.ts";
import type { Draft } from "./draft.ts";
import { html } from "./html.ts";
import { manifestOf } from "./manifest.ts";
import { writeJson, writeText } from "./output.ts";

/**
 * Writes what lies around `data/` and makes a bag of it all. Gives the digest of the archive: the SHA-256 of
 * its tag manifest, in hexadecimal.
 */
export async function writeTagFiles(draft: Draft, folder: string): Promise<string> {
  await writeJson(join(folder, "manifest.json"), manifestOf(draft));
  await writeText(join(folder, "index.html"), openingPage(draft));
  await writeText(join(folder, "VERIFY.txt"), verifyText(draft));
  return makeBag(folder, bagInfo(draft));
}

function bagInfo({ chronicle, imprint, source }: Draft): BagInfo {
  const { id, title } = chronicle.incident;
  return [
    ["Bag-Software-Agent", `${imprint.tool.name} ${imprint.tool.version}`],
    ["Bagging-Date", dayOf(imprint.sealedAt)],
    ["External-Identifier", id],
    ["External-Description", title],
    ["Source-Organization", source.serverName],
  ];
}

/** Leads to the report. It cannot be the report itself: what lies outside `data/` is not payload. */
function openingPage({ chronicle }: Draft): string {
  const { id } = chronicle.incident;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'">
<meta http-equiv="refresh" content="0; url=data/index.html">
<meta name="color-scheme" content="light dark">
<title>${id}</title>
</head>
<body>
<p><a href="data/index.html">Report of ${id}</a></p>
</body>
</html>
`.toString();
}

function verifyText({ chronicle, imprint, completeness, source }: Draft): string {
  return `This folder is the archive of ${chronicle.incident.id}, room ${source.incident.room?.id ?? "none"}.

${completeness.statement}

To check it with Cordon, offline, with no configuration and no database:

  cordon verify ${imprint.name}

It checks that no file was changed, removed or added (L1), that every event's id and content are its hash
(L3), that no event is missing and the seal covers all of them (L4), and the journal's chain (L5).

To check without Cordon that no file was changed or removed, inside this folder:

  sha256sum -c --quiet tagmanifest-sha256.txt manifest-sha256.txt

The whole archive in one value is the SHA-256 of tagmanifest-sha256.txt:

  sha256sum tagmanifest-sha256.txt

Compare it with the digest that Cordon posted in the room, or with a copy that was kept elsewhere. Without
that comparison the files only show that they fit each other.

Not there yet: a signature on this archive (L2), the check of the homeserver's signatures on the events
(the rest of L3), and the check that the pages follow from the data (L6).
`;
}
