import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry } from '../../registry/serve.ts';
import { damageOf, startCheck } from '../../registry/store/database-check.ts';
import { openFolder } from '../../registry/store/database-file.ts';
import { guard } from '../../registry/store/schema.ts';
import { makeDataFolder } from '../journey/registry-data.ts';
import { makeKey, makeRoot } from './people.ts';
import { call, claimScope, type Send, sendTo } from './road.ts';
import { expectAnswer, expectProblem } from './steps.ts';

/** Writes over a part of a file. */
function overwrite(path: string, from: number, bytes: Uint8Array): void {
  const all = readFileSync(path);
  all.set(bytes, from);
  writeFileSync(path, all);
}

/**
 * Damages the first page of a table that no start reads, so that only a look through the whole file
 * finds the fault.
 */
function damageAudit(path: string): void {
  const client = new BetterSqlite3(path);
  const page = client
    .prepare<[], { rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'")
    .get();
  client.close();
  overwrite(path, ((page?.rootpage ?? 0) - 1) * 4_096, noise(4_096));
}

const noise = (length: number): Uint8Array => Buffer.alloc(length, 0xa5);

describe('a registry whose database is damaged', () => {
  const trust = makeRoot();
  let dir: string;
  let copy: string;
  let port: number;
  const file = (): string => join(dir, 'registry.sqlite');

  beforeAll(async () => {
    dir = await makeDataFolder(trust);
    const first = await startRegistry({ dir, port: 0 });
    const send: Send = (path, init) => fetch(`${first.base}${path}`, init);
    for (let i = 0; i < 5; i++) await expectAnswer(claimScope(send, `scope-${i}`, makeKey()), 201);
    port = Number(new URL(first.base).port);
    await first.close();
    copy = `${dir}-copy`;
    cpSync(file(), copy);
  });
  afterAll(async () => {
    await rm(dir, { recursive: true });
    rmSync(copy);
  });

  it.each([
    ['has another first page', () => overwrite(file(), 0, noise(4_096))],
    ['is cut off', () => truncateSync(file(), 3 * 4_096)],
    [
      'is another file',
      () => writeFileSync(file(), 'This is no database, but a text of some length.\n'.repeat(500)),
    ],
    ['is gone, though the objects are there', () => rmSync(file())],
    ['is empty, though the objects are there', () => writeFileSync(file(), '')],
    ['has another page in a table that no start reads', () => damageAudit(file())],
  ])(
    'that %s does not start, says where to go on, and leaves port and folder free',
    async (_, damage) => {
      mkdirSync(join(dir, 'objects/stored/sha256'), { recursive: true });
      damage();
      await expect(startRegistry({ dir, port })).rejects.toMatchObject({
        code: 'database-damaged',
        message: expect.stringContaining('registry.sqlite'),
        hint: expect.stringContaining('docs/registry-reference.md'),
      });
      for (const end of ['', '-wal', '-shm'])
        rmSync(`${file()}${end}`, { force: true, recursive: true });
      cpSync(copy, file());
      const again = await startRegistry({ dir, port });
      await expectAnswer(fetch(`${again.base}/readyz`), 200);
      await again.close();
    },
  );

  it('while it runs says so to whoever asks whether it is ready, and refuses what needs the place', async () => {
    const running = await startRegistry({ dir, port: 0 });
    const send = sendTo(running);
    const { db } = running.registry;
    const cause = Object.assign(new Error('database disk image is malformed'), {
      code: 'SQLITE_CORRUPT',
    });
    const broken = {
      ...db,
      batch: () => Promise.reject(new Error('Failed to run the query', { cause })),
    };
    Object.assign(running.registry, { db: broken });
    const refused = await claimScope(send, 'late', makeKey());
    await expectAnswer(refused, 503, 'database-damaged');
    expect(await call(send, '/readyz')).toMatchObject({
      status: 503,
      body: { ok: false, damaged: expect.stringContaining('malformed') },
    });
    await expectAnswer(send('/index/root.json'), 200);
    Object.assign(running.registry, { db });
    await running.close();
  });

  it('and looked through by a process of its own keeps the registry from starting', async () => {
    const sound = readFileSync(file());
    damageAudit(file());
    const start = async () => startRegistry({ dir, port: 0, opened: openFolder(dir, 10) });
    await expectProblem(start(), 'database-damaged');
    writeFileSync(file(), sound);
    const opened = openFolder(dir, 10);
    expect(opened.isChecked).toBe(false);
    await (await startRegistry({ dir, port: 0, opened })).close();
  });

  it('and too large to be looked through at the start is found out while it serves, and written to no more', async () => {
    damageAudit(file());
    const said: string[] = [];
    const running = await startRegistry({
      dir,
      port: 0,
      checkBytesMax: 10,
      log: (line) => said.push(line),
    });
    const send = sendTo(running);
    const found = {
      status: 503,
      body: { ok: false, damaged: expect.stringContaining('registry.sqlite') },
    };
    await expect.poll(() => call(send, '/readyz'), { timeout: 20_000 }).toMatchObject(found);
    expect(said.join('\n')).toContain('Cannot use the database');
    await expectAnswer(claimScope(send, 'late', makeKey()), 503, 'database-damaged');
    // Written as a single statement, and not as a batch.
    const { db } = running.registry;
    const answer = await call(send, '/api/v1/session', {
      json: { keyId: makeKey().keyId, nonce: 'AAAA', signature: 'AAAA' },
    });
    await expectAnswer(answer, 503, 'database-damaged');
    await expect(async () => db.read.insert(guard).values({ ok: 1 })).rejects.toThrow();
    await expectAnswer(send('/index/root.json'), 200);
    await running.close();
    rmSync(file());
    cpSync(copy, file());
  });

  it('nowhere serves while it is looked through, and afterwards', async () => {
    const said: string[] = [];
    const running = await startRegistry({
      dir,
      port: 0,
      checkBytesMax: 10,
      log: (line) => said.push(line),
    });
    const send = sendTo(running);
    const check = startCheck(file(), (line) => said.push(line));
    await expectAnswer(claimScope(send, 'meanwhile', makeKey()), 201);
    expect(await check.found).toBeUndefined();
    await expectAnswer(send('/readyz'), 200);
    await running.close();
    expect(said).toEqual([]);
  });

  it('nowhere is told from one that this user may not write', () => {
    const readonly = Object.assign(new Error('attempt to write a readonly database'), {
      code: 'SQLITE_READONLY',
    });
    expect(damageOf(readonly, file())).toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('may not write'),
    });
    const other = new Error('another failure');
    expect(damageOf(other, file())).toBe(other);
  });

  it('that cannot be looked through is called so, and one whose check was stopped is not', async () => {
    const said: string[] = [];
    expect(
      await startCheck(join(dir, 'none.sqlite'), (line) => said.push(line)).found,
    ).toBeUndefined();
    const stopped = startCheck(file(), (line) => said.push(line));
    stopped.stop();
    expect(await stopped.found).toBeUndefined();
    expect(said).toEqual([expect.stringContaining('could not be checked')]);
  });
});
