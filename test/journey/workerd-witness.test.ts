import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { countWitnesses } from '../../skills-index/log/cosignature.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { spkiOf } from '../../skills-index/trust/root/root.ts';
import { startTestWitness, type TestWitness } from '../registry/contract/test-witness.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, type Send } from '../registry/road.ts';
import { type Isolates, startRegistryIsolates } from './isolates.ts';

describe('a witness of a registry on workerd', () => {
  const trust = makeRoot();
  const names = ['west', 'east'];
  let workerd: Isolates;
  let watching: TestWitness;
  beforeAll(async () => {
    watching = await startTestWitness(trust);
    const settings = { WITNESS_URLS: watching.url, WITNESSES: watching.file };
    workerd = await startRegistryIsolates(trust, names, { settings });
  });
  afterAll(async () => {
    await workerd?.close();
    await watching.close();
  });

  it('cosigns what either isolate sends, and never sees two logs', async () => {
    const from =
      (isolate: string): Send =>
      (path, init) =>
        workerd.send(isolate, path, init);
    const noteOf = async (isolate: string): Promise<string> => {
      const bytes = Buffer.from(await (await from(isolate)('/index/status.json')).arrayBuffer());
      return verifyStatus(bytes, trust.root, Date.now()).checkpoint;
    };
    for (let round = 0; round < 4; round++) {
      const claims = names.map((isolate) =>
        claimScope(from(isolate), `${isolate}-${round}`, makeKey()),
      );
      expect((await Promise.all(claims)).map((answer) => answer.status)).toEqual([201, 201]);
      await Promise.all(names.map(noteOf));
    }
    const notes = await Promise.all(names.map(noteOf));
    for (const note of notes) {
      expect(parseCheckpoint(note).size).toBe(8);
      expect(
        countWitnesses({
          note,
          policy: watching.policy,
          log: { key: spkiOf(trust.root.log) },
          now: Date.now(),
        }),
      ).toMatchObject({
        enough: true,
      });
    }
    expect((await watching.witness.heads.read(trust.root.origin)).head?.size).toBe(8);
    expect(watching.alarms).toEqual([]);
  });
});
