import { createHash } from "node:crypto";
import { join } from "node:path";
import { sshSign } from "../../proof/sshsig.ts";
import type { Draft } from "../draft.ts";
import { writeJson, writeText } from "../files/output.ts";
import { dayOf } from "../pages/clock.ts";
import { html } from "../pages/html.ts";
import {
  type BagInfo,
  makeBag,
  manifestFile,
  signatureFile,
  signatureNamespace,
  tagManifestFile,
} from "./bag.ts";
import { writeLineage } from "./lineage.ts";
import { manifestOf } from "./manifest.ts";

/**
 * Writes what lies around `data/`, makes a bag of it all and signs it. Gives the digest of the archive: the
 * SHA-256 of its tag manifest, in hexadecimal.
 */
export async function writeTagFiles(draft: Draft, folder: string): Promise<string> {
  await writeJson(join(folder, "manifest.json"), manifestOf(draft));
  await writeText(join(folder, "index.html"), openingPage(draft));
  await writeText(join(folder, "VERIFY.txt"), verifyText(draft));
  await writeLineage(draft.imprint.lineage ?? [], folder);
  const tagManifest = Buffer.from(await makeBag(folder, bagInfo(draft)));
  const signature = sshSign(tagManifest, signatureNamespace, draft.imprint.signer);
  await writeText(join(folder, signatureFile), signature);
  return createHash("sha256").update(tagManifest).digest("hex");
}

/** What the key of archives is called where a name is asked for. */
const signerName = "cordon";

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
  const { fingerprint } = imprint.signer.publicKey;
  return `This folder is the archive of ${chronicle.incident.id}, room ${source.incident.room?.id ?? "none"}.

${completeness.statement}

It is signed by the key
  ${fingerprint}
Ask whoever runs Cordon for the public key, archive-key.pub, on a way that has nothing to do with this
archive, and write it into a file allowed_signers, in one line:

  ${signerName} namespaces="${signatureNamespace}" ssh-ed25519 AAAA...

To check everything with Cordon, offline, with no configuration and no database:

  cordon verify ${imprint.name} --trust allowed_signers

It checks that no file was changed, removed or added (L1), who signed this (L2), that every event's id and
content are its hash and its homeserver signed it (L3), that no event is missing and the seal covers all of
them (L4), the journal's chain, as the room's own messages bear witness to it (L5), and that the pages are
what these data give (L6). The last is for the renderer that made them: ${imprint.tool.name} ${imprint.tool.version},
${imprint.renderer.code}.
Another version checks the rest: give it --up-to L5.

To check without Cordon who signed this and that no file was changed or removed, inside this folder, with
allowed_signers beside it:

  ssh-keygen -Y verify -f ../allowed_signers -I ${signerName} -n ${signatureNamespace} \\
    -s ${signatureFile} < ${tagManifestFile}
  sha256sum -c --quiet ${tagManifestFile} ${manifestFile}

The whole archive in one value is the SHA-256 of ${tagManifestFile}:

  sha256sum ${tagManifestFile}

It is the digest that Cordon posted in the room.
${aboutTheRevision(imprint)}`;
}

function aboutTheRevision({ revision }: Draft["imprint"]): string {
  if (revision === undefined) return "";
  const { number, supersedes } = revision;
  return `
This is revision ${number}. Content was removed from the room after it was sealed, so it takes the place of

  ${supersedes.name}
  SHA-256 ${supersedes.digest}

That archive's ${tagManifestFile} and the signature over it are kept in lineage/${supersedes.name}: its
SHA-256 is the one above, and ssh-keygen checks it in that folder as shown, with ../../../allowed_signers.
`;
}
