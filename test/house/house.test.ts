import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { commandWords } from '../../cli/command-words.ts';
import { articles } from './articles.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(top, path), 'utf8');
const sources = globSync('{skills-index,scanner,runner,registry,cli}/**/*.{ts,js}', { cwd: top });

describe('the house', () => {
  it('has every file of the guess table of docs/architecture.md', () => {
    const rows = read('docs/architecture.md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const named = rows.flatMap((row) =>
      [...row.matchAll(/`((?:cli|registry|runner|scanner|skills-index)\/[a-z/-]+\.ts)`/g)].map(([, path]) => path ?? ''),
    );
    expect(named.length).toBeGreaterThan(18);
    expect(named.filter((path) => !sources.includes(path))).toEqual([]);
  });

  it('has no file over 250 lines and no dump by its name', () => {
    const long = sources.filter((path) => read(path).split('\n').length > 251);
    const dumps = sources.filter((path) => /(^|\/)(src|utils?|helpers?|common|misc|lib|types|index)(\/|\.ts$)/.test(path));
    expect([...long, ...dumps]).toEqual([]);
  });

  it.each([
    ['what acts', 'runner/**/*.ts', 3_600],
    ['what judges and reads, without acting', 'skills-index/run/**/*.ts', 4_700],
  ])('keeps the runner within its budget of lines of code: %s', (_, files, most) => {
    const lines = globSync(files, { cwd: top }).flatMap((path) => read(path).split('\n'));
    expect(lines.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length).toBeLessThanOrEqual(most);
  });

  it('writes skillgate in each line to type, which `asCalled` prints under the name that was called', () => {
    const command = new RegExp(String.raw`(?<!${articles}\s)(?<![\w./@-])skill (?:${commandWords.join('|')})\b`);
    const texts = [...sources, ...globSync('test/**/*.ts', { cwd: top })].filter(
      (path) => path !== 'test/cli/called-name.test.ts',
    );
    const wrong = texts.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, i) => (!/^\s*(\/\/|\/?\*)/.test(line) && command.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );
    expect(wrong).toEqual([]);
  });

  it('names in a decision each package that the runner needs to run', () => {
    const named = [...read('docs/decisions/0005-runner-budget.md').matchAll(/^- `([^`]+)`/gm)].map(([, name]) => name);
    const needed = packagesReachedFrom(globSync('runner/**/*.ts', { cwd: top }));
    expect([...needed].filter((name) => !named.includes(name))).toEqual([]);
  });
});

function packagesReachedFrom(entries: readonly string[]): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const to of valueImports(read(path))) {
      if (to.startsWith('.')) waiting.push(posix.join(dirname(path), to));
      else if (!to.startsWith('node:'))
        packages.add(
          to
            .split('/')
            .slice(0, to.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  }
  return packages;
}

// Types are gone at run time, so only imports of values count here.
function valueImports(text: string): string[] {
  const emitted = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  return ts.preProcessFile(emitted.outputText, true, true).importedFiles.map((file) => file.fileName);
}
