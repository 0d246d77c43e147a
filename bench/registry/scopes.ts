/** What a registry's identities cost as the number of claimed scopes grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeKey, type TestKey } from '../../test/registry/people.ts';
import { claimScope, signIn } from '../../test/registry/road.ts';
import { median, wallMs } from '../measure.ts';
import type { Row, Unmeasured } from '../row.ts';
import { Generator } from './generator/generator.ts';
import type { Names, Template } from './generator/template.ts';
import { type Curve, type Part, printCount, type Reach, unmeasured } from './part.ts';
import { cpuMsOf, residentMiB, untilIdle } from './process-figures.ts';
import { type Served, whileServed } from './served.ts';
import { claimFor, makeStaffedFolder, requireTaken, type StaffedFolder } from './staffed-folder.ts';

const sizesOf: Record<Reach, readonly number[]> = {
  quick: [10, 10_000],
  usual: [10, 1_000, 10_000, 100_000],
  full: [10, 1_000, 10_000, 100_000],
};
const claims = { warm: 2, count: 5 };
const signIns = 60;

/** Wall and processor time of a claim. */
interface Claims {
  readonly wallMs: number;
  readonly cpuMs: number;
}

interface Measured {
  readonly size: number;
  readonly readyMs: number;
  readonly firstMs: number;
  /** Claims beside the check of names that follows a start, and after the check. */
  readonly early: Claims;
  readonly late: Claims;
  readonly residentMiB: number;
}

export async function scopesPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const measured: Measured[] = [];
  try {
    const first = { scope: nameAt(0), author: makeKey() };
    await whileServed(folder.dir, async ({ send }) => {
      requireTaken(await claimScope(send, first.scope, first.author));
    });
    // Read while the log has the claim: the entries of a larger log are in segments.
    const template = templateOf(folder, first);
    let made = 1;
    for (const size of sizesOf[reach]) {
      process.stderr.write(`registry: ${printCount(size)} scopes …\n`);
      await growTo(folder, template, made, size);
      measured.push(await measureAt(folder, size));
      made = Math.max(made, size);
    }
    return { rows: rowsOf(measured), curves: curvesOf(measured) };
  } catch (cause) {
    const goals = 'first request ≤ 300 ms, claim ≤ 2 ×, + 20 MiB';
    return {
      rows: [...rowsOf(measured), unmeasured('scopes, the next size', goals, cause)],
      curves: curvesOf(measured),
    };
  } finally {
    folder.remove();
  }
}

function templateOf(
  { dir, root, scanner, reviewer }: StaffedFolder,
  first: { readonly scope: string; readonly author: TestKey },
): Template {
  const generator = new Generator(dir, root, [scanner, reviewer]);
  try {
    return generator.claim(first);
  } finally {
    generator.close();
  }
}

async function growTo(
  { dir, root, scanner, reviewer }: StaffedFolder,
  template: Template,
  from: number,
  size: number,
): Promise<void> {
  const generator = new Generator(dir, root, [scanner, reviewer]);
  await generator.clone(template, claimsFrom(from, size), 'whole');
  generator.moveToSegments();
  generator.close();
}

function* claimsFrom(from: number, size: number): Iterable<Names> {
  for (let at = from; at < size; at++) yield { scope: nameAt(at), author: makeKey() };
}

function measureAt(folder: StaffedFolder, size: number): Promise<Measured> {
  return whileServed(folder.dir, async ({ pid, ready, send }) => {
    const firstMs = await wallMs(() => signIn(send, folder.reviewer));
    const early = await claimsOf({ pid, send }, `zznew${nameAt(size)}`);
    await untilIdle(pid);
    const late = await claimsOf({ pid, send }, `zzlate${nameAt(size)}`);
    // The claims of a small registry change just too few pages for the thread that writes pages
    // back. The thread has the same 20 MiB whatever the number of scopes.
    for (let nth = 0; nth < signIns; nth++) await signIn(send, folder.reviewer);
    await sleep(1_000);
    return { size, readyMs: ready.wallMs, firstMs, early, late, residentMiB: residentMiB(pid) };
  });
}

