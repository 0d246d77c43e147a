import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { parseNameProofsFile } from '../../skills-index/trust/index-files/name-proofs.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { makeDataFolder } from '../journey/registry-data.ts';
import { makeKey, makeRoot } from './people.ts';
import {
  approve,
  call,
  claimScope,
  enrol,
  makeSkill,
  publish,
  type Send,
  scan,
  signIn,
  state,
} from './road.ts';
import { expectAnswer, stopStatement } from './steps.ts';

describe('a registry whose database was brought back from before a revocation', () => {
  const trust = makeRoot();
  const author = makeKey();
  const scanner = makeKey();
  const rita = makeKey();
  const skill = makeSkill('@acme/leaky', '1.0.0');
  let dir: string;
  let running: RunningRegistry;
  const send: Send = (path, init) => fetch(`${running.base}${path}`, init);
  const restart = async (replace: () => void) => {
    await running.close();
    replace();
    running = await startRegistry({ dir, port: 0 });
  };
  const databaseFrom = (from: string) => {
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(dir, `registry.sqlite${end}`), { force: true });
    copyFileSync(join(dir, from), join(dir, 'registry.sqlite'));
  };
  const keep = (as: string) => () => copyFileSync(join(dir, 'registry.sqlite'), join(dir, as));
  /** Whether the registry proves, for the head that it shows, a stop of the version. */
  const proves = async (): Promise<'a stop' | 'no stop' | 'nothing'> => {
    const bytes = Buffer.from(await (await send('/index/status.json')).arrayBuffer());
    const head = parseCheckpoint(verifyStatus(bytes, trust.root, Date.now()).checkpoint);
    const path = `/proofs/@acme/leaky/1.0.0?size=${head.size}`;
    const { map, names } = parseNameProofsFile(
      new Uint8Array(await (await send(path)).arrayBuffer()),
    );
    if (Buffer.compare(map, head.map ?? new Uint8Array()) !== 0) return 'nothing';
    return names.get(`bundle/${skill.packed.digest}`)?.at.length === 1 ? 'a stop' : 'no stop';
  };

  beforeAll(async () => {
    dir = await makeDataFolder(trust);
    running = await startRegistry({ dir, port: 0 });
    const administrators = trust.administrators.slice(0, trust.root.threshold);
    await enrol(send, administrators, { name: 'scanner', roles: ['scanner'], key: scanner });
    await enrol(send, administrators, {
      name: 'rita',
      roles: ['reviewer'],
      key: rita,
      identities: [],
    });
    await claimScope(send, 'acme', author);
    await publish(send, skill, author);
    await scan(send, await signIn(send, scanner), scanner, skill, 'pass');
    await expectAnswer(approve(send, await signIn(send, rita), rita, skill), 201);
    expect(await proves()).toBe('no stop');
    await restart(keep('older.sqlite'));
    const target = { bundle: skill.packed.digest };
    const revoked = stopStatement('revoked', target, 'it leaks');
    await expectAnswer(state(send, revoked, rita), 201);
    expect(await proves()).toBe('a stop');
    await restart(() => {
      keep('newer.sqlite')();
      databaseFrom('older.sqlite');
    });
  });
  afterAll(async () => {
    await running.close();
    rmSync(dir, { recursive: true });
  });

  it('serves the status with the revocation, as it was signed, and takes nothing', async () => {
    const signed = readFileSync(join(dir, 'objects/public/index/status.json'));
    await expectAnswer(call(send, '/readyz'), 503);
    // Installers refuse the version: the head covers the revocation, and no proof is of that head.
    expect(await proves()).toBe('nothing');
    expect(Buffer.from(await (await send('/index/status.json')).arrayBuffer())).toEqual(signed);
    await expectAnswer(claimScope(send, 'late', makeKey()), 409, 'log-behind');
  });

  it('goes on when the newer database is back', async () => {
    await restart(() => databaseFrom('newer.sqlite'));
    await expectAnswer(call(send, '/readyz'), 200);
    expect(await proves()).toBe('a stop');
    await expectAnswer(claimScope(send, 'back', makeKey()), 201);
  });
});
