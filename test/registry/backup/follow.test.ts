import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { followRegistry } from '../../../registry/backup/follow.ts';
import type { FollowOptions } from '../../../registry/backup/follow-session.ts';
import { readBackupAge, writeFollowerState } from '../../../registry/backup/follower-state.ts';
import { noteWrites, writtenObjectsName } from '../../../registry/backup/noted-writes.ts';
import { restoreDatabase } from '../../../registry/backup/restored-database.ts';
import type { Db } from '../../../registry/store/batch.ts';
import { diskObjects } from '../../../registry/store/disk/disk-objects.ts';
import { objectPath } from '../../../registry/store/disk/object-paths.ts';
import { publicBlobName, putBlobs, storedBlobName } from '../../../registry/store/objects.ts';
import { type OpenDatabase, openSqlite } from '../../../registry/store/sqlite.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { makeRoot } from '../people.ts';

interface Followed {
  readonly dir: string;
  readonly backup: string;
  readonly db: OpenDatabase;
  readonly said: string[];
  /** The newest size of the log that was copied. */
  copied(): number;
  stop(): Promise<void>;
}

/** A data folder with a database that this process writes, and a follower. */
async function follow(more: Partial<FollowOptions> = {}): Promise<Followed> {
  const dir = folderWith({ 'root.json': JSON.stringify(makeRoot().root) });
  const backup = join(folderWith(), 'backup');
  const db = openSqlite(join(dir, 'registry.sqlite'));
  const said: string[] = [];
  const stop = new AbortController();
  let copied = -1;
  let whole: () => void = () => undefined;
  const isWhole = new Promise<void>((resolve) => {
    whole = resolve;
  });
  const following = followRegistry({
    dir,
    backup,
    withKeys: false,
    ...more,
    say: (line) => said.push(line),
    signal: stop.signal,
    onWhole: ({ log }) => {
      copied = log.size;
      whole();
    },
    onCopied: (log) => {
      copied = log.size;
    },
  });
  const end = async (): Promise<void> => {
    stop.abort();
    await following;
  };
  onTestFinished(async () => {
    await end().catch(() => undefined);
    db.close();
  });
  await Promise.race([isWhole, following]);
  return { dir, backup, db, said, copied: () => copied, stop: end };
}

/** One commit: the next entry of the log, with a body of some length. */
async function append(db: OpenDatabase, index: number, length = 100): Promise<void> {
  const body = 'x'.repeat(length);
  await db.batch([
    (to: Db) =>
      (to as unknown as { run(query: unknown): void }).run(
        sql`INSERT INTO log ("index", leafHash, body, root, peaks, laterInBatch, map) VALUES (${index}, '', ${body}, ${`root ${index}`}, '[]', 0, '')`,
      ),
  ]);
}

async function untilCopied(followed: Followed, size: number): Promise<number> {
  const from = performance.now();
  while (followed.copied() < size && performance.now() - from < 5_000) await delay(5);
  expect(followed.copied()).toBe(size);
  return performance.now() - from;
}

