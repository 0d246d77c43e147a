/**
 * The proof of a difference, in its own folder: signed heads, the signed status, and index lines as
 * served.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { writeWhole } from '../whole-file.ts';
import { type Difference, differenceMeanings } from './difference.ts';
import { monitorEvidenceMax } from './limits.ts';
import type { ReplayWorld } from './world.ts';

/**
 * Keeps it; the same differences again are the same folder.
 * @returns the folder; undefined when so many are kept that a person has to move some away
 */
export async function keepEvidence(
  { folder, source, fingerprint, now }: ReplayWorld,
  differences: readonly Difference[],
  files: readonly (readonly [name: string, content: string | Uint8Array])[],
): Promise<string | undefined> {
  const all = join(folder.dir, 'evidence');
  await mkdir(all, { recursive: true, mode: 0o700 });
  const name = hexOf(canonicalDigest(differences)).slice(0, 16);
  const kept = await readdir(all);
  const dir = join(all, name);
  if (kept.includes(name)) return dir;
  if (kept.length >= monitorEvidenceMax) return undefined;
  for (const [file, content] of files) await writeWhole(join(dir, file), content);
  const said = {
    schema: 'skillgate.differences/1',
    registry: source.base,
    root: fingerprint,
    at: now().toISOString(),
    differences: differences.map((one) => ({ ...one, means: differenceMeanings[one.code] })),
  };
  await writeWhole(join(dir, 'differences.json'), `${JSON.stringify(said, null, 2)}\n`);
  return dir;
}
