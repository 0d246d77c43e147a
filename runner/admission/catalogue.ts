/**
 * The catalogue gives an agent the descriptions and files of skills. Descriptions come from
 * verified index entries. The catalogue reads SKILL.md and every other file one at a time, when the
 * agent asks. The catalogue verifies each file's digest before the agent gets a byte.
 */
import { type Bundle, type BundleFile, parseBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/**
 * Reads at most `bytesMax` bytes by digest, from the cache or the registry. The catalogue verifies
 * the digest of the bytes again.
 */
export type ReadBlob = (digest: Digest, bytesMax?: number) => Promise<Uint8Array>;

/** A skill whose list of files is verified. `read` fetches the files later, one at a time. */
export interface OpenedSkill {
  readonly bundle: Bundle;
  readonly digest: Digest;
  /**
   * Fetches one file of the skill and verifies the file's digest.
   * @throws Problem `not-found` for a path that is not in the bundle; `bundle-invalid` when the
   * bytes are not the approved ones
   */
  readonly read: (path: string) => Promise<Uint8Array>;
}

/**
 * Opens a skill by the digest of its bundle.
 * @throws Problem `bundle-invalid` when the bytes are not those of the digest
 */
export async function openSkill(digest: Digest, readBlob: ReadBlob): Promise<OpenedSkill> {
  const bytes = await readBlob(digest);
  requireDigest(digest, bytes, 'the list of files');
  const { bundle } = parseBundle(bytes);
  const files = new Map<string, BundleFile>(bundle.files.map((file) => [file.path, file]));
  return {
    bundle,
    digest,
    read: async (path) => {
      const file = files.get(path);
      if (file === undefined)
        throw new Problem(
          'not-found',
          `Cannot open ${JSON.stringify(path)}: the skill has no file at this path`,
        );
      const content = await readBlob(file.sha256, file.size);
      requireDigest(file.sha256, content, JSON.stringify(path));
      return content;
    },
  };
}

/** Reads and verifies every file of a skill, for the skill's sandbox. */
export async function readAll(skill: OpenedSkill): Promise<Map<BundlePath, Uint8Array>> {
  const contents = new Map<BundlePath, Uint8Array>();
  for (const { path } of skill.bundle.files) contents.set(path, await skill.read(path));
  return contents;
}

function requireDigest(digest: Digest, bytes: Uint8Array, what: string): void {
  const found = digestOf(bytes);
  if (found === digest) return;
  throw new Problem(
    'bundle-invalid',
    `Cannot open ${what}: its digest is ${found}, but ${digest} was approved`,
    {
      hint: 'Skillgate used nothing of these bytes, which were changed after approval. Install the skill again.',
    },
  );
}
