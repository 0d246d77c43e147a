/**
 * A scanner's own folder of stored scans, by extractor and bundle, so that a changed rule needs no
 * parsing. The folder may be lost at any time.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { storedFactsBytesMax } from '../limits.ts';
import { currentRuleSet } from '../rule-set.ts';

export interface FactStore {
  /**
   * The stored scan of a bundle by today's extractor; empty when there is none, or it cannot be
   * read.
   */
  get(bundle: Digest): Uint8Array;
  /** Stores a scan whole or not at all. A full disk does not fail the scan. */
  put(bundle: Digest, stored: Uint8Array): void;
  /** Deletes the stored scan of a bundle. */
  drop(bundle: Digest): void;
}

/**
 * Opens the store below a folder and frees space: first facts of other extractors are deleted, then
 * the oldest beyond the limit. Does so again after each tenth of the limit.
 */
export function openFactStore(folder: string, bytesMax = storedFactsBytesMax): FactStore {
  const own = hexOf(currentRuleSet().extractor).slice(0, 16);
  makeRoom(folder, own, bytesMax);
  let since = 0;
  const pathOf = (bundle: Digest): string =>
    join(folder, own, hexOf(bundle).slice(0, 2), hexOf(bundle));
  return {
    get(bundle) {
      try {
        return readFileSync(pathOf(bundle));
      } catch {
        return new Uint8Array();
      }
    },
    put(bundle, stored) {
      const path = pathOf(bundle);
      const half = `${path}.${process.pid}`;
      try {
        mkdirSync(dirname(path), { recursive: true });
        try {
          writeFileSync(half, stored, { mode: 0o600 });
          renameSync(half, path);
        } finally {
          rmSync(half, { force: true });
        }
      } catch {
        // The next scan parses again.
      }
      since += stored.byteLength;
      if (since <= bytesMax / 10) return;
      since = 0;
      makeRoom(folder, own, bytesMax);
    },
    drop(bundle) {
      rmSync(pathOf(bundle), { force: true });
    },
  };
}

function makeRoom(folder: string, own: string, bytesMax: number): void {
  try {
    for (const name of readdirSync(folder))
      if (name !== own) rmSync(join(folder, name), { recursive: true, force: true });
    const files = readdirSync(join(folder, own), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    const known = files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = statSync(path);
      return { path, size, mtimeMs };
    });
    let bytes = known.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of known.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (bytes <= bytesMax) return;
      rmSync(path, { force: true });
      bytes -= size;
    }
  } catch {
    // There is no folder yet.
  }
}
