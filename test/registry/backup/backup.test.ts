import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRegistry } from '../../../registry/serve.ts';
import { objectPath } from '../../../registry/store/disk/disk-objects.ts';
import { parseCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeRoot } from '../people.ts';
import { claimScope, sendTo } from '../road.ts';
import { expectAnswer, expectProblem } from '../steps.ts';
import { backUp, leftOf, makeLoneDataFolder, publishThree, restore } from './backups.ts';

const trust = makeRoot();

describe('a backup of a registry', () => {
  let dir: string;
  let made: string;
  let copied: number;
  let size = 0;
  let head = '';

  /** A copy of the backup, for a test that damages it. */
  const copyOf = (name: string): string => {
    const copy = `${made}-${name}`;
    cpSync(made, copy, { recursive: true });
    onTestFinished(() => rmSync(copy, { recursive: true }));
    return copy;
  };
  const database = (backup: string): string => join(backup, 'registry.sqlite');

  beforeAll(async () => {
    dir = await makeLoneDataFolder(trust);
    made = `${dir}-backup`;
    const running = await startRegistry({ dir, port: 0 });
    const send = sendTo(running);
    const author = await publishThree(send);
    // Twice, while the registry serves.
    await backUp(dir, made);
    cpSync(made, `${made}-first`, { recursive: true });
    await expectAnswer(claimScope(send, 'acme-2', author), 201);
    await send('/index/status.json');
    head = await (await send('/log/checkpoint')).text();
    ({ size } = parseCheckpoint(head));
    const whole = await backUp(dir, made);
    expect(whole.about.log.size).toBe(size);
    copied = whole.objects;
    await running.close();
  });
  afterAll(() => rmSync(dirname(dir), { recursive: true }));

  it('is restored whole, and serves the same log with the keys that it does not hold', async () => {
    const to = `${dir}-restored`;
    onTestFinished(() => rmSync(to, { recursive: true, force: true }));
    const said: string[] = [];
    const restored = await restore(made, to, { say: (line) => said.push(line) });
    expect(restored).toMatchObject({
      origin: trust.root.origin,
      log: { size },
      damaged: [],
      missing: [],
      absentKeys: ['keys.json', 'scanner-key.json'],
    });
    expect(restored.objects).toBeGreaterThan(3);
    expect(restored.objects).toBe(copied);
    expect(said.at(-1)).toContain('nobody was asked whether this backup is the newest');
    expect(statSync(to).mode & 0o077).toBe(0);
    expect(readdirSync(made, { recursive: true }).join('\n')).not.toContain('keys.json');
    await expect(startRegistry({ dir: to, port: 0 })).rejects.toMatchObject({
      code: 'file-not-found',
      message: `Cannot read ${join(to, 'keys.json')}`,
      hint: expect.stringMatching(/^Copy the file back .*Make no new keys/),
    });
    cpSync(join(dir, 'keys.json'), join(to, 'keys.json'));
    const lines: string[] = [];
    const running = await startRegistry({ dir: to, port: 0, log: (line) => lines.push(line) });
    expect(await (await fetch(`${running.base}/log/checkpoint`)).text()).toBe(head);
    await expectAnswer(fetch(`${running.base}/index/status.json`), 200);
    await running.close();
    expect(lines.filter((line) => /ALARM|warning/.test(line))).toEqual([]);
  });

  it('holds an unsealed private key only on demand, and a sealed one as it is', async () => {
    const from = `${dir}-keys`;
    const to = `${dir}-keys-backup`;
    onTestFinished(() => {
      for (const path of [from, to]) rmSync(path, { recursive: true });
    });
    cpSync(dir, from, { recursive: true });
    const sealed = '{"key":"-----BEGIN ENCRYPTED PRIVATE KEY-----"}';
    writeFileSync(join(from, 'scanner-key.json'), sealed, { mode: 0o600 });
    writeFileSync(join(from, 'notes.txt'), 'mine');
    const { files } = await backUp(from, to);
    expect(files).toEqual({ keysLeftOut: ['keys.json'], others: ['notes.txt'] });
    expect(readFileSync(join(to, 'files/scanner-key.json'), 'utf8')).toBe(sealed);
    expect(readdirSync(join(to, 'files')).sort()).toEqual(['root.json', 'scanner-key.json']);
    expect((await backUp(from, to, { withKeys: true })).files.keysLeftOut).toEqual([]);
    expect(statSync(join(to, 'files/keys.json')).mode & 0o777).toBe(0o600);
  });

  it('is not put into a folder of something else, nor into the backup of another registry', async () => {
    const to = `${dir}-else`;
    onTestFinished(() => rmSync(to, { recursive: true }));
    mkdirSync(to);
    writeFileSync(join(to, 'photo.jpg'), '');
    await expectProblem(backUp(dir, to), 'file-exists');
    for (const own of [dir, join(dir, 'backup'), join(dir, '..own')])
      await expect(backUp(dir, own)).rejects.toMatchObject({
        message: expect.stringContaining('own folder'),
      });
    expect(existsSync(join(dir, 'backup'))).toBe(false);
    const other = await makeDataFolder(makeRoot());
    onTestFinished(() => rmSync(other, { recursive: true }));
    await expect(backUp(other, to)).rejects.toThrow('was never started');
    await (await startRegistry({ dir: other, port: 0 })).close();
    // The same origin, but another log.
    const copy = copyOf('other');
    await expect(backUp(other, copy)).rejects.toMatchObject({
      code: 'log-behind',
      message: expect.stringContaining(`has 0 log entries, and the backup has ${size}`),
    });
  });

  it.each<[string, (backup: string) => void, string, string]>([
    [
      'another byte in an entry of the log',
      (backup) => edit(database(backup), `UPDATE log SET body = body || ' ' WHERE "index" = 1`),
      'backup-damaged',
      'entry 1 does not have its hash',
    ],
    [
      'an entry that somebody exchanged with its hash',
      (backup) =>
        edit(
          database(backup),
          `UPDATE log SET (body, leafHash) = (SELECT body, leafHash FROM log WHERE "index" = 2) WHERE "index" = 1`,
        ),
      'backup-damaged',
      'entry 1 does not have the root hash of its tree',
    ],
    [
      'an exchanged entry whose root hash somebody took away, as a segment does',
      (backup) =>
        edit(
          database(backup),
          `UPDATE log SET (body, leafHash, root) = (SELECT body, leafHash, '' FROM log WHERE "index" = 2) WHERE "index" = 1`,
        ),
      'backup-damaged',
      'entry 1 does not have the root hash of its tree',
    ],
    [
      'the statement of another entry',
      (backup) =>
        edit(
          database(backup),
          'UPDATE statements SET envelope = (SELECT envelope FROM statements WHERE logIndex = 2) WHERE logIndex = 1',
        ),
      'backup-damaged',
      'entry 1 does not commit to the statement of its row',
    ],
    [
      'a hole in the log',
      (backup) => edit(database(backup), 'DELETE FROM log WHERE "index" = 1'),
      'backup-damaged',
      'entry 1 is missing',
    ],
    [
      'no newest entry',
      (backup) =>
        edit(database(backup), 'DELETE FROM log WHERE "index" = (SELECT max("index") FROM log)'),
      'backup-damaged',
      'backup.json names',
    ],
    [
      'an older copy of the database alone',
      (backup) => cpSync(database(`${made}-first`), database(backup)),
      'backup-damaged',
      'files of the backup are missing or damaged',
    ],
    [
      'a page of noise in the database',
      (backup) => overwrite(database(backup), 8_192, Buffer.alloc(4_096, 0xa5)),
      'database-damaged',
      '',
    ],
    [
      'no database',
      (backup) => rmSync(database(backup)),
      'backup-damaged',
      'registry.sqlite": it is missing',
    ],
    [
      'a database of a newer release',
      (backup) =>
        edit(
          database(backup),
          `INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 99999999999999)`,
        ),
      'database-newer',
      'a newer release',
    ],
    [
      'the root file of another registry',
      (backup) => writeFileSync(join(backup, 'files/root.json'), JSON.stringify(makeRoot().root)),
      'signature-invalid',
      '',
    ],
  ])('is refused with %s, and no folder is left', async (_, damage, code, says) => {
    const copy = copyOf('damaged');
    damage(copy);
    const to = `${dir}-refused`;
    await expect(restore(copy, to)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says),
    });
    expect(leftOf(to)).toEqual([]);
  });

  it('is restored without the objects that are damaged, which are named', async () => {
    const copy = copyOf('objects');
    const to = `${dir}-fewer`;
    onTestFinished(() => rmSync(to, { recursive: true }));
    const pathIn = (folder: string, hex: string): string =>
      objectPath(join(folder, 'objects'), `stored/sha256/${hex}`);
    const client = new BetterSqlite3(database(copy), { readonly: true });
    const [first = '', second = ''] = client
      .prepare('SELECT DISTINCT lower(hex(digest)) FROM version_blobs ORDER BY digest')
      .pluck()
      .all() as string[];
    client.close();
    writeFileSync(pathIn(copy, first), 'other bytes');
    rmSync(pathIn(copy, second));
    expect(await restore(copy, to)).toMatchObject({
      damaged: [expect.stringContaining(`stored/sha256/${first}: its bytes have the digest`)],
      missing: [`sha256:${first}`, `sha256:${second}`],
    });
    expect(existsSync(pathIn(to, first))).toBe(false);
    // The next backup into the same folder brings back what is missing there.
    await backUp(dir, copy);
    expect(existsSync(pathIn(copy, second))).toBe(true);
  });

  it('is restored into a missing or empty folder only, also after a restore that was killed', async () => {
    const to = `${dir}-there`;
    onTestFinished(() => rmSync(to, { recursive: true }));
    mkdirSync(to);
    writeFileSync(join(to, 'file'), '');
    await expectProblem(restore(made, to), 'file-exists');
    rmSync(join(to, 'file'));
    const killed = join(dir, '..', `.${to.split('/').at(-1)}.restoring`);
    mkdirSync(join(killed, 'objects'), { recursive: true });
    writeFileSync(join(killed, 'registry.sqlite'), 'half');
    expect(await restore(made, to)).toMatchObject({ log: { size } });
    expect(existsSync(killed)).toBe(false);
  });

  it('is restored with the newer database of a standby', async () => {
    const copy = `${made}-standby`;
    const to = `${dir}-newer`;
    onTestFinished(() => {
      for (const path of [copy, to]) rmSync(path, { recursive: true, force: true });
    });
    cpSync(`${made}-first`, copy, { recursive: true });
    cpSync(join(dir, 'registry.sqlite'), database(copy));
    const checkpoint = { note: head, from: 'kept.txt' };
    expect(await restore(copy, to, { checkpoint })).toMatchObject({ log: { size }, damaged: [] });
  });

  it('is compared with a head that somebody kept', async () => {
    const to = `${dir}-kept`;
    onTestFinished(() => rmSync(to, { recursive: true, force: true }));
    const checkpoint = { note: head, from: 'kept.txt' };
    await expect(restore(`${made}-first`, to, { checkpoint })).rejects.toMatchObject({
      code: 'log-behind',
      message: `Cannot restore: the backup has ${size - 1} log entries, and kept.txt shows ${size}, so the backup lacks 1`,
    });
    const forged = { note: head.replace(/\n(\d+)\n/, '\n1\n'), from: 'kept.txt' };
    await expectProblem(restore(made, to, { checkpoint: forged }), 'signature-invalid');
    expect(await restore(made, to, { checkpoint })).toMatchObject({ log: { size } });
  });

  it('is not overwritten by what is left of a registry that lost entries', async () => {
    const from = `${dir}-shorter`;
    const copy = copyOf('longer');
    onTestFinished(() => rmSync(from, { recursive: true }));
    cpSync(dir, from, { recursive: true });
    edit(
      join(from, 'registry.sqlite'),
      'DELETE FROM log WHERE "index" = (SELECT max("index") FROM log)',
    );
    const before = readFileSync(database(copy));
    await expectProblem(backUp(from, copy), 'log-behind');
    expect(readFileSync(database(copy)).equals(before)).toBe(true);
    // A whole copy whose writing was killed counts for nothing.
    const unfinished = `${database(copy)}.${randomUUID()}.part`;
    for (const end of ['', '-journal']) writeFileSync(`${unfinished}${end}`, 'half');
    await backUp(dir, copy);
    for (const end of ['', '-journal']) expect(existsSync(`${unfinished}${end}`)).toBe(false);
  });
});

/** Changes the database as somebody with a SQLite shell would: without the triggers. */
function edit(path: string, sql: string): void {
  const client = new BetterSqlite3(path);
  const triggers = client
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .all() as readonly { readonly name: string }[];
  for (const { name } of triggers) client.exec(`DROP TRIGGER "${name}"`);
  client.exec(sql);
  client.close();
}

function overwrite(path: string, from: number, bytes: Uint8Array): void {
  const all = readFileSync(path);
  all.set(bytes, from);
  writeFileSync(path, all);
}
