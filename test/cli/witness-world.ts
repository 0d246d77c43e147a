/** A witness of the log of two histories, for tests. */

import {
  type CosigningWitness,
  readOrMakeWitnessKey,
  witnessLine,
} from '../../cli/witness/cosigner.ts';
import { diskHeads } from '../../cli/witness/heads.ts';
import type { WitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { watched } from '../skills-index/two-histories.ts';

export interface WitnessWorld {
  readonly witness: CosigningWitness;
  readonly policy: WitnessPolicy;
  readonly alarms: string[];
  readonly seconds: number;
}

/** A witness whose heads lie below the folder. */
export async function witnessIn(dir: string, name = 'one.example/w'): Promise<WitnessWorld> {
  const now = new Date('2026-11-20T12:00:00Z');
  const alarms: string[] = [];
  const key = await readOrMakeWitnessKey(dir, name);
  const witness: CosigningWitness = {
    key,
    logs: [watched],
    heads: diskHeads(dir),
    now: () => now,
    alarm: (line) => alarms.push(line),
  };
  const policy: WitnessPolicy = {
    schema: 'skillgate.witnesses/1',
    threshold: 1,
    witnesses: [witnessLine(key)],
  };
  return { witness, policy, alarms, seconds: now.getTime() / 1000 };
}
