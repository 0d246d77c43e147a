/**
 * `npm run bench -- honest MIRRORS [--only TEXT] [--keep DIR]`: types `skillgate manifest --write`
 * for every skill with scripts of public collections, confirms the draft unread, and prints which
 * would publish. The command locks packages, so it asks their public indexes.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareVersion, requireNoPlaceholders } from '../cli/publish/prepare-version.ts';
import { requireDeclared } from '../cli/publish/require-declared.ts';
import { scanSkill } from '../scanner/scan.ts';
import { type Manifest, parseManifest } from '../skills-index/skill/manifest.ts';
import { unconfirmedWhy } from '../skills-index/skill/placeholders.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Verdict } from '../skills-index/statement/finding.ts';
import { printTable } from './detection.ts';
import { type HonestSkill, honestSkills, layOut } from './honest-skills.ts';

interface Outcome extends HonestSkill {
  /** `published`, or the code of the refusal. */
  readonly outcome: string;
  /** What the refusal names. */
  readonly why: readonly string[];
  readonly verdict?: Verdict;
  readonly draft?: Manifest;
}

interface HonestOptions {
  /** A part of `OWNER/NAME PATH`. */
  readonly only?: string | undefined;
  /** Keeps the laid out skills and their drafts there. */
  readonly keep?: string | undefined;
}

/** The tables, as text. */
export async function honestTables(mirrors: string, options: HonestOptions): Promise<string> {
  const { only = '', keep } = options;
  const skills = honestSkills(mirrors).filter(({ source, path }) =>
    `${source} ${path}`.includes(only),
  );
  const below = keep ?? mkdtempSync(join(tmpdir(), 'honest-'));
  const outcomes: Outcome[] = [];
  try {
    for (const skill of skills) {
      outcomes.push(await draftAndPublish(mirrors, skill, below));
      if (outcomes.length % 20 === 0) process.stderr.write(`${outcomes.length} …\n`);
    }
  } finally {
    if (keep === undefined) rmSync(below, { recursive: true, force: true });
  }
  return [draftTable(outcomes), refusals(outcomes), sumTable(outcomes)].join('\n\n');
}

async function draftAndPublish(
  mirrors: string,
  skill: HonestSkill,
  below: string,
): Promise<Outcome> {
  let verdict: Verdict | undefined;
  let draft: Manifest | undefined;
  try {
    const folder = layOut(mirrors, skill, join(below, skill.source.replace('/', '+')));
    rmSync(join(folder, 'skill.json'), { force: true });
    const refused = await writeDraft(folder);
    if (refused !== undefined) return { ...skill, ...refused };
    const file = join(folder, 'skill.json');
    draft = parseManifest(readFileSync(file));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(`${unconfirmedWhy} seen`, 'confirmed: seen'));
    const prepared = await prepareVersion(folder);
    const report = await scanSkill(prepared.folder.files);
    verdict = report.verdict;
    requireDeclared(prepared.folder.files, prepared.manifest, report);
    requireNoPlaceholders(prepared);
    return { ...skill, outcome: 'published', why: [], verdict, draft };
  } catch (cause) {
    const problem = cause instanceof Problem ? cause : new Problem('internal', String(cause));
    return {
      ...skill,
      outcome: problem.code,
      why:
        problem.reasons.length > 0
          ? problem.reasons.map(({ message }) => message)
          : [problem.message],
      ...(verdict !== undefined && { verdict }),
      ...(draft !== undefined && { draft }),
    };
  }
}

const program = fileURLToPath(new URL('../cli/guard.js', import.meta.url));

/** @returns what the command refused; undefined for a draft that lies in the folder */
function writeDraft(folder: string): Promise<Pick<Outcome, 'outcome' | 'why'> | undefined> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof writeDraft>>>();
  const words = ['manifest', folder, '--write', '--scope', 'honest'];
  execFile(process.execPath, [program, ...words], (failed, _stdout, stderr) => {
    if (failed === null) return resolve(undefined);
    const [, code, message] = /^error\[([\w-]+)\]: (.*)$/m.exec(stderr) ?? [];
    resolve({ outcome: code ?? 'internal', why: [message ?? stderr] });
  });
  return promise;
}

function draftTable(outcomes: readonly Outcome[]): string {
  return printTable(
    ['skill', 'outcome', 'verdict', ...counted.map(([name]) => name)],
    outcomes.map((one) => [
      `${one.source} ${one.path}`,
      one.outcome,
      one.verdict ?? '–',
      ...counted.map(([, count]) => (one.draft === undefined ? '–' : String(count(one.draft)))),
    ]),
  );
}

const counted: readonly (readonly [string, (draft: Manifest) => number])[] = [
  ['env', ({ capabilities }) => capabilities.env.length],
  ['secret', ({ capabilities }) => capabilities.secret.length],
  ['egress', ({ capabilities }) => capabilities.egress.length],
  ['mount', ({ capabilities }) => capabilities.mount.length],
  ['exec', ({ capabilities }) => capabilities.exec.length],
  ['commands', ({ commands }) => Object.keys(commands).length],
];

function refusals(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter(({ outcome }) => outcome !== 'published')
    .map(({ source, path, outcome, why }) => `${source} ${path}: ${outcome}: ${why.join('; ')}`)
    .join('\n');
}

function sumTable(outcomes: readonly Outcome[]): string {
  const codes = [...new Set(['published', ...outcomes.map(({ outcome }) => outcome)])];
  const sources = [...new Set(outcomes.map(({ source }) => source))];
  const row = (name: string, those: readonly Outcome[]): string[] => [
    name,
    String(those.length),
    ...codes.map((code) => String(those.filter(({ outcome }) => outcome === code).length)),
    ...counted.map(([, count]) =>
      String(those.reduce((sum, { draft }) => sum + (draft === undefined ? 0 : count(draft)), 0)),
    ),
  ];
  return printTable(
    ['collection', 'skills', ...codes, ...counted.map(([name]) => name)],
    [
      ...sources.map((source) =>
        row(
          source,
          outcomes.filter((one) => one.source === source),
        ),
      ),
      row('all', outcomes),
    ],
  );
}
