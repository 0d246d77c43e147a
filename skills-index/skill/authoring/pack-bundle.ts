/**
 * Packs files into a bundle, as publishers and scanners do. A run only reads bundles.
 */

import {
  type Bundle,
  type BundleFile,
  type PackedBundle,
  refuseFor,
  type SourceFile,
  whyNotPaths,
  whyNotSizes,
} from '../bundle.ts';
import type { BundlePath } from '../bundle-path.ts';
import { digestOf } from '../digest.ts';
import { canonicalJson } from '../text/canonical-json.ts';

/**
 * Packs files into a bundle. One invalid file makes the whole skill invalid; every reason is
 * listed.
 * @throws Problem `path-invalid` when only paths are wrong; `skill-md-missing` when the missing
 * SKILL.md is the only reason; otherwise `bundle-invalid`
 */
export function packBundle(files: readonly SourceFile[]): PackedBundle {
  refuseFor(
    'take the skill',
    whyNotPaths(files.map((file) => file.path)),
    whyNotSizes(files.map(({ path, bytes, mode }) => ({ path, size: bytes.byteLength, mode }))),
  );
  return listFiles(files);
}

/**
 * Files as a bundle has them, without a check. Compare files of strangers with an approved bundle
 * by this list: a file that no skill may have must not keep them from the comparison.
 */
export function listFiles(files: readonly SourceFile[]): PackedBundle {
  const contents = new Map<BundlePath, Uint8Array>();
  const listed = files.map(({ path, bytes, mode }): BundleFile => {
    const checked = path as BundlePath;
    contents.set(checked, bytes);
    return {
      path: checked,
      size: bytes.byteLength,
      sha256: digestOf(bytes),
      mode: (mode & 0o100) === 0 ? '644' : '755',
    };
  });
  return { ...listBundle(listed), contents };
}

/** The list of a bundle's files, and its digest. The caller has checked paths and sizes. */
export function listBundle(files: readonly BundleFile[]): Omit<PackedBundle, 'contents'> {
  const bundle: Bundle = {
    schema: 'skillgate.bundle/1',
    files: files.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
  };
  const bytes = Buffer.from(canonicalJson(bundle));
  return { bundle, digest: digestOf(bytes), bytes };
}