/** The log in the backup, restored into a file of its own. */
async function restoredSize(backup: string): Promise<number> {
  const path = join(folderWith(), 'restored.sqlite');
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

describe('a follower', () => {
  it('copies each commit within a second, and what it copied is there after kill -9', async () => {
    const followed = await follow();
    const times: number[] = [];
    for (let size = 1; size <= 12; size++) {
      await append(followed.db, size - 1);
      times.push(await untilCopied(followed, size));
      // Nothing was closed or finished: only what is on the disk counts.
      expect(await restoredSize(followed.backup)).toBe(size);
      expect(JSON.parse(readFileSync(join(followed.backup, 'backup.json'), 'utf8'))).toMatchObject({
        log: { size, root: `root ${size - 1}` },
      });
    }
    expect(Math.max(...times)).toBeLessThan(1_000);
    await followed.stop();
  });

  it('copies while SQLite begins its log anew again and again, and keeps that log short', async () => {
    const followed = await follow();
    const wal = `${join(followed.dir, 'registry.sqlite')}-wal`;
    let longest = 0;
    const segments = (): readonly string[] =>
      readdirSync(join(followed.backup, 'database')).filter((name) => name.endsWith('.wal'));
    let size = 0;
    while (segments().length < 4 && size < 2_000) {
      // One commit is larger than what SQLite writes back at once.
      for (let more = 0; more < 10; more++)
        await append(followed.db, size++, size % 40 === 1 ? 3_000_000 : 60_000);
      await untilCopied(followed, size);
      longest = Math.max(longest, statSync(wal).size);
    }
    expect(segments().length).toBe(4);
    expect(await restoredSize(followed.backup)).toBe(size);
    expect(longest).toBeLessThan(20_000_000);
    expect(followed.said.filter((line) => line.includes('anew'))).toEqual([]);
  });

  it('copies the database whole again after many commits, while others go on', async () => {
    const followed = await follow({ pictureAfterBytes: 400_000 });
    const folder = join(followed.backup, 'database');
    const pictures = (): readonly string[] =>
      readdirSync(folder).filter((name) => name.endsWith('.sqlite'));
    const first = pictures()[0];
    let size = 0;
    while (pictures()[0] === first && size < 2_000) {
      await append(followed.db, size++, 20_000);
      if (size % 3 === 0) await delay(15);
      if (size % 50 === 0) {
        await untilCopied(followed, size);
        expect(await restoredSize(followed.backup)).toBe(size);
      }
    }
    // The first of three whole copies is gone, with the commits before the second.
    expect(pictures()).toHaveLength(2);
    await untilCopied(followed, size);
    expect(await restoredSize(followed.backup)).toBe(size);
    const oldest = Number.parseInt(pictures()[0] ?? '', 10);
    const numbers = readdirSync(folder).map((name) => Number.parseInt(name, 10));
    expect(Math.min(...numbers)).toBe(oldest);
    expect(followed.said.filter((line) => line.includes('anew'))).toEqual([]);
    // The commits after the older copy lead to the same state.
    rmSync(join(folder, pictures()[1] ?? ''));
    expect(await restoredSize(followed.backup)).toBe(size);
  });

  it('goes on with commits that are older than its start, in one log with those after', async () => {
    const followed = await follow();
    await append(followed.db, 0);
    await untilCopied(followed, 1);
    await followed.stop();
    for (let index = 1; index < 5; index++) await append(followed.db, index, 30_000);
    expect(await restoredSize(followed.backup)).toBe(1);
    const stop = new AbortController();
    await new Promise<void>((resolve, reject) => {
      followRegistry({
        ...followed,
        withKeys: false,
        say: () => undefined,
        signal: stop.signal,
        onWhole: ({ log }) => (log.size === 5 ? resolve() : reject(new Error(String(log.size)))),
        onCopied: () => undefined,
      }).catch(reject);
    });
    stop.abort();
    expect(await restoredSize(followed.backup)).toBe(5);
  });

  it('copies an object before the commit that needs the object', async () => {
    const followed = await follow();
    const { dir, backup, db } = followed;
    const objects = noteWrites(diskObjects(join(dir, 'objects')), join(dir, writtenObjectsName));
    for (let index = 0; index < 10; index++) {
      await putBlobs(objects, [Buffer.from(`object ${index}`)]);
      const digest = digestOf(`object ${index}`);
      await objects.put(publicBlobName(digest), Buffer.from(`object ${index}`));
      await objects.put('public/index/@acme/report', Buffer.from(`line ${index}`));
      await append(db, index);
      await untilCopied(followed, index + 1);
      for (const name of [storedBlobName(digest), publicBlobName(digest)])
        expect(readFileSync(objectPath(join(backup, 'objects'), name), 'utf8')).toBe(
          `object ${index}`,
        );
    }
    // Objects that the registry makes again from its rows may come later.
    const indexFile = join(backup, 'objects/public/index/@acme/report');
    const isThere = (): boolean =>
      existsSync(indexFile) && readFileSync(indexFile, 'utf8') === 'line 9';
    for (let tries = 0; tries < 200 && !isThere(); tries++) await delay(50);
    expect(isThere()).toBe(true);
    // A damaged object is no copy.
    await putBlobs(objects, [Buffer.from('later damaged')]);
    const name = storedBlobName(digestOf('later damaged'));
    writeFileSync(objectPath(join(dir, 'objects'), name), 'damaged');
    await append(db, 10);
    await untilCopied(followed, 11);
  });

  it('refuses a second follower of the registry, and of the backup', async () => {
    const { dir, backup } = await follow();
    const second = (to: string) =>
      followRegistry({
        dir,
        backup: to,
        withKeys: false,
        say: () => undefined,
        signal: new AbortController().signal,
        onWhole: () => undefined,
        onCopied: () => undefined,
      });
    await expect(second(backup)).rejects.toMatchObject({ code: 'folder-in-use' });
    await expect(second(join(folderWith(), 'other'))).rejects.toMatchObject({
      code: 'folder-in-use',
    });
  });

  it('tries again while the backup takes nothing, and says so once', async () => {
    const followed = await follow();
    await append(followed.db, 0);
    await untilCopied(followed, 1);
    // The folder is gone, as a network file system that was unmounted.
    const files = join(followed.backup, 'backup.json');
    rmSync(files);
    mkdirSync(files);
    mkdirSync(join(files, 'full'));
    await append(followed.db, 1);
    await delay(2_500);
    const warnings = followed.said.filter((line) => line.startsWith('warning: Cannot copy'));
    expect(warnings).toHaveLength(1);
    rmSync(files, { recursive: true });
    await append(followed.db, 2);
    await untilCopied(followed, 3);
    expect(await restoredSize(followed.backup)).toBe(3);
  });

  it('ends when the registry’s database goes back behind the backup', async () => {
    const followed = await follow();
    await append(followed.db, 0);
    await untilCopied(followed, 1);
    await followed.stop();
    const other = openSqlite(join(followed.dir, 'other.sqlite'));
    other.close();
    followed.db.close();
    for (const end of ['', '-wal', '-shm'])
      rmSync(`${join(followed.dir, 'registry.sqlite')}${end}`, { force: true });
    openSqlite(join(followed.dir, 'registry.sqlite')).close();
    await expect(
      followRegistry({
        ...followed,
        withKeys: false,
        say: () => undefined,
        signal: new AbortController().signal,
        onWhole: () => undefined,
        onCopied: () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'log-behind' });
    expect(await restoredSize(followed.backup)).toBe(1);
  });
});

describe('the age of a backup', () => {
  it('is what the follower wrote last, and a warning from a second on', async () => {
    const dir = folderWith();
    const now = new Date('2026-11-20T12:00:10Z');
    expect(await readBackupAge(dir, now)).toEqual({
      why: 'no follower copies this registry to a backup',
    });
    await writeFollowerState(dir, { backup: '/b', at: null });
    expect((await readBackupAge(dir, now)).why).toContain('not whole yet');
    await writeFollowerState(dir, { backup: '/b', at: now.getTime() - 400 });
    expect(await readBackupAge(dir, now)).toEqual({ backup: '/b', behindMs: 400 });
    await writeFollowerState(dir, { backup: '/b', at: now.getTime() - 61_000 });
    expect(await readBackupAge(dir, now)).toEqual({
      backup: '/b',
      behindMs: 61_000,
      why: 'the backup may lack the statements of the last 61 seconds',
    });
    writeFileSync(join(dir, 'backup-follower.json'), '{"at":"yesterday"}');
    expect((await readBackupAge(dir, now)).why).toContain('no follower');
    expect(existsSync(join(dir, 'backup-follower.json.part'))).toBe(false);
  });
});
