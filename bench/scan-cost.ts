/**
 * What the scanner costs on a collection of skills: the first scan of each, the scan of a new
 * version, and the memory of the children that scan all of them. Nothing of a skill is run.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findSkills } from '../cli/scan/find-skills.ts';
import { readSkillFolder } from '../cli/scan/source-folder.ts';
import { FactMemo } from '../scanner/frontends/fact-memo.ts';
import { scanSkill } from '../scanner/scan.ts';
import { childScansMax, scanSecondsMax } from '../scanner/scan-flags.ts';
import { packRequest } from '../scanner/worker/child-frames.ts';
import {
  childFiles,
  type LoadingScanner,
  nodeArgv,
  spawnScanner,
  untilReady,
} from '../scanner/worker/pool.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { cpuMs, median, quantile } from './measure.ts';
import type { Row } from './row.ts';
import { poolRows } from './scan-pool.ts';

/** Scans that warm the process up, and do not count. */
const warmUp = 60;
const quickShare = 10;

/** @param folders with skills in them @param isQuick takes every tenth skill */
export async function costRows(folders: readonly string[], isQuick: boolean): Promise<Row[]> {
  const all: string[] = [];
  for (const folder of folders) all.push(...(await findSkills(folder)));
  const places = all.filter((_, at) => !isQuick || at % quickShare === 0);
  const skills: SourceFile[][] = [];
  for (const place of places) skills.push([...(await readSkillFolder(place)).files]);
  if (skills.length === 0)
    throw new Error('no skills below these folders: npm run bench -- cost DIR…');
  process.stderr.write(`${skills.length} skills; load average ${loadavg()[0]?.toFixed(1)}\n`);
  const measured: Measured[] = [];
  const memo = new FactMemo();
  for (const files of skills) measured.push(await measureOne(files, memo));
  const counted = measured.slice(Math.min(warmUp, measured.length >> 1));
  const firsts = counted.map(({ first }) => first);
  const nexts = counted.flatMap(({ next }) => (next === undefined ? [] : [next]));
  const scripts = counted.filter(({ hasScript }) => hasScript).map(({ first }) => first);
  return [
    goalRow(`first scan of ${firsts.length} skills, CPU mean`, mean(firsts), 'ms', 25, firsts),
    goalRow('scan after one file changed, CPU mean', mean(nexts), 'ms', 5, nexts),
    goalRow(
      `${scripts.length} skills with TypeScript or JavaScript, CPU p50`,
      median(scripts),
      'ms',
      30,
      scripts,
    ),
    goalRow('the same, CPU p90', quantile(scripts, 0.9), 'ms', 100, scripts),
    goalRow('peak memory of a scanning child', await childPeakMiB(skills), 'MiB', 400, []),
    ...(await poolRows()),
  ];
}

interface Measured {
  readonly first: number;
  /** Of a version in which one file changed; absent where a skill has no text. */
  readonly next: number | undefined;
  readonly hasScript: boolean;
}

async function measureOne(files: readonly SourceFile[], memo: FactMemo): Promise<Measured> {
  const first = await cpuMs(() => scanSkill(files, { memo }));
  const changed = withChange(files);
  return {
    first,
    next: changed && (await cpuMs(() => scanSkill(changed, { memo }))),
    hasScript: files.some(({ path }) => /\.[cm]?[jt]sx?$/.test(path)),
  };
}

// A line more in one text, which the digests of the files choose.
function withChange(files: readonly SourceFile[]): SourceFile[] | undefined {
  const texts = files.filter(({ bytes }) => bytes.byteLength > 0 && !bytes.includes(0));
  const chosen = texts
    .map((file) => ({ file, digest: digestOf(file.bytes) }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))[0]?.file;
  if (chosen === undefined) return undefined;
  const line = /\.(md|txt)$/.test(chosen.path) ? '\n\nThe list is sorted by name.\n' : '\n';
  const bytes = Buffer.concat([chosen.bytes, Buffer.from(line)]);
  return files.map((file) => (file === chosen ? { ...file, bytes } : file));
}

const entry = fileURLToPath(new URL('../scanner/worker/scan-child.ts', import.meta.url));

// Children are replaced after as many scans as in a pool.
async function childPeakMiB(skills: readonly SourceFile[][]): Promise<number> {
  let most = 0;
  for (let at = 0; at < skills.length; at += childScansMax) {
    const started = spawnScanner(nodeArgv(childFiles(process.execPath, entry)), {});
    const child = await untilReady(started);
    for (const files of skills.slice(at, at + childScansMax))
      await child.ask(
        packRequest({
          files,
          published: { name: '@bench/skill', version: '1.0.0' },
        }),
        scanSecondsMax,
      );
    most = Math.max(most, peakMiB(started));
    child.kill();
  }
  return most;
}

// proc(5): the most resident memory so far, in KiB.
function peakMiB({ pid }: LoadingScanner): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

function goalRow(
  name: string,
  value: number,
  unit: string,
  goal: number,
  spread: readonly number[],
): Row {
  return {
    name,
    value,
    unit,
    against:
      spread.length === 0
        ? 'the goal'
        : `p50 ${median(spread).toFixed(1)}, p90 ${quantile(spread, 0.9).toFixed(1)}, most ${Math.max(...spread).toFixed(0)}`,
    ratio: value / goal,
    goal: `≤ ${goal} ${unit}`,
    held: value <= goal,
  };
}
