import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CosigningWitness,
  readOrMakeWitnessKey,
  witnessLine,
} from '../../cli/witness/cosigner.ts';
import { diskHeads } from '../../cli/witness/heads.ts';
import { type RunningWitness, serveWitness } from '../../cli/witness/server.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { rootFingerprint, spkiOf } from '../../skills-index/trust/root/root.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import {
  approve,
  claimScope,
  enrol,
  makeSkill,
  publish,
  type Send,
  scan,
  signIn,
} from '../registry/road.ts';
import { makeStage, type Serving } from './processes.ts';

/**
 * docs/registry-reference.md, "Backups": a registry whose machine dies in the middle of its work,
 * and its backup on another disk.
 */
describe('the disk of a registry is lost', () => {
  const stage = makeStage();
  const trust = makeRoot();
  const author = makeKey();
  const scanner = makeKey();
  const rita = makeKey();
  const at = (...path: string[]): string => join(stage.folder, ...path);
  let witness: CosigningWitness;
  let watching: RunningWitness;
  let serving: Serving;
  let port = '0';
  const send: Send = (path, init) => fetch(`${serving.base}${path}`, init);

  const serve = async (dir: string): Promise<void> => {
    serving = await stage.serve(
      'operator',
      dir,
      '--no-scanner',
      '--port',
      port,
      '--witness',
      watching.base,
    );
    port = new URL(serving.base).port;
  };
  const release = async (version: string): Promise<void> => {
    const made = makeSkill('@acme/report', version);
    expect((await publish(send, made, author)).status).toBe(201);
    expect((await scan(send, await signIn(send, scanner), scanner, made, 'pass')).status).toBe(200);
    expect((await approve(send, await signIn(send, rita), rita, made)).status).toBe(201);
  };
  const head = async () => parseCheckpoint(await (await send('/log/checkpoint')).text());
  const kill = async (): Promise<void> => {
    const gone = once(serving.process, 'exit');
    serving.process.kill('SIGKILL');
    await gone;
  };
  const backUp = () => stage.json('operator', 'registry', 'backup', 'data', 'backup');
  const restore = (from: string, to: string, ...options: string[]) =>
    stage.skill('operator', 'registry', 'restore', from, to, '--keys', 'safe.json', ...options);
  const copiedSize = (): number =>
    JSON.parse(readFileSync(at('backup/backup.json'), 'utf8')).log.size;

  beforeAll(async () => {
    mkdirSync(at('data'));
    mkdirSync(at('data/enrol'));
    writeFileSync(at('data/root.json'), JSON.stringify(trust.root));
    const keys = JSON.stringify({ schema: 'skillgate.registry-keys/1', ...trust.texts });
    for (const path of ['data/keys.json', 'safe.json'])
      writeFileSync(at(path), keys, { mode: 0o600 });
    const key = await readOrMakeWitnessKey(at('witness'), 'one.example/w');
    writeFileSync(
      at('data/witnesses.json'),
      JSON.stringify({
        schema: 'skillgate.witnesses/1',
        threshold: 1,
        witnesses: [witnessLine(key)],
      }),
    );
    const { origin, log } = trust.root;
    witness = {
      key,
      logs: [{ origin, key: spkiOf(log) }],
      heads: diskHeads(at('witness')),
      now: () => new Date(),
      alarm: () => undefined,
    };
    watching = await serveWitness(witness, { host: 'localhost', port: 0 });
    await serve('data');
    for (const [name, role, who] of [
      ['scanner', 'scanner', scanner],
      ['rita', 'reviewer', rita],
    ] as const)
      await enrol(send, trust.administrator, { name, roles: [role], key: who });
    await claimScope(send, 'acme', author);
    await release('1.0.0');
    const pinned = ['registry', 'add', serving.base, '--root', rootFingerprint(trust.root)];
    expect(await stage.skill('client', ...pinned)).toMatchObject({ exit: 0 });
  });
  afterAll(async () => {
    await stage.close();
    await watching.close();
  });

  it('is replaced by the backup, which has every statement before it, for clients that go on', async () => {
    expect(await backUp()).toMatchObject({
      schema: 'skillgate.backup-made/1',
      keysLeftOut: ['keys.json'],
      others: [],
      log: { size: (await head()).size },
    });
    expect(existsSync(at('backup/files/keys.json'))).toBe(false);

    // An older whole copy of the backup, which somebody keeps.
    cpSync(at('backup'), at('older'), { recursive: true });
    await release('1.1.0');
    expect(await stage.skill('client', 'install', '@acme/report@1.1.0')).toMatchObject({ exit: 0 });
    const seen = await head();
    await backUp();
    expect(copiedSize()).toBe(seen.size);
    // The machine dies.
    await kill();
    cpSync(at('data'), at('lost'), { recursive: true });
    rmSync(at('data'), { recursive: true });

    // Without the witness's word, nothing is restored; nor into a folder with files.
    expect(await restore('backup', 'data')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('witnesses-unasked'),
    });
    expect(await restore('backup', 'lost', '--witness', watching.base)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('file-exists'),
    });
    expect(existsSync(at('data'))).toBe(false);
    const restored = await restore(
      'backup',
      'data',
      '--witness',
      watching.base,
      '--format',
      'json',
    );
    expect(restored).toMatchObject({ exit: 0 });
    expect(JSON.parse(restored.out)).toMatchObject({
      root: rootFingerprint(trust.root),
      logSize: seen.size,
      damaged: [],
      missing: [],
      absentKeys: ['scanner-key.json'],
      witnesses: [watching.base],
    });

    await serve('data');
    expect(await head()).toEqual(seen);
    await release('1.2.0');
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      expect(await stage.skill('client', 'install', `@acme/report@${version}`)).toMatchObject({
        exit: 0,
      });
    // The new registry goes on in the same backup.
    await backUp();
    expect(copiedSize()).toBe((await head()).size);
    await kill();
  });

  it('is not replaced by an older backup: the witness, a kept head and the clients know the later log', async () => {
    const size = copiedSize();
    for (const [options, says] of [
      [['--witness', watching.base], `the witness ${watching.base} cosigned ${size}`],
      [['--unwitnessed', '--checkpoint', 'kept-head'], `shows ${size}`],
    ] as const) {
      if (!existsSync(at('kept-head'))) {
        await serve('data');
        writeFileSync(at('kept-head'), await (await send('/log/checkpoint')).text());
        await kill();
      }
      const refused = await restore('older', 'back', ...options);
      expect(refused).toMatchObject({ exit: 6 });
      expect(refused.err).toContain('log-behind');
      expect(refused.err).toContain(says);
      expect(existsSync(at('back'))).toBe(false);
    }
    // Somebody restores it without any word. The registry itself asks the witness, and writes
    // nothing. A client refuses the registry.
    expect(await restore('older', 'back', '--unwitnessed')).toMatchObject({ exit: 0 });
    await serve('back');
    expect(serving.err()).toContain('ALARM');
    expect((await send('/readyz')).status).toBe(503);
    const refused = await stage.skill('client', 'install', '@acme/report@1.0.0');
    expect(refused).toMatchObject({ exit: 6, err: expect.stringContaining('log-rolled-back') });
    // Nor does a backup put the older log in the place of the newer backup.
    const overwritten = await stage.skill('operator', 'registry', 'backup', 'back', 'backup');
    expect(overwritten).toMatchObject({ exit: 6, err: expect.stringContaining('log-behind') });
    expect(copiedSize()).toBe(size);
    await kill();
  });
});
