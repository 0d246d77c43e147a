import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { readAbout } from '../../registry/backup/data-files.ts';
import { type OpenDatabase, openSqlite } from '../../registry/store/sqlite.ts';
import { guard } from '../built-program.ts';
import { compiledCode } from '../compiled-code.ts';
import { makeRoot } from '../registry/people.ts';

describe('a backup that is killed at any moment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-backup-kill-'));
  const dir = folder;
  const backup = join(tmpdir(), `${folder.split('/').at(-1)}-backup`);
  afterAll(() => {
    for (const path of [folder, backup]) rmSync(path, { recursive: true, force: true });
  });

  it('leaves a whole older state each time', async () => {
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
    let kept = 0;
    try {
      for (let round = 0; round < 8; round++) {
        const begun = size;
        const child = spawn(process.execPath, [guard, 'registry', 'backup', dir, backup], {
          env: { ...process.env, ...compiledCode, SKILLGATE_HOME: folder },
          stdio: 'ignore',
        });
        const gone = once(child, 'exit');
        // Every other one is killed.
        const isKilled = round % 2 === 1;
        if (isKilled) {
          await Promise.race([gone, delay(250 + ((round * 137) % 700))]);
          child.kill('SIGKILL');
        }
        const [code] = await gone;
        if (!isKilled) expect(code).toBe(0);
        const restored = copiedSize(join(backup, 'registry.sqlite'));
        expect(restored).toBeGreaterThanOrEqual((await readAbout(backup))?.log.size ?? 0);
        expect(restored).toBeGreaterThanOrEqual(isKilled ? kept : begun);
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

/** The number of whole entries in the copy of the database. */
function copiedSize(path: string): number {
  const client = new BetterSqlite3(path, { readonly: true });
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
