/** Copies the objects of a backup into a new data folder, each compared with its digest. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { statusName } from '../index/status-json.ts';
import { objectWritesAtOnce } from '../limits.ts';
import { diskObjects } from '../store/disk/disk-objects.ts';
import { objectName } from '../store/disk/object-paths.ts';
import { forEachOf, publicBlobName, storedBlobName } from '../store/objects.ts';
import { foldersBelow, whyNotOwnDigest } from './copy-objects.ts';

export interface RestoredObjects {
  readonly count: number;
  /** Names of objects that are damaged in the backup, with the reason. They are not restored. */
  readonly damaged: readonly string[];
}

/** @param progress called with the number of copied objects */
export async function restoreObjects(
  from: string,
  to: string,
  progress: (objects: number) => void,
): Promise<RestoredObjects> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const source = diskObjects(from);
  const target = diskObjects(to);
  const damaged: string[] = [];
  let count = 0;
  for await (const { folder, names } of foldersBelow(from, '')) {
    for (let at = 0; at < names.length; at += objectWritesAtOnce) {
      const some = names.slice(at, at + objectWritesAtOnce);
      const found = new Map<string, Uint8Array>();
      await forEachOf(some, async (name) => {
        const whole = objectName(folder === '' ? name : `${folder}/${name}`);
        const bytes = await source.get(whole);
        const why = bytes === undefined ? 'it is gone' : whyNotOwnDigest(whole, bytes);
        if (bytes === undefined || why !== undefined) damaged.push(`${whole}: ${why}`);
        else found.set(whole, bytes);
      });
      await target.putAll(found);
      count += found.size;
      progress(count);
    }
  }
  return { count, damaged };
}

/**
 * Writes the status file that the database signed last. It never shows a later head than the
 * database has.
 */
export async function restoreStatus(
  client: BetterSqlite3.Database,
  objects: string,
): Promise<void> {
  const row = client.prepare('SELECT bytes FROM status_file WHERE id = 1').get();
  if (row === undefined) return;
  const { bytes } = row as { readonly bytes: string };
  await diskObjects(join(objects)).put(statusName, Buffer.from(bytes));
}

/** The blobs that a version needs and that no copy is there of. The log has the statements. */
export async function missingBlobs(
  client: BetterSqlite3.Database,
  objects: string,
): Promise<readonly Digest[]> {
  const there = diskObjects(objects);
  const missing: Digest[] = [];
  const rows = client
    .prepare("SELECT DISTINCT 'sha256:' || lower(hex(digest)) AS digest FROM version_blobs")
    .all();
  await forEachOf(rows as readonly { readonly digest: Digest }[], async ({ digest }) => {
    if (await there.has(storedBlobName(digest))) return;
    if (!(await there.has(publicBlobName(digest)))) missing.push(digest);
  });
  return missing.sort();
}
