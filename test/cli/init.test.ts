import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareVersion } from '../../cli/publish/prepare-version.ts';
import { skill } from './command-line.ts';
import { folderWith } from './temporary-folder.ts';

describe('skillgate init', () => {
  it('writes a skill that is whole, and cannot be published before somebody wrote its description', async () => {
    const cwd = folderWith();
    const ran = await skill(['init', 'weekly-report', '--scope', 'acme'], { cwd });
    expect(ran.exit).toBe(0);
    const { manifest, skillMd, warnings } = await prepareVersion(join(cwd, 'weekly-report'));
    expect(manifest).toMatchObject({ name: '@acme/weekly-report', version: '0.1.0' });
    expect(skillMd.name).toBe('weekly-report');
    expect(warnings).toEqual([]);
    expect(await skill(['publish', 'weekly-report', '--dry-run'], { cwd })).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(/error\[placeholder-text\][\s\S]*SKILL\.md:3:/),
    });
  });

  it('adds a draft of skill.json to a folder with a SKILL.md, and touches nothing else', async () => {
    const skillMd =
      '---\nname: deals\ndescription: Lists deals.\n---\nRun `python scripts/deals.py`.\n';
    const cwd = folderWith({
      'SKILL.md': skillMd,
      'scripts/deals.py': 'import os\nprint(os.environ["CRM_REGION"])\n',
    });
    const ran = await skill(['init', '.', '--scope', 'acme'], { cwd });
    expect(ran).toMatchObject({ exit: 0, stderr: expect.stringContaining('SKILL.md stays') });
    expect(readdirSync(cwd).sort()).toEqual(['SKILL.md', 'scripts', 'skill.json']);
    expect(readFileSync(join(cwd, 'SKILL.md'), 'utf8')).toBe(skillMd);
    expect(JSON.parse(readFileSync(join(cwd, 'skill.json'), 'utf8'))).toMatchObject({
      name: '@acme/deals',
      commands: { deals: 'scripts/deals.py' },
      capabilities: { env: [{ name: 'CRM_REGION' }] },
    });
    expect(await skill(['init', '.', '--scope', 'acme'], { cwd })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('error[file-exists]'),
    });
  });

  it.each([
    ['SKILL.md', 'skill-md-invalid'],
    ['skill.json', 'file-exists'],
  ])('overwrites no %s, and leaves nothing half-written', async (name, code) => {
    const cwd = folderWith({ [name]: 'mine' });
    const ran = await skill(['init', '.', '--name', 'x'], { cwd });
    expect(ran.exit).not.toBe(0);
    expect(ran.stderr).toContain(`error[${code}]`);
    expect(ran.stderr).not.toContain('cause:');
    expect(readdirSync(cwd)).toEqual([name]);
    expect(readFileSync(join(cwd, name), 'utf8')).toBe('mine');
  });

  it('writes no second file beside Skill.md', async () => {
    const name = 'Skill.md';
    const cwd = folderWith({ [`x/${name}`]: '---\nname: x\n---\n' });
    const { exit, stderr } = await skill(['init', 'x'], { cwd });
    expect(exit).toBeGreaterThan(0);
    expect(stderr).toMatch(new RegExp(`mv ${join(cwd, 'x', name)} ${join(cwd, 'x/SKILL.md')}`));
    expect(readdirSync(join(cwd, 'x'))).toEqual([name]);
    const published = await skill(['publish', 'x', '--dry-run'], { cwd });
    expect(published.stderr).toContain(`Rename ${name} to SKILL.md`);
  });

  it('drafts beside skill.md, and names a folder in any letters', async () => {
    const cwd = folderWith({ 'x/skill.md': '---\nname: 周报\ndescription: b\n---\n' });
    expect(await skill(['init', 'x', '--format', 'json'], { cwd })).toMatchObject({ exit: 0 });
    expect(readdirSync(join(cwd, 'x'))).toEqual(['skill.json', 'skill.md']);
    const made = await skill(['init', 'Été-2'], { cwd });
    expect(made.stderr).toContain('The skill is named ete-2');
    expect(readFileSync(join(cwd, 'Été-2/SKILL.md'), 'utf8')).toContain('name: été-2\n');
  });

  it.each([
    [['...'], 'skillgate init --name NAME'],
    // All letters are Cyrillic.
    [['ѕсоре'], 'error[name-invalid]'],
    [['x', '--name', 'A b'], 'error[name-invalid]'],
    [['x', '--scope', '../y'], 'error[name-invalid]'],
  ])('refuses %j', async (argv, says) => {
    expect(await skill(['init', ...argv], { cwd: folderWith() })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(says),
    });
  });
});

