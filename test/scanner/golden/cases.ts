/**
 * The skills of a golden run: all fixtures of the scanner, the mutations of attacks, programs of the
 * generators with fixed seeds, and folders of skills that lie elsewhere.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { readSkillFolder } from '../../../cli/scan/source-folder.ts';
import { rules } from '../../../scanner/rules.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { javascriptProgram } from '../javascript-programs.ts';
import { pythonShapes, pythonUses } from '../many-values-python.ts';
import { shellShapes, shellUses } from '../many-values-shell.ts';
import { typescriptShapes, typescriptUses } from '../many-values-typescript.ts';
import { mutations } from '../mutations/mutations.ts';
import { pythonProgram } from '../python-programs.ts';
import { addSkillMd, readRuleFixture, skillsOf } from '../rule-fixture.ts';
import { fileOf, parseTextArchive } from '../txtar.ts';

export interface Case {
  /** What a person needs to find it again. */
  readonly id: string;
  readonly files: readonly SourceFile[];
}

/** Attacks whose single outcomes nobody looks at: only their number is told. */
export const frozenSet = 'frozen';
/** Of which nothing is left out. */
export const ownSet = 'skills';

type CaseSet = () => Iterable<Case> | AsyncIterable<Case>;

/** @param folders of skills, in `skills` */
export function caseSets(folders: readonly string[]): Readonly<Record<string, CaseSet>> {
  return {
    fixtures: () => fixtures((name) => !isFrozen(name)),
    [frozenSet]: () => fixtures(isFrozen),
    mutations: mutated,
    programs,
    values,
    [ownSet]: () => skillsBelow(folders),
  };
}

const fixtureFolder = new URL('../', import.meta.url);
const notes = new Set(['where', 'findings', 'expected']);

function isFrozen(name: string): boolean {
  return /^attacks\/(.+-)?frozen\//.test(name);
}

function* fixtures(isWanted: (name: string) => boolean): Iterable<Case> {
  const names = readdirSync(fixtureFolder, { recursive: true }).map(String);
  for (const name of names.filter((one) => one.endsWith('.txt') && isWanted(one)).sort()) {
    const { files } = parseTextArchive(readFileSync(new URL(name, fixtureFolder), 'utf8'));
    const skills = Map.groupBy(
      [...files].filter(([path]) => !notes.has(path)).map(([path, text]) => fileOf(path, text)),
      ({ path }) => path.split('/')[0] ?? '',
    );
    for (const [skill, all] of skills) {
      const inside = all.map(({ bytes, path }) => ({
        path: path.slice(skill.length + 1) || path,
        bytes,
        mode: 0o644,
      }));
      yield { id: `${name} ${skill}`, files: withSkillMd(inside) };
    }
  }
}

function* mutated(): Iterable<Case> {
  for (const { id } of rules) {
    const fixture = readRuleFixture(id);
    for (const [name, files] of skillsOf(fixture, 'attack'))
      for (const mutation of mutations) {
        const made = mutation.apply(files);
        if (made !== undefined) yield { id: `${id} ${name} ${mutation.name}`, files: made.files };
      }
  }
}

const programCount = 1_000;

function* programs(): Iterable<Case> {
  const languages = [
    ['a.py', pythonProgram],
    ['a.mjs', javascriptProgram],
  ] as const;
  for (const [path, arbitrary] of languages)
    for (const seed of [1, 2, 3, 4]) {
      const texts = fc.sample(arbitrary, { seed, numRuns: programCount / 4 });
      for (const [at, text] of texts.entries())
        yield { id: `${path} seed ${seed} program ${at}`, files: scriptAt(path, text) };
    }
}

function* values(): Iterable<Case> {
  const languages = [
    ['run.py', pythonShapes, pythonUses],
    ['run.sh', shellShapes, shellUses],
    ['run.mjs', typescriptShapes, typescriptUses],
  ] as const;
  for (const [path, shapes, uses] of languages)
    for (const [shape, make] of Object.entries(shapes))
      for (const [use, { code, harmless, telling }] of Object.entries(uses))
        for (const count of [1, 9, 300]) {
          const all = Array.from({ length: count - 1 }, (_, index) => harmless(index));
          const text = make([...all, telling], code);
          yield { id: `${path} ${shape} ${use} ${count}`, files: scriptAt(path, text) };
        }
}

async function* skillsBelow(folders: readonly string[]): AsyncIterable<Case> {
  for (const folder of folders)
    for (const path of globSync('**/SKILL.md', { cwd: folder }).sort()) {
      const { files } = await readSkillFolder(join(folder, dirname(path)));
      yield { id: relative('.', join(folder, dirname(path))), files };
    }
}

function withSkillMd(files: SourceFile[]): readonly SourceFile[] {
  addSkillMd(files);
  return files;
}

function scriptAt(path: string, text: string): readonly SourceFile[] {
  return withSkillMd([{ path, bytes: Buffer.from(text), mode: 0o644 }]);
}
