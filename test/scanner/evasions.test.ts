/**
 * Ways to hide what code does, and what has to be seen all the same:
 * `evasions/<language>/<story>.txt`, text archives of small skills, one per folder. The part
 * `expected` has lines `case/path:line what`, where `what` is one of
 * - a capability as reports print it: `env SECRET`, `exec sh`, `egress POST https://a.example/x`,
 *   `mount ro ~/.ssh/id_rsa`;
 * - a rule, with its severity or without: `flow/secret-to-network high`;
 * - a trait, with its detail or without: `code-from-string`, `decode-to-code id`.
 * All that is expected has to be seen at its very line; more may be. A folder `near-…` is honest:
 * it has to pass, and may have lines too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../scanner/rules.ts';
import { scanWithFacts } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { printCapability } from '../../skills-index/skill/capability.ts';
import { addSkillMd } from './rule-fixture.ts';
import { fileOf, parseTextArchive } from './txtar.ts';

const folder = new URL('./evasions/', import.meta.url);
const ruleIds = new Set<string>(rules.map((rule) => rule.id));

interface Story {
  readonly cases: ReadonlyMap<string, readonly SourceFile[]>;
  /** `case/path:line what` */
  readonly expected: readonly string[];
}

function readStory(path: string): Story {
  const archive = parseTextArchive(readFileSync(new URL(path, folder), 'utf8'));
  const cases = new Map<string, SourceFile[]>();
  for (const [name, content] of archive.files) {
    if (name === 'expected') continue;
    const { path, bytes } = fileOf(name, content);
    const [one = '', ...rest] = path.split('/');
    cases.set(one, [...(cases.get(one) ?? []), { path: rest.join('/'), bytes, mode: 0o644 }]);
  }
  for (const files of cases.values()) addSkillMd(files);
  return {
    cases,
    expected: (archive.files.get('expected') ?? '').split('\n').filter((line) => line !== ''),
  };
}

/** All that is seen in a skill, each as the lines that may be expected of it. */
async function seenIn(
  files: readonly SourceFile[],
): Promise<{ seen: Set<string>; verdict: string; findings: string[] }> {
  const { report, facts } = await scanWithFacts(files);
  const lines = new Map(files.map(({ path, bytes }) => [path, decode(bytes)]));
  const lineOf = (path: string, offset: number): number =>
    (lines.get(path) ?? '').slice(0, offset).split('\n').length;
  const seen = new Set<string>();
  for (const fact of facts) {
    if (fact.context === 'comment' || fact.context === 'fence-doc') continue;
    const place = `${fact.span.path}:${lineOf(fact.span.path, fact.span.start)}`;
    if (fact.kind === 'capability') seen.add(`${place} ${printCapability(fact.capability)}`);
    if (fact.kind === 'trait')
      seen.add(`${place} ${fact.trait}`).add(`${place} ${fact.trait} ${fact.detail}`);
  }
  const findings = report.findings.map(
    ({ path, line, rule, severity }) => `${path}:${line} ${rule} ${severity}`,
  );
  for (const finding of findings) seen.add(finding).add(finding.slice(0, finding.lastIndexOf(' ')));
  return { seen, verdict: report.verdict, findings };
}

function decode(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return Buffer.from(bytes)
    .toString(utf16 ? 'utf16le' : 'utf8')
    .replace(/^\ufeff/, '');
}

const languages = readdirSync(folder).sort();

describe.each(languages)('evasions in %s', (language) => {
  describe.each(readdirSync(new URL(`${language}/`, folder)).sort())('%s', (name) => {
    const { cases, expected } = readStory(`${language}/${name}`);

    it('expects something of each case, of files that are there, in words that are known', () => {
      const silent = [...cases.keys()].filter(
        (one) => !one.startsWith('near-') && !expected.some((line) => line.startsWith(`${one}/`)),
      );
      expect(silent).toEqual([]);
      const paths = new Set(
        [...cases].flatMap(([one, files]) => files.map((file) => `${one}/${file.path}`)),
      );
      const lost = expected.filter((line) => !paths.has(/^(.+?):\d+ \S/.exec(line)?.[1] ?? ''));
      expect(lost).toEqual([]);
      const words = expected
        .map((line) => line.split(' ')[1] ?? '')
        .filter((word) => word.includes('/'));
      expect(words.filter((word) => !ruleIds.has(word))).toEqual([]);
    });

    it.each([...cases])('sees what %s does', async (one, files) => {
      const { seen, verdict, findings } = await seenIn(files);
      const wanted = expected
        .filter((line) => line.startsWith(`${one}/`))
        .map((line) => line.slice(one.length + 1));
      expect(
        [...seen].filter((line) => wanted.includes(line)).sort(),
        [...seen].join('\n'),
      ).toEqual([...new Set(wanted)].sort());
      if (one.startsWith('near-'))
        expect({ verdict, findings }).toEqual({ verdict: 'pass', findings: expect.anything() });
    });
  });
});

it('has stories to tell', () => {
  expect(existsSync(folder) && languages.length).toBeGreaterThan(0);
});
