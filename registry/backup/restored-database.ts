/** Makes the database of a backup again: a picture, and the commits after it. */
import { copyFile, open } from 'node:fs/promises';
import { databasePath, placesIn, readDatabaseFiles } from './backup-folder.ts';
import { applySegment, damagedBackup } from './segment.ts';
import type { WalSum } from './wal-format.ts';

/**
 * Makes the database of the newest picture, with all commits that follow without a hole.
 * @throws Problem `backup-damaged`
 */
export async function restoreDatabase(backup: string, path: string): Promise<void> {
  const { pictures, segments } = await readDatabaseFiles(backup);
  const number = pictures.at(-1);
  if (number === undefined)
    throw damagedBackup(placesIn(backup).database, 'it has no copy of the database');
  await copyFile(databasePath(backup, number, 'sqlite'), path);
  const database = await open(path, 'r+');
  try {
    await database.chmod(0o600);
    const there = new Set(segments);
    let end: WalSum | undefined;
    for (let next = number; there.has(next); next++)
      ({ end } = await applySegment(databasePath(backup, next, 'wal'), database, end));
    await database.sync();
  } finally {
    await database.close();
  }
}
