/**
 * Proof that a registry may use the name in statements. A root file contains that name: the
 * fingerprint of its registry's first root file. Without proof a hostile registry could claim
 * another one's name, and reuse statements that people signed for it.
 */
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { rootBytesMax } from '../../skills-index/trust/limits.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { KeptTrust } from './kept.ts';

export interface NamedRegistry {
  readonly source: Source;
  readonly pinned: RootFile;
  /** The files that were stored last time. */
  readonly kept?: KeptTrust | undefined;
  /** Later files that the administrators of another root file signed for the same registry. */
  readonly follow: (first: RootFile) => Promise<Pick<KeptTrust, 'files'>>;
}

/**
 * The name of the registry with this root file: already known here, or proven by the first root
 * file and all later signatures.
 * @throws Problem `tuf-invalid` where the first root file does not lead to the current one;
 * `registry-down`
 */
export async function requireFirstRoot(
  { source, pinned, kept, follow }: NamedRegistry,
  inForce: string,
): Promise<Digest> {
  const root = parseRoot(inForce);
  const id = registryIdOf(root);
  // Root files of earlier versions do not name a first one; such a registry is named by its own
  // root file.
  if (root.first === undefined) return id;
  const seen =
    kept === undefined ? [] : [kept.registry, rootFingerprint(parseRoot(kept.files['root.json']))];
  if ([rootFingerprint(pinned), ...seen].includes(id)) return id;
  const path = `/index/roots/${hexOf(id)}.json`;
  const bytes = await fetchFile(source, path, rootBytesMax);
  if (bytes === undefined) throw unproven(source, id, `the registry has no ${path}`);
  const first = parseRoot(bytes);
  if (rootFingerprint(first) !== id) throw unproven(source, id, `${path} has another fingerprint`);
  const led = await follow(first).catch((cause: unknown) => {
    if (cause instanceof Problem && cause.code.startsWith('tuf-'))
      throw unproven(source, id, cause.message, cause);
    throw cause;
  });
  if (led.files['root.json'] !== inForce)
    throw unproven(source, id, 'its administrators have signed another root file since');
  return id;
}

function unproven({ base }: Source, id: Digest, why: string, cause?: Problem): Problem {
  return new Problem(
    'tuf-invalid',
    `Cannot trust ${base}: its root file names ${id} as its first root file, but that first file does not lead to the current one: ${why}`,
    {
      hint: 'ask the operator over another channel for the first root file, root.json, then: skillgate registry trust FILE --root sha256:…. A registry that names another registry’s first root file is hostile',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
