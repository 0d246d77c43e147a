import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
    const dumps = sources.filter((path) => /(^|\/)(src|utils?|helpers?|common|misc|lib|types)(\/|\.ts$)|\/index\.ts$/.test(path));
    expect([...long, ...dumps]).toEqual([]);
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
});
