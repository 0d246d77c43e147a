import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRegistry } from '../../../registry/serve.ts';
import { openFolder } from '../../../registry/store/database-file.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeRoot } from '../people.ts';
import { expectProblem } from '../steps.ts';

describe('a start with a damaged database', () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await makeDataFolder(makeRoot());
    file = join(dir, 'registry.sqlite');
    await (await startRegistry({ dir, port: 0 })).close();
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** Damages a page that no start reads. */
  function damage(path: string): void {
    const client = new BetterSqlite3(path, { readonly: true });
    const page = client
      .prepare<[], { rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'")
      .get();
    client.close();
    const all = readFileSync(path);
    all.fill(0xa5, ((page?.rootpage ?? 1) - 1) * 4_096, (page?.rootpage ?? 1) * 4_096);
    writeFileSync(path, all);
  }

  /** What a killed process leaves behind: commits that are in the write-ahead log only. */
  function leaveCommits(): void {
    const client = new BetterSqlite3(file);
    client.pragma('journal_mode = WAL');
    client.exec("CREATE TABLE left_over (x); INSERT INTO left_over VALUES ('a')");
    for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, `${file}${end}.kept`);
    client.close();
    rmSync(`${file}-shm`, { force: true });
    for (const end of ['', '-wal']) copyFileSync(`${file}${end}.kept`, `${file}${end}`);
  }

  it.each([
    ['in its own process', undefined],
    ['in another process', 10],
  ])(
    'that is checked %s leaves the file and its write-ahead log as they were',
    async (_, bytesMax) => {
      damage(file);
      leaveCommits();
      const files = () => ['', '-wal'].map((end) => readFileSync(`${file}${end}`));
      const before = files();
      const start = async () => startRegistry({ dir, port: 0, opened: openFolder(dir, bytesMax) });
      await expectProblem(start(), 'database-damaged');
      expect(files().map((bytes, at) => before[at]?.equals(bytes))).toEqual([true, true]);
      // The folder is free for a repair.
      expect(existsSync(file)).toBe(true);
      openFolder(dir, 10).close();
    },
  );

  it('is checked by this process, too, when the process of the check is killed', async () => {
    const said: string[] = [];
    const killed = join(dir, 'killed');
    writeFileSync(killed, '#!/bin/sh\nkill -9 $$\n');
    chmodSync(killed, 0o755);
    const { execPath } = process;
    const start = async () => {
      const opened = openFolder(dir, 10);
      process.execPath = killed;
      try {
        return await startRegistry({ dir, port: 0, opened, log: (line) => said.push(line) });
      } finally {
        process.execPath = execPath;
      }
    };
    await (await start()).close();
    expect(said).toEqual([expect.stringContaining('ended by the signal SIGKILL')]);
    damage(file);
    await expectProblem(start(), 'database-damaged');
  });
});
