/** The files of a large skill in packs, so that an installation does not ask for each file. */
import { type Bundle, type BundleFile, bundleFileBytesMax } from '../skill/bundle.ts';
import { type Digest, hexOf } from '../skill/digest.ts';
import type { Pack, Source } from './blobs.ts';
import { makePack } from './packs.ts';

/** The path of one group of a bundle's files; `at` is the group's place in `fileGroups`. */
export function filePackPath(bundle: Digest, at: number): string {
  return `/packs/files/${hexOf(bundle)}/${at}`;
}

/**
 * The files of a bundle in groups, in the order of the bundle. The files of one group have at most
 * `bundleFileBytesMax` bytes together, so a pack takes no longer than the largest single file.
 */
export function fileGroups({ files }: Bundle): readonly (readonly BundleFile[])[] {
  const groups: BundleFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of files) {
    bytes += file.size;
    if (bytes <= bundleFileBytesMax) groups.at(-1)?.push(file);
    else {
      groups.push([file]);
      bytes = file.size;
    }
  }
  return groups;
}

/**
 * The same source, with the files of a bundle in packs. A pack is fetched when the store lacks one
 * of the pack's files.
 */
export function withFilePacks(source: Source, bundle: Bundle, digest: Digest): Source {
  const packs = new Map<Digest, Pack>();
  fileGroups(bundle).forEach((group, at) => {
    const pack = makePack(source, filePackPath(digest, at));
    // A pack of one file would be no request less.
    if (group.length > 1) for (const { sha256 } of group) packs.set(sha256, pack);
  });
  return { ...source, packOf: (blob) => packs.get(blob) };
}
