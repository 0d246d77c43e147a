import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseFile, openFile } from '../../../../registry/store/database-file.ts';
import {
  type Checkpoints,
  startCheckpoints,
  walFramesAtOnce,
  walFramesMax,
} from '../../../../registry/store/disk/checkpoints.ts';

let dir: string;
let file: DatabaseFile;
let checkpoints: Checkpoints;
let said: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'skillgate-checkpoints-'));
  file = openFile(join(dir, 'registry.sqlite'));
  file.client.exec('CREATE TABLE pages (id INTEGER PRIMARY KEY, bytes BLOB)');
  said = [];
  checkpoints = startCheckpoints(file, (line) => said.push(line));
});
afterEach(async () => {
  await checkpoints.stop();
  file.close();
  rmSync(dir, { recursive: true });
});

/** Commits about so many pages, as a batch does. */
function commitPages(pages: number): void {
  const insert = file.client.prepare('INSERT INTO pages (bytes) VALUES (zeroblob(4000))');
  file.client.transaction(() => {
    for (let page = 0; page < pages; page++) insert.run();
  })();
  checkpoints.afterCommit();
}

function frames(): { log: number; checkpointed: number } {
  return file.client.prepare('PRAGMA wal_checkpoint(NOOP)').get() as ReturnType<typeof frames>;
}

function commitFramesMax(): unknown {
  return file.client.pragma('wal_autocheckpoint', { simple: true });
}

describe('pages of a database', () => {
  it('are written back beside the commits', async () => {
    commitPages(walFramesAtOnce + 1);
    expect(frames().checkpointed).toBe(0);
    await expect.poll(() => frames().log - frames().checkpointed).toBe(0);
    // SQLite begins the log anew when everything in it is written back.
    commitPages(1);
    expect(frames().log).toBeLessThan(walFramesAtOnce);
    expect(said).toEqual([]);
  });

  it('are never written back within a commit, however long a reader holds the log', async () => {
    const reader = openFile(file.path).client;
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM pages').get();
    for (let commit = 0; commit < 10; commit++) commitPages(walFramesMax / 8);
    expect(commitFramesMax()).toBe(0);
    expect(frames().checkpointed).toBeLessThan(10);
    reader.close();
    await expect
      .poll(() => {
        checkpoints.afterCommit();
        return frames().log - frames().checkpointed;
      })
      .toBe(0);
  });

  it('of the last commits do not keep a long log from beginning anew', async () => {
    const { client } = file;
    client.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${walFramesMax})
      INSERT INTO pages (bytes) SELECT zeroblob(4000) FROM n`);
    // A commit during a checkpoint of the thread. A reader keeps the log, as the thread does.
    const reader = openFile(file.path).client;
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM pages').get();
    client.pragma('wal_checkpoint(PASSIVE)');
    client.exec('INSERT INTO pages (bytes) VALUES (zeroblob(4000))');
    reader.close();
    expect(frames().log).toBeGreaterThan(walFramesMax);
    checkpoints.afterCommit();
    await expect.poll(() => frames().checkpointed).toBe(frames().log);
    commitPages(1);
    expect(frames().log).toBeLessThan(10);
  });

  it('are written back as usual after the thread failed', async () => {
    file.client.pragma('wal_autocheckpoint = 1000');
    const path = join(dir, 'none', 'registry.sqlite');
    const failing = startCheckpoints({ ...file, path }, (line) => said.push(line));
    checkpoints = failing;
    commitPages(walFramesAtOnce + 1);
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toMatch(
      /^warning: The thread that writes back the pages of the database ended/,
    );
    commitPages(walFramesAtOnce + 1);
    expect(said).toHaveLength(1);
    expect(commitFramesMax()).toBe(1_000);
  });

  it('are whole when the thread ends in the middle', async () => {
    for (let commit = 0; commit < 20; commit++) commitPages(walFramesAtOnce);
    await checkpoints.stop();
    expect(file.client.pragma('quick_check', { simple: true })).toBe('ok');
    const { n } = file.client.prepare('SELECT count(*) AS n FROM pages').get() as { n: number };
    expect(n).toBe(20 * walFramesAtOnce);
  });
});