describe('what cannot be published', () => {
  const skillMd = '---\nname: a\ndescription: b\n---\n';
  const manifest = (change: object = {}) =>
    JSON.stringify({ name: '@me/a', version: '1.0.0', capabilities: {}, ...change });
  it.each<[string, Record<string, string>, number, RegExp]>([
    [
      'a folder without SKILL.md',
      { 'skill.json': manifest() },
      3,
      /error\[skill-md-missing\][\s\S]*or name the skill’s folder: skillgate publish DIR/,
    ],
    [
      'a folder without skill.json',
      { 'SKILL.md': skillMd },
      3,
      /error\[manifest-missing\][\s\S]*skillgate manifest \/\S+\/s --write/,
    ],
    [
      'unreadable YAML',
      { 'SKILL.md': '---\nname: [\n---\n', 'skill.json': manifest() },
      2,
      /error\[skill-md-invalid\]/,
    ],
    [
      'a SKILL.md that is not UTF-8',
      { 'SKILL.md': '\u0000latin', 'skill.json': manifest() },
      2,
      /error\[skill-md-invalid\]/,
    ],
    [
      'a skill.json that is no JSON',
      { 'SKILL.md': skillMd, 'skill.json': '{' },
      2,
      /error\[(json|manifest)-invalid\]/,
    ],
    [
      'an unknown key',
      { 'SKILL.md': skillMd, 'skill.json': manifest({ capability: {} }) },
      2,
      /Cannot read skill\.json: capability .*\(line 1, column \d+\)/,
    ],
    [
      'a version that is none',
      { 'SKILL.md': skillMd, 'skill.json': manifest({ version: '1.0' }) },
      2,
      /error\[manifest-invalid\]/,
    ],
    [
      'a command without its file',
      { 'SKILL.md': skillMd, 'skill.json': manifest({ commands: { go: 'go.sh' } }) },
      2,
      /commands\.go: the skill has no file "go\.sh"/,
    ],
    [
      'a mount of a host path',
      {
        'SKILL.md': skillMd,
        'skill.json': manifest({
          capabilities: { mount: [{ source: '/etc', target: '/x', mode: 'ro', why: 'w' }] },
        }),
      },
      2,
      /error\[manifest-invalid\]/,
    ],
    [
      'names that are the same on some machines',
      { 'SKILL.md': skillMd, 'skill.json': manifest(), 'A.txt': '', 'a.txt': '' },
      6,
      /error\[path-invalid\]/,
    ],
    [
      'a name that Windows reserves',
      { 'SKILL.md': skillMd, 'skill.json': manifest(), 'con.txt': '' },
      6,
      /error\[path-invalid\]/,
    ],
    [
      'a file of secrets',
      { 'SKILL.md': skillMd, 'skill.json': manifest(), '.env': '' },
      6,
      /error\[path-invalid\]/,
    ],
  ])('is refused before anything is signed: %s', async (_, files, exit, says) => {
    const cwd = folderWith();
    mkdirSync(join(cwd, 's'));
    for (const [path, text] of Object.entries(files))
      writeFileSync(
        join(cwd, 's', path),
        text.startsWith('\0') ? Buffer.from([0xff, 0xfe, 0x41]) : text,
      );
    expect(await skill(['publish', 's', '--dry-run'], { cwd })).toMatchObject({
      exit,
      stdout: '',
      stderr: expect.stringMatching(says),
    });
  });
});
