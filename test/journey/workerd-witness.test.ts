import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CosigningWitness } from '../../cli/witness/cosigner.ts';
import { diskHeads } from '../../cli/witness/heads.ts';
import { readOrMakeWitnessKey, witnessLine } from '../../cli/witness/key.ts';
import { type RunningWitness, serveWitness } from '../../cli/witness/server.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { countWitnesses } from '../../skills-index/log/cosignature.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { spkiOf } from '../../skills-index/trust/root/root.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, type Send } from '../registry/road.ts';
import { type Isolates, startIsolates } from './isolates.ts';
import { buildWorker } from './worker-bundle.ts';
import { repository } from './workerd-registry.ts';

describe('a witness of a registry on workerd', () => {
  const trust = makeRoot();
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-witness-'));
  const names = ['west', 'east'];
  const alarms: string[] = [];
  let workerd: Isolates;
  let watching: RunningWitness;
  let witness: CosigningWitness;
  let policy: WitnessPolicy;
  beforeAll(async () => {
    const key = await readOrMakeWitnessKey(folder, 'one.example/w');
    const { origin, log } = trust.root;
    const logs = [{ origin, key: spkiOf(log) }];
    witness = {
      key,
      logs,
      heads: diskHeads(folder),
      now: () => new Date(),
      alarm: (line) => alarms.push(line),
    };
    watching = await serveWitness(witness, { host: '127.0.0.1', port: 0 });
    const WITNESSES = JSON.stringify({
      schema: 'skillgate.witnesses/1',
      threshold: 1,
      witnesses: [witnessLine(key)],
    });
    policy = parseWitnessPolicy(WITNESSES);
    const { script } = await buildWorker();
    workerd = await startIsolates(script, names, (BASE) => ({
      BASE,
      ROOT: canonicalJson(trust.root),
      LOG_KEY: trust.texts.log.replace(/\n/g, ''),
      STATUS_KEY: trust.texts.status.replace(/\n/g, ''),
      REGISTRY_KEY: trust.texts.registry.replace(/\n/g, ''),
      WITNESS_URLS: watching.base,
      WITNESSES,
    }));
    for (const file of globSync('registry/migrations/*.sql', { cwd: repository }).sort()) {
      for (const sql of readFileSync(join(repository, file), 'utf8').split(
        '--> statement-breakpoint',
      ))
        await workerd.run(sql.trim());
    }
  });
  afterAll(async () => {
    await workerd?.close();
    await watching.close();
    rmSync(folder, { recursive: true, force: true });
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
        countWitnesses({ note, policy, log: { key: spkiOf(trust.root.log) }, now: Date.now() }),
      ).toMatchObject({
        enough: true,
      });
    }
    expect((await witness.heads.read(trust.root.origin)).head?.size).toBe(8);
    expect(alarms).toEqual([]);
  });
});
