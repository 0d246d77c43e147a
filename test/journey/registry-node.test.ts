import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import { diskObjects } from '../../registry/store/disk/disk-objects.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../nonce.ts';
import { incidentPolicyOf, makeHost } from '../registry/contract/incidents.ts';
import { startTestWitness, type TestWitness } from '../registry/contract/test-witness.ts';
import { walkContract } from '../registry/contract/walk.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, makeSkill, publish, type Send, signIn } from '../registry/road.ts';
import { makeDataFolder } from './registry-data.ts';

describe('the registry on Node', () => {
  const trust = makeRoot();
  const errors: string[] = [];
  let dir: string;
  let running: RunningRegistry;
  const host = makeHost();
  let witness: TestWitness;
  const send: Send = (path, init) =>
    fetch(`${running.base}${path}`, { redirect: 'manual', ...init });
  /** The head of the log, without signatures: the witness signs again after each start. */
  const headNow = async (): Promise<string> =>
    (await (await send('/log/checkpoint')).text()).split('\n\n')[0] ?? '';
  const start = async (): Promise<void> => {
    const log = (line: string): number => errors.push(line);
    running = await startRegistry({ dir, port: 0, log, witnesses: [witness.url] });
  };
  beforeAll(async () => {
    witness = await startTestWitness(trust);
    dir = await makeDataFolder(trust);
    await writeFile(join(dir, 'incidents.json'), incidentPolicyOf(host));
    await writeFile(join(dir, 'witnesses.json'), witness.file);
    await start();
  });
  afterAll(async () => {
    await running.close();
    await witness.close();
    await rm(dir, { recursive: true });
  });

  it('keeps to the contract', async () => {
    await walkContract({
      send,
      trust,
      host,
      copies: 10,
      witnesses: witness.policy,
      finish: async ({ sql, object }) => {
        await running.close();
        const database = new BetterSqlite3(join(dir, 'registry.sqlite'));
        database.exec(sql);
        database.close();
        await rm(join(dir, 'objects', object));
        await start();
      },
    });
    expect(errors).toEqual([]);
    expect(witness.alarms).toEqual([]);
  });

  it('syncs every commit', async () => {
    expect(running.registry.db.read.all(sql`PRAGMA synchronous`)).toEqual([{ synchronous: 2 }]);
    expect(running.registry.db.read.all(sql`PRAGMA journal_mode`)).toEqual([
      { journal_mode: 'wal' },
    ]);
  });

  it('keeps everything over a restart', async () => {
    const paths = [
      '/index/@acme/count',
      '/log/tile/0/000.p/5',
      '/api/v1/versions/@acme/count/1.0.0',
    ];
    const read = async (): Promise<string[]> =>
      Promise.all(paths.map(async (path) => (await send(path)).text()));
    const head = await headNow();
    const before = await read();
    await running.close();
    await start();
    expect(await read()).toEqual(before);
    expect(await headNow()).toBe(head);
  });

  it('logs what lies in enrol/ once, however often it starts', async () => {
    const scanner = makeKey();
    const statement = memberStatement({
      registry: registryIdOf(trust.root),
      nonce: freshNonce(),
      name: 'second',
      roles: ['scanner'],
      key: scanner.open,
      state: 'enrolled',
    });
    await mkdir(join(dir, 'enrol'));
    await writeFile(
      join(dir, 'enrol', '01.json'),
      JSON.stringify(await signStatement(statement, trust.administrator)),
    );
    await running.close();
    await start();
    const head = await headNow();
    expect(await signIn(send, scanner)).toBeTypeOf('string');
    await running.close();
    await start();
    expect(await headNow()).toBe(head);
  });

  it('is closed to other users of the machine, a folder that an older version left open too', async () => {
    await running.close();
    const files = ['registry.sqlite', ''].map((name) => join(dir, name));
    await chmod(files[0] ?? '', 0o644);
    await chmod(dir, 0o755);
    errors.length = 0;
    await start();
    expect(errors).toEqual([
      `Other users of this machine could open ${dir}; the registry closed it to them`,
    ]);
    const scannerKey = join(dir, 'scanner-key.json');
    await writeFile(scannerKey, '{}', { mode: 0o644 });
    await running.close();
    await start();
    expect(errors.at(-1)).toContain(`could read the private key ${scannerKey}`);
    expect((await stat(scannerKey)).mode & 0o077).toBe(0);
    for (const path of [...files, join(dir, 'registry.sqlite-wal')])
      expect([path, (await stat(path)).mode & 0o077]).toEqual([path, 0]);
    errors.length = 0;
  });

  it('leaves no half file and no secret that others may read', async () => {
    const author = makeKey();
    await claimScope(send, 'files', author);
    expect((await publish(send, makeSkill('@files/x', '1.0.0'), author)).status).toBe(201);
    const names = await readdir(join(dir, 'objects'), { recursive: true });
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect((await stat(join(dir, 'keys.json'))).mode & 0o077).toBe(0);
  });

  it.each([
    [
      'a key file that others may read',
      async (other: string) => chmod(join(other, 'keys.json'), 0o644),
      'key-file-invalid',
    ],
    [
      'keys that the root file does not name',
      async (other: string) => writeFile(join(other, 'root.json'), canonicalJson(makeRoot().root)),
      'key-file-invalid',
    ],
    ['no root file', async (other: string) => rm(join(other, 'root.json')), 'file-not-found'],
  ])('does not start with %s', async (_, spoil, code) => {
    const other = await makeDataFolder(trust);
    await spoil(other);
    await expect(startRegistry({ dir: other, port: 0 })).rejects.toMatchObject({ code });
    await rm(other, { recursive: true });
  });

  it('names no object outside its folder', async () => {
    const objects = diskObjects(join(dir, 'objects'));
    for (const name of ['../keys.json', 'a/../../keys.json', '/etc/passwd', 'a//b'])
      await expect(objects.get(name)).rejects.toMatchObject({ code: 'internal' });
  });
});
