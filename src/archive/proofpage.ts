import type { Completeness } from "./completeness.ts";
import { type Html, html } from "./html.ts";

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

/** Says in plain words what was checked, what that means and what it does not mean, and how to check it again. */
export function aboutTheProof({ checks }: Completeness, name: string): Html {
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
</section>
`;
}