async function claimsOf(
  { pid, send }: Pick<Served, 'pid' | 'send'>,
  name: string,
): Promise<Claims> {
  const walls: number[] = [];
  let before = 0;
  for (let nth = 0; nth < claims.warm + claims.count; nth++) {
    if (nth === claims.warm) before = cpuMsOf(pid);
    walls.push(await wallMs(() => claimFor(send, `${name}${nameAt(nth)}`)));
  }
  const cpuMs = (cpuMsOf(pid) - before) / claims.count;
  return { wallMs: median(walls.slice(claims.warm)), cpuMs };
}

/** Letters that no rule takes for another letter. */
function nameAt(nth: number): string {
  const letters = 'bcdfghjkpt';
  const digits = [...String(nth).padStart(7, '0')];
  return `zz${digits.map((digit) => letters[Number(digit)]).join('')}`;
}

function rowsOf(measured: readonly Measured[]): (Row | Unmeasured)[] {
  const [few] = measured;
  const many = measured.at(-1);
  if (few === undefined || many === undefined || few === many) return [];
  const scopes = `${printCount(many.size)} scopes`;
  const atFew = `at ${printCount(few.size)}`;
  const claimRow = (when: string, from: Claims, to: Claims): Row => ({
    name: `${scopes}: claim of one more ${when}, CPU`,
    value: to.cpuMs,
    unit: 'ms',
    against: `${atFew}: ${from.cpuMs.toPrecision(3)} ms; wall ${from.wallMs.toPrecision(3)} → ${to.wallMs.toPrecision(3)} ms`,
    ratio: to.cpuMs / from.cpuMs,
    goal: '≤ 2 ×',
    held: to.cpuMs / from.cpuMs <= 2,
  });
  const more = many.residentMiB - few.residentMiB;
  return [
    {
      name: `${scopes}: first signed request after a start, wall`,
      value: many.firstMs,
      unit: 'ms',
      against: `${atFew}: ${few.firstMs.toPrecision(3)} ms`,
      ratio: many.firstMs / few.firstMs,
      goal: '≤ 300 ms',
      held: many.firstMs <= 300,
    },
    {
      name: `${scopes}: start to ready, wall`,
      value: many.readyMs,
      unit: 'ms',
      against: `${atFew}: ${few.readyMs.toPrecision(3)} ms`,
      ratio: many.readyMs / few.readyMs,
      goal: '≤ 2000 ms',
      held: many.readyMs <= 2_000,
    },
    claimRow('beside the check of names after a start', few.early, many.early),
    claimRow('after the check', few.late, many.late),
    {
      name: `${scopes}: resident memory`,
      value: many.residentMiB,
      unit: 'MiB',
      against: `${atFew}: ${few.residentMiB.toPrecision(3)} MiB`,
      ratio: many.residentMiB / few.residentMiB,
      goal: '≤ 20 MiB more',
      held: more <= 20,
    },
  ];
}

function curvesOf(measured: readonly Measured[]): Curve[] {
  const at = measured.map(({ size }) => size);
  const line = (name: string, of: (one: Measured) => number) => ({
    name,
    values: measured.map(of),
  });
  return [
    {
      title: 'scopes: wall time',
      along: 'scopes',
      at,
      unit: 'ms',
      lines: [
        line('start to ready', ({ readyMs }) => readyMs),
        line('first signed request', ({ firstMs }) => firstMs),
        line('claim', ({ late }) => late.wallMs),
      ],
    },
    {
      title: 'scopes: resident memory',
      along: 'scopes',
      at,
      unit: 'MiB',
      lines: [line('resident memory', (one) => one.residentMiB)],
    },
  ];
}
