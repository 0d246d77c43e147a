import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
