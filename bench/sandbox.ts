/** What a sandbox costs: a shell that does nothing, started in it and bare, in turn. */

import { bubblewrap } from '../runner/sandboxes/bubblewrap.ts';
import { checkSandbox } from '../runner/sandboxes/check-sandbox.ts';
import { childWallMs, median, quantile, wallMs } from './measure.ts';
import type { Row } from './row.ts';

const warmUps = 3;
const rounds = 25;

export async function sandboxRows(): Promise<Row[]> {
  const sandbox = bubblewrap();
  const [inside, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < warmUps + rounds; round++) {
    const sandboxed = await wallMs(async () => {
      const why = await checkSandbox(sandbox);
      if (why !== undefined) throw new Error(why);
    });
    const process = childWallMs(['/bin/sh', '-c', ':']);
    if (round < warmUps) continue;
    inside.push(sandboxed);
    bare.push(process);
  }
  const base = median(bare);
  const row = (name: string, value: number, added: number, most: number): Row => ({
    name,
    value,
    unit: 'ms',
    against: `bare sh ${base.toPrecision(3)} ms`,
    ratio: value / base,
    goal: `≤ bare + ${most} ms`,
    held: added <= most,
  });
  return [
    row('sandbox, no egress, p50', median(inside), median(inside) - base, 12),
    row('sandbox, no egress, p95', quantile(inside, 0.95), quantile(inside, 0.95) - base, 25),
  ];
}
