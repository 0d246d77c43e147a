/** A witness of one log on this machine, for shells that ask it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CosigningWitness,
  readOrMakeWitnessKey,
  witnessLine,
} from '../../../cli/witness/cosigner.ts';
import { diskHeads } from '../../../cli/witness/heads.ts';
import { serveWitness } from '../../../cli/witness/server.ts';
import {
  parseWitnessPolicy,
  type WitnessPolicy,
} from '../../../skills-index/log/witness-policy.ts';
import { spkiOf } from '../../../skills-index/trust/root/root.ts';
import type { TestRoot } from '../people.ts';

export interface TestWitness {
  readonly witness: CosigningWitness;
  /** The submission prefix. */
  readonly url: string;
  /** witnesses.json, which demands this witness. */
  readonly file: string;
  readonly policy: WitnessPolicy;
  readonly alarms: readonly string[];
  close(): Promise<void>;
}

export async function startTestWitness({ root }: TestRoot): Promise<TestWitness> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-witness-'));
  const key = await readOrMakeWitnessKey(folder, 'one.example/w');
  const alarms: string[] = [];
  const witness: CosigningWitness = {
    key,
    logs: [{ origin: root.origin, key: spkiOf(root.log) }],
    heads: diskHeads(folder),
    now: () => new Date(),
    alarm: (line) => alarms.push(line),
  };
  const watching = await serveWitness(witness, { host: '127.0.0.1', port: 0 });
  const file = JSON.stringify({
    schema: 'skillgate.witnesses/1',
    threshold: 1,
    witnesses: [witnessLine(key)],
  });
  return {
    witness,
    url: watching.base,
    file,
    policy: parseWitnessPolicy(file),
    alarms,
    close: async () => {
      await watching.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
