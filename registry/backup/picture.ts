/** A picture of the database: a whole copy as of one commit, checked before it gets its name. */
import { open, rename } from 'node:fs/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { picturePagesAtOnce } from '../limits.ts';
import { startCheck } from '../store/database-check.ts';
import { databasePath, placesIn, syncFolder, unfinishedPath } from './backup-folder.ts';
import type { Connection } from './wal-source.ts';

/** Called with the copied pages and all pages. */
export type PictureProgress = (done: number, all: number) => void;

/**
 * Copies the database that the connection's open transaction shows, and closes the connection.
 * Writers go on meanwhile. The copy has another name until `namePicture`.
 * @throws Problem `database-damaged` when the copy is not sound
 */
export async function makePicture(
  shows: Connection,
  backup: string,
  number: number,
  {
    say,
    progress,
    signal,
  }: {
    readonly say: (line: string) => void;
    readonly progress?: PictureProgress | undefined;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const path = unfinishedPath(databasePath(backup, number, 'sqlite'));
  try {
    await shows.backup(path, {
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        progress?.(totalPages - remainingPages, totalPages);
        return picturePagesAtOnce;
      },
    });
  } finally {
    shows.close();
  }
  const file = await open(path, 'r+');
  try {
    await file.chmod(0o600);
    // Not in WAL mode: a reader of the copy needs no further files beside the copy.
    await file.write(Buffer.of(1, 1), 0, 2, 18);
    await file.datasync();
  } finally {
    await file.close();
  }
  const damage = await startCheck(path, say).found;
  if (damage !== undefined)
    throw new Problem(
      'database-damaged',
      `The copy of the database is damaged: ${damage.message}`,
      {
        hint: 'The backup keeps its older copies. Check the disk of the backup, and the database of the registry: docs/operating-registry.md, "The database is damaged".',
      },
    );
}

/** Gives a picture its name. From now on a restore begins with it. */
export async function namePicture(backup: string, number: number): Promise<void> {
  const path = databasePath(backup, number, 'sqlite');
  await rename(unfinishedPath(path), path);
  await syncFolder(placesIn(backup).database);
}
