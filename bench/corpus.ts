/**
 * `npm run corpus -- DIR LIST.tsv [--rows FILE]`: scans each labelled skill below DIR and prints verdicts by label, and what a scan costs.
 * LIST.tsv has the columns id, kind (benign, malicious, suspicious) …; DIR/<id> is the skill. Nothing of it is run or kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSkillFolder } from '../cli/source-folder.ts';
import { scanSkill } from '../scanner/scan.ts';
import { median, quantile, wallMs } from './measure.ts';

interface Labelled {
  readonly id: string;
  readonly kind: string;
  readonly hasScripts: boolean;
}

interface Outcome extends Labelled {
  readonly verdict: string;
  readonly highest: string;
  readonly rules: readonly string[];
  readonly cpuMs: number;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string' } } });
const [folder, listing] = positionals;
if (folder === undefined || listing === undefined) throw new Error('usage: npm run corpus -- DIR LIST.tsv [--rows FILE]');

const outcomes: Outcome[] = [];
let peakBytes = 0;
const wall = await wallMs(async () => {
  for (const labelled of readListing(listing)) {
    outcomes.push(await scanOne(labelled));
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    if (outcomes.length % 50 === 0) process.stderr.write(`${outcomes.length} …\n`);
  }
});
if (values.rows !== undefined) {
  const lines = outcomes.map((one) => [one.id, one.verdict, one.highest, one.kind, one.rules.join(' ')].join('\t'));
  writeFileSync(values.rows, `${lines.join('\n')}\n`);
}
process.stdout.write(`${tables()}\n`);

function readListing(path: string): Labelled[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [id = '', kind = '', , , , , scripts = ''] = line.split('\t');
    return { id, kind, hasScripts: scripts === 'y' };
  });
}

async function scanOne(labelled: Labelled): Promise<Outcome> {
  const before = process.cpuUsage();
  try {
    const { files } = await readSkillFolder(join(folder ?? '', labelled.id));
    const report = await scanSkill(files);
    const order = ['none', 'info', 'low', 'medium', 'high', 'critical'];
    const highest = Math.max(0, ...report.findings.map((finding) => order.indexOf(finding.severity)));
    const rules = [...new Set(report.findings.map((finding) => finding.rule))];
    return { ...labelled, verdict: report.verdict, highest: order[highest] ?? 'none', rules, cpuMs: spent(before) };
  } catch (error) {
    process.stderr.write(`${labelled.id}: ${error instanceof Error ? error.stack : String(error)}\n`);
    return { ...labelled, verdict: 'CRASHED', highest: 'none', rules: [], cpuMs: spent(before) };
  }
}

function spent(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function tables(): string {
  const groups: readonly (readonly [string, (one: Outcome) => boolean])[] = [
    ['malicious', (one) => one.kind === 'malicious'],
    ['benign', (one) => one.kind === 'benign'],
    ['  with scripts', (one) => one.kind === 'benign' && one.hasScripts],
    ['  text only', (one) => one.kind === 'benign' && !one.hasScripts],
    ['dual use', (one) => one.kind === 'suspicious'],
  ];
  const verdicts = ['pass', 'review', 'block', 'incomplete', 'CRASHED'];
  const lines = groups.map(([name, is]) => {
    const those = outcomes.filter(is);
    const counts = verdicts.map((verdict) => those.filter((one) => one.verdict === verdict).length);
    const high = those.filter((one) => ['high', 'critical'].includes(one.highest)).length;
    return `| ${name} | ${those.length} | ${counts.join(' | ')} | ${high} (${((100 * high) / Math.max(1, those.length)).toFixed(1)} %) |`;
  });
  const cpu = outcomes.map((one) => one.cpuMs);
  return [
    `| label | skills | ${verdicts.join(' | ')} | at least high |`,
    `|---|---:|${verdicts.map(() => '---:|').join('')}---:|`,
    ...lines,
    '',
    `CPU per skill p50 ${median(cpu).toFixed(1)} ms, p95 ${quantile(cpu, 0.95).toFixed(1)} ms, max ${Math.max(...cpu).toFixed(0)} ms; ` +
      `peak memory ${(peakBytes / 2 ** 20).toFixed(0)} MiB; ${(wall / 1_000).toFixed(1)} s in one process.`,
  ].join('\n');
}
