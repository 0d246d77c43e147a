/**
 * Sandboxes that live: what they take while they wait, how many at once, how fast they are gone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { RunningSandbox } from '../runner/sandbox/sandbox.ts';
import { median } from './measure.ts';
import { type Row, round } from './row.ts';
import { withSandbox } from './sandbox-start.ts';

const crowds = [1, 2, 5, 10, 20, 50, 100];
const kills = 9;

export async function crowdRows(): Promise<Row[]> {
  const curve: string[] = [];
  const perRun: number[] = [];
  let all = 0;
  for (const size of crowds) {
    const { startedMs, endedMs, pssMiB } = await crowd(size, true);
    curve.push(`${size}: ${round(startedMs)} ms, ${round(endedMs)} ms, ${round(pssMiB)} MiB`);
    perRun.push(pssMiB / size);
    all = endedMs;
  }
  process.stderr.write(
    `agents at once (all started, all ended, Pss of all):\n  ${curve.join('\n  ')}\n`,
  );
  const alone = (await crowd(1, false)).pssMiB;
  const most = Math.max(...crowds);
  const killed = await killMs();
  return [
    held(
      {
        name: 'idle sandbox, Pss, no egress',
        value: alone,
        unit: 'MiB',
        against: `with egress ${round(perRun[0] ?? 0)} MiB`,
      },
      '≤ 2 MiB',
      alone / (perRun[0] ?? 1),
      alone <= 2,
    ),
    held(
      {
        name: `idle sandbox of ${most}, Pss, with egress`,
        value: perRun.at(-1) ?? 0,
        unit: 'MiB',
        against: `one alone ${round(perRun[0] ?? 0)} MiB`,
      },
      '≤ 2 MiB',
      (perRun.at(-1) ?? 0) / (perRun[0] ?? 1),
      (perRun.at(-1) ?? 0) <= 2,
    ),
    held(
      {
        name: `${most} with egress started and ended`,
        value: all,
        unit: 'ms',
        against: 'the curve above',
      },
      'all end',
      1,
      true,
    ),
    held(
      {
        name: 'killed → nothing lives',
        value: killed,
        unit: 'ms',
        against: 'a tree that ignores every signal',
      },
      '≤ 1000 ms',
      killed / 1000,
      killed <= 1000,
    ),
  ];
}

function held(
  what: Pick<Row, 'name' | 'value' | 'unit' | 'against'>,
  goal: string,
  ratio: number,
  is: boolean,
): Row {
  return { ...what, ratio, goal, held: is };
}

async function crowd(
  size: number,
  egress: boolean,
): Promise<{ startedMs: number; endedMs: number; pssMiB: number }> {
  const gate = Promise.withResolvers<void>();
  const began = performance.now();
  const all = { started: 0, startedMs: 0, pssMiB: 0 };
  const one = (): Promise<void> =>
    withSandbox({ egress, script: 'read -r line' }, async () => {
      all.started++;
      if (all.started === size) {
        all.startedMs = performance.now() - began;
        all.pssMiB = pssOfChildren();
        gate.resolve();
      }
      await gate.promise;
    });
  const runs = Array.from({ length: size }, one);
  // When one fails, those that wait for it go on too.
  await Promise.all(runs).finally(gate.resolve);
  return { startedMs: all.startedMs, endedMs: performance.now() - began, pssMiB: all.pssMiB };
}

// proc(5), smaps_rollup: each page counted by how many share it.
function pssOfChildren(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const [, parent] = /\) \S (\d+)/.exec(read(`/proc/${name}/stat`)) ?? [];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  const kibibytes = [...parents.keys()]
    .filter(isOurs)
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function killMs(): Promise<number> {
  const stubborn =
    "trap '' HUP INT TERM QUIT; for i in 1 2 3 4 5; do (trap '' TERM; while :; do :; done) & done; wait";
  const taken: number[] = [];
  for (let round = 0; round < kills; round++) {
    await withSandbox({ egress: false, script: stubborn }, async (running: RunningSandbox) => {
      const began = performance.now();
      running.kill();
      await running.ended;
      taken.push(performance.now() - began);
    });
  }
  return median(taken);
}
