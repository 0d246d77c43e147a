/** What a registry's requests cost as the number of its versions grows. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Row, Unmeasured } from '../row.ts';
import { type Cost, callNames, GrowingRegistry, type Measured, share } from './growing-registry.ts';
import { type Curve, type Part, printCount, type Reach, unmeasured } from './part.ts';
import { makeStaffedFolder } from './staffed-folder.ts';

const sizesOf: Record<Reach, readonly number[]> = {
  quick: [1_000, 10_000],
  usual: [1_000, 10_000, 100_000],
  full: [1_000, 10_000, 100_000, 1_000_000],
};
/** Lean rows, and the stored files of versions in review, on average over all versions. */
const bytesOfVersion = 16 * 1024;

export async function growthPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  try {
    const sizes = sizesOf[reach];
    const registry = new GrowingRegistry(folder);
    await registry.begin();
    const measured: Measured[] = [];
    for (const size of sizes) {
      process.stderr.write(`registry: ${printCount(size)} versions …\n`);
      try {
        requireSpace(folder.dir, size);
        measured.push(await registry.measureAt(size));
      } catch (cause) {
        return {
          rows: [
            ...rowsOf(measured),
            unmeasured(`${printCount(size)} versions`, 'growth ≤ 1.5 ×', cause),
          ],
          curves: curvesOf(measured),
        };
      }
    }
    return { rows: rowsOf(measured), curves: curvesOf(measured) };
  } finally {
    folder.remove();
  }
}

/** A full disk would stop other programs. */
function requireSpace(dir: string, versions: number): void {
  const needed = 2 * versions * bytesOfVersion;
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize < needed)
    throw new Error(`less than ${Math.ceil(needed / 2 ** 30)} GiB are free below ${tmpdir()}`);
}

function rowsOf(measured: readonly Measured[]): (Row | Unmeasured)[] {
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  const sizes = `${printCount(first.size)} → ${printCount(last.size)} versions`;
  const growth = (name: string, from: Cost | undefined, to: Cost | undefined): Row | Unmeasured =>
    from === undefined || to === undefined
      ? unmeasured(`${name}, ${sizes}`, '≤ 1.5 ×', 'no call was measured')
      : {
          name: `${name}, ${sizes}, CPU`,
          value: to.cpuMs,
          unit: 'ms',
          against: `${from.cpuMs.toPrecision(3)} ms; wall ${from.wallMs.toPrecision(3)} → ${to.wallMs.toPrecision(3)} ms`,
          ratio: to.cpuMs / from.cpuMs,
          goal: '≤ 1.5 ×',
          held: to.cpuMs / from.cpuMs <= 1.5,
        };
  const queue = last.calls.get('queue page')?.wallMs ?? Number.NaN;
  const waiting = printCount(Math.round(last.size / share));
  return [
    ...callNames.map((name) => growth(name, first.calls.get(name), last.calls.get(name))),
    growth('start to ready', first.ready, last.ready),
    atMost(`queue page of ${waiting} in review`, queue, 100),
    atMost(`start to ready with ${printCount(last.size)} versions`, last.ready.wallMs, 2_000),
    riskiestRow(last, waiting),
  ];
}

function riskiestRow({ risky, firstInQueue }: Measured, waiting: string): Row {
  const missing = risky.filter((name) => !firstInQueue.includes(name));
  return {
    name: `queue page: risky versions of ${waiting} that come first`,
    value: risky.length - missing.length,
    unit: '',
    against: `all ${risky.length}; not among the first: ${missing.join(', ') || 'none'}`,
    ratio: (risky.length - missing.length) / risky.length,
    goal: 'all',
    held: missing.length === 0,
  };
}

function atMost(name: string, value: number, goal: number): Row {
  return {
    name: `${name}, wall`,
    value,
    unit: 'ms',
    against: `goal ${goal} ms`,
    ratio: value / goal,
    goal: `≤ ${goal} ms`,
    held: value <= goal,
  };
}

function curvesOf(measured: readonly Measured[]): Curve[] {
  const at = measured.map(({ size }) => size);
  const curve = (title: string, of: (cost: Cost) => number): Curve => ({
    title,
    along: 'versions',
    at,
    unit: 'ms',
    lines: [
      ...callNames.map((name) => ({
        name,
        values: measured.map(({ calls }) => pick(calls.get(name), of)),
      })),
      { name: 'start to ready', values: measured.map(({ ready }) => of(ready)) },
    ],
  });
  return [
    curve('versions: processor time of the registry', ({ cpuMs }) => cpuMs),
    curve('versions: wall time', ({ wallMs }) => wallMs),
  ];
}

function pick(cost: Cost | undefined, of: (cost: Cost) => number): number | undefined {
  return cost === undefined ? undefined : of(cost);
}
