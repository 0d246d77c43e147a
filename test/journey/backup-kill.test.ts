import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { readAbout } from '../../registry/backup/backup-folder.ts';
import { restoreDatabase } from '../../registry/backup/restored-database.ts';
import { type OpenDatabase, openSqlite } from '../../registry/store/sqlite.ts';
import { makeRoot } from '../registry/people.ts';

describe('a follower that is killed at any moment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-backup-kill-'));
  const dir = folder;
  const backup = join(tmpdir(), `${folder.split('/').at(-1)}-backup`);
  afterAll(() => {
    for (const path of [folder, backup]) rmSync(path, { recursive: true, force: true });
  });

  const start = (onSize: (size: number) => void): ChildProcess => {
    const script = fileURLToPath(new URL('follower-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, dir, backup], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    createInterface(child.stdout).on('line', (line) => onSize(Number(line)));
    return child;
  };

  it('leaves a whole older state each time, with everything that it had reported', async () => {
    writeFileSync(join(dir, 'root.json'), JSON.stringify(makeRoot().root));
    const path = join(dir, 'registry.sqlite');
    let db = openSqlite(path);
    let size = 0;
    let writes = true;
    const writing = (async () => {
      while (writes) {
        await append(db, size++);
        await delay(size % 3);
        // As a registry that starts anew.
        if (size % 400 === 0) {
          db.close();
          db = openSqlite(path);
        }
      }
    })();
    let reported = 0;
    let kept = 0;
    try {
      for (let round = 0; round < 8; round++) {
        const before = reported;
        const child = start((copied) => {
          reported = Math.max(reported, copied);
        });
        // The first copy is whole, and then some more commits; every third is killed before that.
        const isEarly = round % 3 === 2;
        if (!isEarly) while (reported <= before) await delay(10);
        await delay((round * 137) % 700);
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
        const restored = await restoredSize(backup, join(folder, 'restored'));
        expect(restored).toBeGreaterThanOrEqual(reported);
        expect(restored).toBeGreaterThanOrEqual((await readAbout(backup))?.log.size ?? 0);
        expect(restored).toBeGreaterThanOrEqual(kept);
        kept = restored;
      }
    } finally {
      writes = false;
      await writing;
      db.close();
    }
    expect(kept).toBeGreaterThan(100);
  });
});

async function append(db: OpenDatabase, index: number): Promise<void> {
  // Only an entry in a segment has no body.
  const body = 'x'.repeat(1 + ((index * 7919) % 20_000));
  await db.batch([
    (to) =>
      (to as unknown as { run(query: unknown): void }).run(
        sql`INSERT INTO log ("index", leafHash, body, root, peaks, laterInBatch, map) VALUES (${index}, '', ${body}, ${`root ${index}`}, '[]', 0, '')`,
      ),
  ]);
}

async function restoredSize(backup: string, path: string): Promise<number> {
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
  await restoreDatabase(backup, path);
  const client = new BetterSqlite3(path);
  try {
    expect(client.pragma('integrity_check', { simple: true })).toBe('ok');
    const row = client.prepare('SELECT count(*) AS rows, max("index") AS last FROM log').get();
    const { rows, last } = row as { readonly rows: number; readonly last: number | null };
    expect(rows).toBe((last ?? -1) + 1);
    return rows;
  } finally {
    client.close();
  }
}
