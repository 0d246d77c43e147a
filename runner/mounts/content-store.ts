/** The stored content of changed files, by digest. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';

/**
 * Stores content by its digest.
 * @param search searches a piece of a path's content; returns how to end the search of the path
 */
export function contentStore(
  folder: string,
  search: (path: string, bytes: Uint8Array) => () => void,
): {
  readonly search: typeof search;
  readonly keep: (path: string, bytes: Uint8Array) => Digest;
} {
  const keep = (path: string, bytes: Uint8Array): Digest => {
    search(path, bytes)();
    const digest = digestOf(bytes);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${folder}/${hexOf(digest)}`, bytes, { mode: 0o600 });
    return digest;
  };
  return { search, keep };
}
