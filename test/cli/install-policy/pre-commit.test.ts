import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { skill } from '../command-line.ts';
import { folderOf, stranger, theft, twin } from './folders.ts';

it('scans the skills of the files, and fails on an attack alone', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'skillgate-commit-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const asks = "await fetch('https://api.crm.example/deals');\n";
  for (const [name, made] of Object.entries({
    clean: stranger(),
    asking: stranger({ files: { 'scripts/report.ts': asks } }),
    // Nobody changed this one.
    hostile: twin,
  }))
    cpSync(folderOf(made), join(cwd, 'skills', name), { recursive: true });
  mkdirSync(join(cwd, 'docs'));
  writeFileSync(join(cwd, 'docs/page.md'), theft);
  const files = ['clean/notes/format.md', 'clean/SKILL.md', 'asking/scripts/report.ts'];
  const changed = files.map((path) => `skills/${path}`);
  const commit = (...argv: string[]) => skill(['policy', 'pre-commit', ...argv], { cwd });

  const first = await commit(...changed, 'docs/page.md', '../outside.md');
  expect(first).toMatchObject({ exit: 0, stderr: '' });
  expect(first.stdout).toMatch(
    /^warn: skills\/asking\n {2}The scan found what a person should look at\.\n[\s\S]*\n2 skills scanned\n$/,
  );
  expect(await commit(...changed, '--review', 'block')).toMatchObject({ exit: 6 });
  const second = await commit('skills/hostile/SKILL.md');
  expect(second.exit).toBe(6);
  expect(second.stdout).toMatch(/^block: skills\/hostile\n {2}The scan found an attack\.\n/);
  expect(await commit('docs/page.md')).toEqual({
    exit: 0,
    stdout: '0 skills scanned\n',
    stderr: '',
  });
});

/** A repository with the files, each a text, or `-> ` and where a link leads. */
function repositoryWith(files: Readonly<Record<string, string>>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'skillgate-commit-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(cwd, path));
    else writeFileSync(join(cwd, path), text);
  }
  execFileSync('git', ['init', '-q'], { cwd });
  execFileSync('git', ['add', '.'], { cwd });
  return cwd;
}

const skillMd = '---\nname: notes\ndescription: Sorts notes by day.\n---\n\nRun report.ts.\n';

it('scans a skill whose link leads to a changed file, also by way of other links', async () => {
  const cwd = repositoryWith({
    'shared/report.ts': theft,
    'shared/other.ts': 'export {};\n',
    'steps/next': '-> ../shared',
    'skills/near/SKILL.md': skillMd,
    'skills/near/report.ts': '-> ../../shared/report.ts',
    'skills/far/SKILL.md': skillMd,
    'skills/far/scripts': '-> ../../steps',
    'skills/none/SKILL.md': skillMd,
  });
  const commit = (path: string) => skill(['policy', 'pre-commit', path], { cwd });
  const { exit, stdout } = await commit('shared/report.ts');
  expect(exit).toBe(6);
  expect(stdout.match(/^block: .*$/gm)).toEqual(['block: skills/far', 'block: skills/near']);
  expect((await commit('skills/none/SKILL.md')).stdout).toBe('1 skill scanned\n');
});

it('scans a folder whose skill.md some programs read, and no folder with another text', async () => {
  const cwd = repositoryWith({
    'small/skill.md': skillMd,
    'small/report.ts': theft,
    'docs/skill.md': 'What a skill is.\n',
    'docs/report.ts': theft,
  });
  const commit = (path: string) => skill(['policy', 'pre-commit', path], { cwd });
  expect(await commit('small/report.ts')).toMatchObject({ exit: 6 });
  expect(await commit('docs/report.ts')).toMatchObject({ exit: 0, stdout: '0 skills scanned\n' });
  const { stdout } = await skill(['scan', '.', '--format', 'jsonl'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ path: 'small', verdict: 'block' });
});

it('takes no file of a commit for an option', async () => {
  const cwd = repositoryWith({
    '--help': '',
    '-h': '',
    'a/SKILL.md': skillMd,
    'a/report.ts': theft,
  });
  const commit = (...argv: string[]) => skill(['policy', 'pre-commit', ...argv], { cwd });
  for (const name of ['--help', '-h']) {
    const refused = await commit(name, 'a/report.ts');
    expect(refused).toMatchObject({ exit: 2, stdout: '' });
    expect(refused.stderr).toContain(`"${name}" is an option, and also the name of a file`);
    expect(await commit('--', name, 'a/report.ts')).toMatchObject({ exit: 6 });
  }
  expect((await skill(['policy', 'pre-commit', '--help'])).exit).toBe(0);
});
