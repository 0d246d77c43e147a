/**
 * `npm run corpus`: scans labelled skills, public sets, unseen honest collections and our own
 * attacks, and prints how well verdicts tell them apart and what a scan costs. Only `--observe`
 * runs skills, in the sandbox of `skillgate observe`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSkillFolder } from '../cli/scan/source-folder.ts';
import { scanSkill } from '../scanner/scan.ts';
import type { Verdict } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import { isHeld, printTable, shareOf } from './detection.ts';
import { median, quantile, wallMs } from './measure.ts';
import { ownTables } from './own-tables.ts';
import { skillSets } from './sets/sets.ts';
import { setsTable } from './sets/sets-table.ts';
import { unseenTable } from './unseen-table.ts';

interface Labelled {
  readonly id: string;
  readonly kind: string;
  readonly category: string;
  readonly hasScripts: boolean;
  readonly languages: string;
}

interface Outcome extends Labelled {
  readonly verdict: Verdict | 'crashed';
  readonly highest: string;
  readonly rules: readonly string[];
  readonly decidedBy: readonly string[];
  readonly cpuMs: number;
}

const strata: readonly (readonly [string, (one: Labelled) => boolean])[] = [
  ['malicious', (one) => one.kind === 'malicious'],
  [
    '  malware delivery (ClawHavoc)',
    (one) => one.kind === 'malicious' && one.category.includes('ClawHavoc'),
  ],
  ['  with scripts', (one) => one.kind === 'malicious' && one.hasScripts],
  ['  text only', (one) => one.kind === 'malicious' && !one.hasScripts],
  ['benign', (one) => one.kind === 'benign'],
  ['  with scripts', (one) => one.kind === 'benign' && one.hasScripts],
  ['  text only', (one) => one.kind === 'benign' && !one.hasScripts],
  ['dual use', (one) => one.kind === 'suspicious'],
];

const help = `npm run corpus -- [DIR LIST.tsv] [--rows FILE] [--unseen MIRRORS]
npm run corpus -- --sets MIRRORS [--packages SITE] [--only SET,...] [--rows FOLDER] [--keep FOLDER]
                  [--observe FOLDER] [--sample COUNT]

The first form scans the labelled skills DIR/<id>, the unseen honest collections of MIRRORS and our
own attacks. LIST.tsv has the columns id, kind (benign, malicious, suspicious), source, commit, path,
category, has_scripts and languages.
The second form scans the public sets only.

  --rows FILE|FOLDER  writes a line for each skill: id, verdict, what decides, CPU
  --unseen MIRRORS    bare mirrors OWNER+NAME of the collections in honest-unseen.tsv
  --sets MIRRORS      bare mirrors OWNER+NAME of the sources in sets/mirrors.tsv, sets/honest-seen.tsv,
                      sets/honest-read.tsv and honest-collections.tsv
  --packages SITE     the folder into which pip put the wheels of sets/honest-python.txt
  --only SET,...      some of: ${Object.keys(skillSets).join(' ')}
  --keep FOLDER       keeps the skills that the sets make in FOLDER/SET/ID
  --observe FOLDER    also observes each package that the scan did not block, as skillgate observe
                      does, one at a time, and prints the worse of both verdicts. A minute each.
                      FOLDER/SET.tsv gets a line for each; a skill with a line is not observed again
  --sample COUNT      takes COUNT skills of each set, by the SHA-256 of their ids
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    keep: { type: 'string' },
    observe: { type: 'string' },
    only: { type: 'string' },
    packages: { type: 'string' },
    rows: { type: 'string' },
    sample: { type: 'string' },
    sets: { type: 'string' },
    unseen: { type: 'string' },
  },
});
const [folder, listing] = positionals;

if (values.help === true || (folder !== undefined && listing === undefined))
  process.stdout.write(help);
else if (values.sets !== undefined) {
  const { sets: mirrors, packages, rows, keep } = values;
  const only = values.only?.split(',');
  const sample = values.sample === undefined ? undefined : Number(values.sample);
  const { observe } = values;
  process.stdout.write(
    `${await setsTable({ mirrors, packages, only, rows, keep, observe, sample })}\n`,
  );
} else await printLabelledAndOwn();

async function printLabelledAndOwn(): Promise<void> {
  if (folder !== undefined && listing !== undefined) await printLabelled(folder, listing);
  if (values.unseen !== undefined) process.stdout.write(`${await unseenTable(values.unseen)}\n\n`);
  process.stdout.write(`${await ownTables()}\n`);
}

async function printLabelled(below: string, list: string): Promise<void> {
  const outcomes: Outcome[] = [];
  let peakBytes = 0;
  const wall = await wallMs(async () => {
    for (const labelled of readListing(list)) {
      outcomes.push(await scanOne(labelled, below));
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      if (outcomes.length % 50 === 0) process.stderr.write(`${outcomes.length} …\n`);
    }
  });
  if (values.rows !== undefined) writeFileSync(values.rows, outcomes.map(rowOf).join(''));
  process.stdout.write(
    `${[labelTable(outcomes), detectionTable(outcomes), costs(outcomes, peakBytes, wall)].join('\n\n')}\n\n`,
  );
}
function readListing(path: string): Labelled[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [id = '', kind = '', , , , category = '', scripts = '', languages = ''] =
      line.split('\t');
    return { id, kind, category, hasScripts: scripts === 'y', languages };
  });
}

async function scanOne(labelled: Labelled, below: string): Promise<Outcome> {
  const before = process.cpuUsage();
  try {
    const { files, unread } = await readSkillFolder(join(below, labelled.id));
    return { ...labelled, ...summaryOf(await scanSkill(files, { unread })), cpuMs: spent(before) };
  } catch (error) {
    process.stderr.write(
      `${labelled.id}: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return {
      ...labelled,
      verdict: 'crashed',
      highest: 'none',
      rules: [],
      decidedBy: [],
      cpuMs: spent(before),
    };
  }
}

function summaryOf(
  report: ScanReport,
): Pick<Outcome, 'verdict' | 'highest' | 'rules' | 'decidedBy'> {
  const order = ['none', 'info', 'low', 'medium', 'high', 'critical'];
  const highest = Math.max(0, ...report.findings.map((finding) => order.indexOf(finding.severity)));
  const decide = report.findings.filter((finding) =>
    report.decidedBy.includes(finding.fingerprint),
  );
  return {
    verdict: report.verdict,
    highest: order[highest] ?? 'none',
    rules: [...new Set(report.findings.map((finding) => finding.rule))],
    decidedBy: decide.map(
      (finding) => `${finding.rule}:${finding.severity}@${finding.path}:${finding.line}`,
    ),
  };
}

function rowOf({ id, verdict, highest, kind, rules, decidedBy, cpuMs }: Outcome): string {
  return `${[id, verdict, highest, kind, rules.join(' '), decidedBy.join(' '), cpuMs.toFixed(1)].join('\t')}\n`;
}

function spent(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function labelTable(outcomes: readonly Outcome[]): string {
  const verdicts = ['pass', 'review', 'block', 'incomplete', 'crashed'];
  const rows = strata.map(([name, is]) => {
    const those = outcomes.filter(is);
    return [
      name,
      String(those.length),
      ...verdicts.map((wanted) => String(those.filter((one) => one.verdict === wanted).length)),
    ];
  });
  return printTable(['label', 'skills', ...verdicts], rows);
}

function detectionTable(outcomes: readonly Outcome[]): string {
  const rows = strata.map(([name, is]) => {
    const those = outcomes.filter(is);
    return [
      name,
      shareOf(those.filter((one) => one.verdict === 'block').length, those.length),
      shareOf(those.filter((one) => isHeld(one.verdict)).length, those.length),
    ];
  });
  return printTable(['label', 'block', 'review or above'], rows);
}

function costs(outcomes: readonly Outcome[], peakBytes: number, wall: number): string {
  const line = (name: string, those: readonly Outcome[]): string => {
    const cpu = those.map((one) => one.cpuMs);
    const mean = cpu.reduce((sum, one) => sum + one, 0) / Math.max(1, cpu.length);
    return (
      `${name} (${those.length}): CPU mean ${mean.toFixed(1)} ms, p50 ${median(cpu).toFixed(1)}, ` +
      `p90 ${quantile(cpu, 0.9).toFixed(1)}, max ${Math.max(0, ...cpu).toFixed(0)}`
    );
  };
  // The first hundred warm the process up.
  const warm = outcomes.slice(100);
  return [
    line('every skill', warm),
    line(
      'skills with TypeScript or JavaScript',
      warm.filter((one) => /\b(ts|js|typescript|javascript)\b/.test(one.languages)),
    ),
    `peak memory ${(peakBytes / 2 ** 20).toFixed(0)} MiB; ${(wall / 1_000).toFixed(1)} s in one process`,
  ].join('\n');
}
