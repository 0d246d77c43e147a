/** Removes from a backup what the registry's retention rules removed from the registry. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { objectPath } from '../store/disk/object-paths.ts';
import { storedBlobName } from '../store/objects.ts';

const pageRows = 500;

/**
 * An object goes only by the registry's word: an object that its disk lost stays in the backup.
 * @param to the folder of the backup's objects
 */
export async function removeRemoved(dir: string, to: string): Promise<void> {
  const client = new BetterSqlite3(join(dir, 'registry.sqlite'), { readonly: true });
  try {
    const page = client.prepare(
      `SELECT digest FROM removed_blobs WHERE digest > ? AND removedAt IS NOT NULL
       AND NOT EXISTS (
         SELECT 1 FROM version_blobs WHERE digest = unhex(substr(removed_blobs.digest, 8)))
       AND NOT EXISTS (
         SELECT 1 FROM statements
         WHERE bundle = unhex(substr(removed_blobs.digest, 8)))
       AND NOT EXISTS (SELECT 1 FROM log_segments WHERE digest = removed_blobs.digest)
       ORDER BY digest LIMIT ${pageRows}`,
    );
    for (let after = ''; ; await nextTurn()) {
      const rows = page.all(after) as readonly { readonly digest: Digest }[];
      for (const { digest } of rows) {
        const name = storedBlobName(digest);
        // An upload has stored the bytes again, and names them soon.
        if (existsSync(objectPath(join(dir, 'objects'), name))) continue;
        rmSync(objectPath(to, name), { force: true });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      after = last.digest;
    }
  } finally {
    client.close();
  }
}
