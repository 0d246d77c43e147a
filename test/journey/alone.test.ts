import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { linesIn, readPage, sectionOf, typeLines } from './page-lines.ts';
import { makeStage } from './processes.ts';

const stage = makeStage();
const walk = makeStage();
afterAll(async () => {
  await stage.close();
  await walk.close();
});

/** Types the blocks of code that write files, as the shell would. */
function writeFilesOf(page: string): void {
  const files = page.matchAll(/^cat > (\S+) <<'END'\n(.*?)^END$/gms);
  walk.write(Object.fromEntries([...files].map(([, path = '', text = '']) => [path, text])));
  for (const [, path = ''] of page.matchAll(/^rm (\S+)/gm)) rmSync(join(walk.folder, path));
}

function describeSkill(): void {
  const path = join(stage.folder, 'hello/SKILL.md');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^description: .*$/m, 'description: Greets a person by name.'));
}

describe('README.md', () => {
  it('tells one person alone lines that work from an empty home, in their order', async () => {
    const lines = linesIn(sectionOf('../README.md', 'Install'));
    expect(lines.length).toBe(6);
    const last = await typeLines(stage, lines, (line) => {
      if (line.startsWith('init')) describeSkill();
    });
    expect(last.out).toBe('hello, Ada\n');
  });
});

describe('docs/author.md and docs/reviewer.md', () => {
  it('have lines that take a skill from an empty home to a stop, in their order', async () => {
    const author = readPage('author.md');
    const lines = [...linesIn(author), ...linesIn(readPage('reviewer.md'))];
    expect(lines.length).toBeGreaterThan(15);
    const printed: string[] = [];
    await typeLines(walk, lines, (line, { out }) => {
      if (line.startsWith('init')) writeFilesOf(author);
      if (/^(try|run) /.test(line)) printed.push(out);
    });
    expect(printed).toEqual(['month 3\n', 'month 3\n']);
  });
});
