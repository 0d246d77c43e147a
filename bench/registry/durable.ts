/** A durable publish beside what the disk needs to keep 16 KB for certain; the two in turn. */
import { join } from 'node:path';
import type { TestKey } from '../../test/registry/people.ts';
import { median, syncMs, wallMs } from '../measure.ts';
import { type Row, round } from '../row.ts';
import { connectionFrom } from './http-client.ts';
import type { Served } from './served.ts';
import { benchSkill } from './skill.ts';
import { sendUpload, signedUpload } from './uploads.ts';

const warmUps = 10;
const rounds = 50;

export async function durableRow(
  { base }: Served,
  scope: { readonly name: string; readonly author: TestKey; readonly dir: string },
): Promise<Row> {
  const agent = connectionFrom();
  const publishes: number[] = [];
  const syncs: number[] = [];
  for (let nth = 0; nth < warmUps + rounds; nth++) {
    const skill = benchSkill(scope.name, `durable-${nth}`, '1.0.0');
    const upload = await signedUpload(skill, scope.author);
    const publish = await wallMs(async () => {
      const { status, body } = await sendUpload(base, agent, upload);
      if (status !== 201) throw new Error(`a publish answers ${status}: ${body}`);
    });
    const sync = syncMs(join(scope.dir, 'sync'), 16 * 1024);
    if (nth < warmUps) continue;
    publishes.push(publish);
    syncs.push(sync);
  }
  agent.destroy();
  const value = median(publishes);
  const sync = median(syncs);
  const limit = 3 * sync + 4;
  return {
    name: 'durable publish, p50, wall',
    value,
    unit: 'ms',
    against: `F: 16 KB + fdatasync ${round(sync)} ms`,
    ratio: value / sync,
    goal: `≤ 3 F + 4 ms = ${round(limit)} ms`,
    held: value <= limit,
  };
}
