import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
      [...row.matchAll(/`((?:cli|registry|runner|scanner|skills-index)\/[a-z/-]+\.ts)`/g)].map(
        ([, path]) => path ?? '',
      ),
    );
    expect(named.length).toBeGreaterThan(18);
    expect(named.filter((path) => !sources.includes(path))).toEqual([]);
  });

  it('has no file over 600 lines, and no dump by its name', () => {
    const long = sources.filter((path) => read(path).split('\n').length > 601);
    const dumps = sources.filter((path) =>
      /(^|\/)(src|utils?|helpers?|common|misc|lib|types)(\/|\.ts$)|\/index\.ts$/.test(path),
    );
    expect([...long, ...dumps]).toEqual([]);
  });

  it('writes skillgate in each line to type, which `asCalled` prints under the name that was called', () => {
    const command = new RegExp(
      String.raw`(?<!${articles}\s)(?<![\w./@-])skill (?:${commandWords.join('|')})\b`,
    );
    const texts = [...sources, ...globSync('test/**/*.ts', { cwd: top })].filter(
      (path) => path !== 'test/cli/called-name.test.ts',
    );
    const wrong = texts.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, i) =>
          !/^\s*(\/\/|\/?\*)/.test(line) && command.test(line)
            ? [`${path}:${i + 1}: ${line.trim()}`]
            : [],
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('has no comment wider than 100 columns, which the formatter does not wrap', () => {
    const wide = sources.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, i) =>
          /^\s*(\/\/|\/\*\*|\*) /.test(line) &&
          line.length > 100 &&
          !/\S{80}|\||biome-ignore/.test(line)
            ? [`${path}:${i + 1}`]
            : [],
        ),
    );
    expect(wide).toEqual([]);
  });

  it('spreads no literal and destructures no literal, which would only save a line', () => {
    const packed = sources
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => packedIn(path).map((line) => `${path}:${line}`));
    expect(packed).toEqual([]);
  });
});

// Lines where `{ ...{ a, b } }`, `[...[a, b]]` or `const [a, b] = [1, 2]` stands.
function packedIn(path: string): number[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (isPacked(node)) lines.push(file.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines;
}

function isPacked(node: ts.Node): boolean {
  if (ts.isSpreadAssignment(node) || ts.isSpreadElement(node))
    return (
      ts.isObjectLiteralExpression(node.expression) || ts.isArrayLiteralExpression(node.expression)
    );
  if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return false;
  const value = ts.isAsExpression(node.initializer)
    ? node.initializer.expression
    : node.initializer;
  // A literal that joins lists is no list of separate values.
  return (
    ts.isVariableStatement(node.parent.parent) &&
    ts.isArrayBindingPattern(node.name) &&
    ts.isArrayLiteralExpression(value) &&
    !value.elements.some(ts.isSpreadElement)
  );
}
