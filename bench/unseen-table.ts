/** Verdicts about honest collections that nobody had scanned while rules were written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSkillFolder } from '../cli/scan/source-folder.ts';
import { scanSkill } from '../scanner/scan.ts';
import type { Verdict } from '../skills-index/statement/finding.ts';
import { isHeld, printTable, shareOf } from './detection.ts';
import { type HonestSkill, layOut, skillsOf } from './honest-skills.ts';
import { mirrorOf, readCollections, runGit } from './mirrors.ts';

interface Outcome {
  readonly source: string;
  readonly hasScripts: boolean;
  readonly verdict: Verdict | 'crashed';
}

const collections = new URL('./honest-unseen.tsv', import.meta.url);

/**
 * One row for each collection and one for all, then the same rows for skills with scripts. Equal
 * folders of a collection count once: a collection may publish a skill also as part of a plugin.
 */
export async function unseenTable(mirrors: string): Promise<string> {
  const outcomes = await outcomesOf(mirrors);
  const sources = [...new Set(outcomes.map(({ source }) => source))];
  const rowsOf = (those: readonly Outcome[], what: string): string[][] => [
    ...sources.map((source) =>
      rowOf(
        `${source}${what}`,
        those.filter((one) => one.source === source),
      ),
    ),
    rowOf(`all${what}`, those),
  ];
  return printTable(
    ['unseen honest skills', 'block', 'review or above'],
    [
      ...rowsOf(outcomes, ''),
      ...rowsOf(
        outcomes.filter(({ hasScripts }) => hasScripts),
        ', with scripts',
      ),
    ],
  );
}

async function outcomesOf(mirrors: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const below = mkdtempSync(join(tmpdir(), 'unseen-'));
  const trees = new Set<string>();
  try {
    for (const skill of readCollections(collections).flatMap((one) => skillsOf(mirrors, one))) {
      const tree = `${skill.source} ${treeOf(mirrors, skill)}`;
      if (trees.has(tree)) continue;
      trees.add(tree);
      const folder = laidOut(mirrors, skill, join(below, String(outcomes.length)));
      if (folder !== undefined) outcomes.push({ ...skill, verdict: await verdictOf(folder) });
    }
  } finally {
    rmSync(below, { recursive: true, force: true });
  }
  return outcomes;
}

// A mirror may list a large file that it does not have.
function laidOut(mirrors: string, skill: HonestSkill, below: string): string | undefined {
  try {
    return layOut(mirrors, skill, below);
  } catch (error) {
    const [why] = String(error).split('\n');
    process.stderr.write(`left out, ${skill.source} ${skill.path}: ${why}\n`);
    return undefined;
  }
}

function treeOf(mirrors: string, { source, commit, path }: HonestSkill): string {
  const folder = path === '.' ? `${commit}^{tree}` : `${commit}:${path}`;
  return runGit(mirrorOf(mirrors, source), ['rev-parse', folder]).toString('utf8').trim();
}

async function verdictOf(folder: string): Promise<Outcome['verdict']> {
  try {
    const { files, unread } = await readSkillFolder(folder);
    return (await scanSkill(files, { unread })).verdict;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 'crashed';
  }
}

function rowOf(name: string, those: readonly Outcome[]): string[] {
  return [
    name,
    shareOf(those.filter(({ verdict }) => verdict === 'block').length, those.length),
    shareOf(those.filter(({ verdict }) => isHeld(verdict)).length, those.length),
  ];
}
