/** CPU of a scan in a warm process, over what merely parsing the same TypeScript costs. */
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { readSkillFolder } from '../cli/source-folder.ts';
import { scanSkill } from '../scanner/scan.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { median, quantile } from './measure.ts';
import { type Row, ratioRow } from './row.ts';

const warmUps = 10;
const rounds = 40;

export async function scanRows(): Promise<Row[]> {
  const { files } = await readSkillFolder(fileURLToPath(new URL('../examples/weekly-report', import.meta.url)));
  const [scans, parses]: [number[], number[]] = [[], []];
  for (let round = 0; round < warmUps + rounds; round++) {
    const scanned = await cpuMs(() => scanSkill(files));
    const parsed = await cpuMs(() => parseOnly(files));
    if (round < warmUps) continue;
    scans.push(scanned);
    parses.push(parsed);
  }
  const p50 = median(scans);
  const row = ratioRow(
    'scan of weekly-report, warm, CPU p50',
    p50,
    'ms',
    { name: 'parsing its TypeScript', value: median(parses) },
    Number.POSITIVE_INFINITY,
  );
  const p95 = quantile(scans, 0.95);
  return [
    { ...row, goal: '≤ 30 ms', held: p50 <= 30 },
    {
      ...row,
      name: 'scan of weekly-report, warm, CPU p95',
      value: p95,
      ratio: p95 / median(parses),
      goal: '≤ 100 ms',
      held: p95 <= 100,
    },
  ];
}

/** CPU milliseconds, user and system, of this process during the work. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function parseOnly(files: readonly SourceFile[]): void {
  for (const { path, bytes } of files) {
    if (path.endsWith('.ts')) ts.createSourceFile(path, Buffer.from(bytes).toString('utf8'), ts.ScriptTarget.Latest, true);
  }
}
