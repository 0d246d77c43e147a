/** One case: an input made from random numbers, and what must hold of it. */

import { languageOf } from '../../scanner/fact/language.ts';
import { type Language, languages, type TaintSource } from '../../scanner/fact/source.ts';
import { Steps, StepsUsedUp } from '../../scanner/fact/steps.ts';
import { frontEnds } from '../../scanner/frontends/frontends.ts';
import { ingestFiles } from '../../scanner/ingest/ingest.ts';
import type { Analyse } from '../../scanner/programs/frontend.ts';
import { scanSkill } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseScanReport } from '../../skills-index/statement/scan-report.ts';
import { mutate } from './mutate.ts';
import { type Random, randomOf } from './random.ts';
import type { Seed } from './seeds.ts';
import { tokens } from './tokens.ts';

export interface Case {
  readonly kind: 'front end' | 'ingest' | 'scan';
  readonly files: readonly SourceFile[];
  /** Whether it is done twice and compared. */
  readonly isRepeated: boolean;
}

/** The case of a number; always the same one. */
export function makeCase(seed: number, index: number, seeds: readonly Seed[]): Case {
  const random = randomOf(seed, index);
  const kind = random.pick([
    'front end',
    'front end',
    'front end',
    'front end',
    'front end',
    'front end',
    'ingest',
    'ingest',
    'ingest',
    'scan',
  ] as const);
  const count = kind === 'scan' ? 1 + random.size(3) : 1;
  const files = Array.from(
    { length: count },
    (): SourceFile => ({ ...makeFile(random, seeds), mode: 0o644 }),
  );
  if (kind === 'scan' && !files.some((file) => file.path === 'SKILL.md'))
    files.push({
      path: 'SKILL.md',
      bytes: Buffer.from('---\nname: sample\ndescription: A sample.\n---\nRun a file.\n'),
      mode: 0o644,
    });
  return {
    kind,
    files: [...new Map(files.map((file) => [file.path, file])).values()],
    isRepeated: random.chance(8),
  };
}

function makeFile(random: Random, seeds: readonly Seed[]): { path: string; bytes: Buffer } {
  const seed = random.pick(seeds);
  if (!random.chance(4))
    return { path: seed.path, bytes: mutate(random, seed.bytes, [random.pick(seeds).bytes]) };
  const language = random.pick(languages);
  return { path: pathOf(language), bytes: Buffer.from(soup(random, language)) };
}

const extensions: Readonly<Partial<Record<Language, string>>> = {
  typescript: 'ts',
  javascript: 'js',
  python: 'py',
  shell: 'sh',
  markdown: 'md',
  text: 'txt',
  powershell: 'ps1',
  batch: 'bat',
  ruby: 'rb',
  perl: 'pl',
  go: 'go',
  rust: 'rs',
  csharp: 'cs',
  vbscript: 'vbs',
  other: 'fish',
  makefile: 'mk',
  applescript: 'scpt',
  julia: 'jl',
};

function pathOf(language: Language): string {
  return `a.${extensions[language] ?? language}`;
}

// Pieces in any order, with brackets that mostly close.
function soup(random: Random, language: Language): string {
  const pieces =
    tokens[language] ?? (language === 'javascript' ? tokens.typescript : tokens.shell) ?? [];
  let text = '';
  for (let count = random.size(150); count > 0; count--)
    text += random.pick(pieces) + (random.chance(2) ? ' ' : '');
  return text;
}

/** Runs a case. @throws for whatever must not happen */
export async function runCase({ kind, files, isRepeated }: Case): Promise<void> {
  const once = async (): Promise<string> => {
    switch (kind) {
      case 'ingest':
        return JSON.stringify(ingestFiles(files));
      case 'front end':
        return await analyseFiles(files);
      case 'scan': {
        const report = canonicalJson(await scanSkill(files));
        parseScanReport(JSON.parse(report));
        return report;
      }
    }
  };
  const first = await once();
  if (isRepeated && (await once()) !== first)
    throw new Error('the second time, the answer was another one');
}

// Straight to the front ends: what they throw is seen here, where a scan would go on without the
// file.
async function analyseFiles(files: readonly SourceFile[]): Promise<string> {
  const paths = new Set(files.map((file) => file.path));
  let sources: readonly TaintSource[] = files.flatMap(({ path, bytes }): TaintSource[] => {
    const text = new TextDecoder().decode(bytes);
    return [
      { path, file: path, language: languageOf(path, text), text, context: 'code', depth: 0 },
    ];
  });
  const answers: string[] = [];
  for (let depth = 0; depth < 2; depth++) {
    const next: TaintSource[] = [];
    for (const source of sources.slice(0, 20)) {
      const result = (await analyserOf(source.language))([source], {
        files: paths,
        steps: new Steps(stepsMax),
      });
      answers.push(JSON.stringify(result.facts));
      for (const fact of result.facts) checkSpan(source, fact.span.start, fact.span.end);
      for (const [index, { language, text, context }] of result.embedded.entries())
        next.push({
          path: `${source.path}#${index}`,
          file: source.file,
          language,
          text,
          context,
          depth: depth + 1,
        });
    }
    sources = next;
  }
  return answers.join('\n');
}

const stepsMax = 2_000_000;

function checkSpan({ path, text }: TaintSource, start: number, end: number): void {
  if (!(start >= 0 && end >= start && end <= text.length + 1))
    throw new Error(`${path}: a fact at ${start} to ${end} of ${text.length}`);
}

const loaded = new Map<Language, Promise<Analyse>>();

function analyserOf(language: Language): Promise<Analyse> {
  const known = loaded.get(language);
  if (known !== undefined) return known;
  const frontEnd = frontEnds.find((one) => one.languages.includes(language));
  if (frontEnd === undefined) throw new Error(`no front end for ${language}`);
  const analyse = frontEnd.load().then(
    (load): Analyse =>
      (sources, context) =>
        withinSteps(() => load(sources, context)),
  );
  loaded.set(language, analyse);
  return analyse;
}

function withinSteps(analyse: () => ReturnType<Analyse>): ReturnType<Analyse> {
  try {
    return analyse();
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return { facts: [], embedded: [], unanalysed: [] };
    throw cause;
  }
}
