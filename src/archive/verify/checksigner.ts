import { type AllowedSigner, findSigner } from "../../proof/allowedsigners.ts";
import { sshVerify } from "../../proof/sshsig.ts";
import { NotSsh } from "../../proof/sshwire.ts";
import { signatureFile, signatureNamespace, tagManifestFile } from "../bag/bag.ts";
import { checkLineage, type Revision } from "../bag/lineage.ts";
import { type ArchiveFiles, readBytes, Unreadable } from "../opened/archivefiles.ts";
import { DoesNotHold, fail, type LevelResult, pass } from "../opened/level.ts";

/** Who has to have signed an archive. */
interface Expected {
  /** The fingerprint that `manifest.json` names, `undefined` where it cannot be read. */
  readonly named: string | undefined;
  /** The fingerprint that the room's state names, `undefined` where it names none. */
  readonly inRoom: string | undefined;
  /** What it revises, `undefined` where it is the first archive of its incident. */
  readonly revision: Revision | undefined;
  /** The keys that are trusted, `undefined` where nobody gave any. */
  readonly trust: readonly AllowedSigner[] | undefined;
  /** When they have to count, in milliseconds since the epoch. */
  readonly at: number;
}

const part = "signature";
/** Far more than a signature has, and than the manifest of a dozen files and some revisions, in bytes. */
const mostBytes = 1_048_576;

/**
 * L2: the archive is signed, by a key that is trusted or at least by the one that it names itself; so were those
 * that it took the place of.
 */
export async function checkSigner(files: ArchiveFiles, expected: Expected): Promise<LevelResult> {
  for (const file of [tagManifestFile, signatureFile]) {
    if (!files.paths.has(file)) return fail("L2", part, { file, reason: "it is missing" });
  }
  try {
    await checkLineage(files, expected.revision);
    const message = await readBytes(files, tagManifestFile, mostBytes);
    const signature = await readBytes(files, signatureFile, mostBytes);
    const key = sshVerify(message, signatureNamespace, signature.toString("utf8"));
    const by = `signed by ${key.fingerprint}`;
    const wrong = (reason: string) => fail("L2", part, { file: signatureFile, reason: `${by}, ${reason}` });
    const { named, inRoom, trust, at } = expected;
    if (named !== undefined && named !== key.fingerprint) return wrong(`and manifest.json names ${named}`);
    if (trust !== undefined) {
      const signer = findSigner(trust, key, signatureNamespace, at);
      return signer === undefined
        ? wrong("which is not among the trusted keys")
        : pass("L2", part, `${by}, trusted as ${signer.principals}`);
    }
    const untrusted = "(not compared with a trusted key)";
    if (inRoom === undefined) return pass("L2", part, `${by} ${untrusted}`);
    if (inRoom !== key.fingerprint) return wrong(`and the room's state names ${inRoom}`);
    return pass("L2", part, `${by}, the key that the room's state names ${untrusted}`);
  } catch (problem) {
    if (problem instanceof DoesNotHold) return fail("L2", part, problem.problem);
    const isExpected = problem instanceof NotSsh || problem instanceof Unreadable;
    if (isExpected) return fail("L2", part, { file: signatureFile, reason: problem.message });
    throw problem;
  }
}
