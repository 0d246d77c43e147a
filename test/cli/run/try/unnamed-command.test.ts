import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { skill } from '../../command-line.ts';
import { folderWith } from '../../temporary-folder.ts';

describe('skillgate try on a skill whose skill.json names no command', () => {
  it.each([
    ['count', 'scripts/count.py'],
    ['sum', 'scripts/sum.py'],
    ['constructor', 'scripts/count.py'],
    ['', 'scripts/count.py'],
  ])('says how to make a script a command: %j', async (command, script) => {
    const cwd = folderWith();
    await skill(['init', 'word-count'], { cwd });
    const path = join(cwd, 'word-count/skill.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, commands: {} }));
    rmSync(join(cwd, 'word-count/scripts/hello.sh'));
    for (const name of ['count', 'sum'])
      writeFileSync(join(cwd, `word-count/scripts/${name}.py`), 'print(2)\n');
    const given = command === '' ? [] : [command];
    const { exit, stderr } = await skill(['try', 'word-count', ...given], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('Cannot try word-count: skill.json names no command');
    expect(stderr).toContain(`To make ${script} a command: skillgate manifest word-count --write`);
  });
});

describe('skillgate try of a command whose file is not in the skill', () => {
  async function tried(commands: Record<string, string>, ...given: string[]) {
    const cwd = folderWith();
    await skill(['init', 'word-count'], { cwd });
    writeFileSync(join(cwd, 'word-count/scripts/count.py'), 'print(2)\n');
    const path = join(cwd, 'word-count/skill.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, commands }));
    return await skill(['try', 'word-count', ...given], { cwd });
  }

  it('does not refuse another command of the skill for the missing file', async () => {
    const commands = { count: 'scripts/count.py', totals: 'scripts/total.py' };
    const { stderr } = await tried(commands, 'count');
    expect(stderr).not.toContain('the skill has no file');
  });
});
