import type { Revision } from "../bag/lineage.ts";
import type { Completeness } from "../completeness.ts";
import type { Maker } from "../maker.ts";
import { type Fragment, type Html, html } from "./html.ts";

const checkWords: Readonly<Record<string, string>> = {
  "event-ids": "Every event's id is the hash of the event.",
  "content-hashes":
    "Every event's content is what its sender's homeserver hashed, or was removed and is marked as removed.",
  "closed-graph": "Every event names those before it, and all that are named are here.",
  "seal-covers-all": "The last event, the seal, commits to all others by their hashes.",
  "compared-with-live":
    "What the homeserver still has was compared with what arrived while the incident ran.",
  signatures: "Every event was signed by the homeserver of its sender.",
};

/** What is said about the proof of an archive. */
interface Proven {
  readonly completeness: Pick<Completeness, "checks">;
  /** The name of the archive's folder. */
  readonly name: string;
  readonly made: Maker;
  readonly revision?: Revision;
}

/** Says in plain words what was checked, what that means and what it does not mean, and how to check it again. */
export function aboutTheProof({ completeness: { checks }, name, made, revision }: Proven): Html {
  const listed = (state: string) =>
    Object.entries(checkWords)
      .filter(([check]) => checks[check] === state)
      .map(([, words]) => html`<li>${words}</li>`);
  const unchecked = listed("not-made");
  return html`<section aria-labelledby="proof" class="measure"><h2 id="proof">What was checked</h2>
<ul>${listed("made")}</ul>
${
  unchecked.length === 0
    ? undefined
    : html`<p>This could not be checked:</p>
<ul>${unchecked}</ul>`
}
<p>This means: nothing that the seal covers was changed, added or taken away since it was posted, unless this
page says so. It does not mean that a sentence is true, or that a person is who the homeserver says. The archive
is signed: <code>VERIFY.txt</code> in its folder names the key and says how to check it.</p>
<p>To check it again, beside the folder <code>${name}</code>:</p>
<pre><code>cordon verify ${name} --trust allowed_signers
(cd ${name} &amp;&amp; sha256sum -c --quiet tagmanifest-sha256.txt manifest-sha256.txt)</code></pre>
${aboutTheMaker(made)}${revision === undefined ? undefined : aboutTheRevision(revision)}</section>
`;
}

/** Who can make these pages again, to compare them. */
function aboutTheMaker({ tool, renderer }: Maker): Fragment {
  const named = renderer === undefined ? undefined : html`, by the renderer <code>${renderer.code}</code>`;
  return html`<p>These pages were made by ${tool.name} ${tool.version}${named}. Whether they follow from the data is
checked by the same renderer; everything else is checked by every later version.</p>
`;
}

/** Why there is another archive of the same room, and what stays of the one before. */
function aboutTheRevision({ number, supersedes }: Revision): Fragment {
  return html`<h3 id="revision">Revision ${number}</h3>
<p>Content was removed from the room after it was sealed, so this archive takes the place of
<code>${supersedes.name}</code>, whose SHA-256 was <code>${supersedes.digest}</code>. What was removed is in neither
word nor file of this one; what is left is the same, under the same seal. The former archive’s signature is kept
in the folder <code>lineage</code>.</p>
`;
}
