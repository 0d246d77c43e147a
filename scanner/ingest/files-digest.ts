/** The digest that a report has about its files. */
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { Bundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';

export interface FilesDigest {
  /** The digest of the bundle, or of the plain list of files that make no bundle. */
  readonly digest: Digest;
  /** Why the files make no bundle. */
  readonly problem?: Problem;
}

export function digestOfFiles(files: readonly SourceFile[]): FilesDigest {
  try {
    return { digest: packBundle(files).digest };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const list = [...files]
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
      .map(({ path, bytes, mode }) => ({
        path: path.toWellFormed(),
        size: bytes.byteLength,
        sha256: digestOf(bytes),
        mode: (mode & 0o100) === 0 ? ('644' as const) : ('755' as const),
      }));
    const unchecked: Pick<Bundle, 'schema'> & { files: typeof list } = {
      schema: 'skillgate.bundle/1',
      files: list,
    };
    return { digest: canonicalDigest(unchecked), problem };
  }
}
