import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asCalled, calledNameOf, setCalledName, takeCalledName } from '../../cli/called-name.ts';
import { safe } from '../../cli/terminal/output.ts';
import { skill } from './command-line.ts';

let folder = '';
let entry = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-called-'));
  entry = join(folder, 'guard.js');
  writeFileSync(entry, '');
  for (const name of ['ours', 'theirs']) mkdirSync(join(folder, name));
  for (const name of ['skill', 'skillgate']) symlinkSync(entry, join(folder, 'ours', name));
  writeFileSync(join(folder, 'theirs/skill'), '\u007fELF procps', { mode: 0o755 });
  execFileSync('chmod', ['755', entry]);
});
afterEach(() => {
  setCalledName('skillgate');
  rmSync(folder, { recursive: true, force: true });
});

describe('the name under which the program was called', () => {
  it.each<[string, string, readonly string[], Record<string, string>, string]>([
    ['skillgate', 'ours/skillgate', ['ours'], {}, 'skillgate'],
    ['skill, where it is this program', 'ours/skill', ['ours', 'theirs'], {}, 'skill'],
    [
      'skill by its path, where another program comes first',
      'ours/skill',
      ['theirs', 'ours'],
      {},
      'skillgate',
    ],
    ['skill by its path, where it is not on PATH', 'ours/skill', [], {}, 'skillgate'],
    [
      'skill, as a function of the shell',
      'ours/skillgate',
      ['theirs', 'ours'],
      { SKILLGATE_CALLED: 'skill' },
      'skill',
    ],
    [
      'something else that a variable says',
      'ours/skillgate',
      ['ours'],
      { SKILLGATE_CALLED: 'rm -rf' },
      'skillgate',
    ],
    [
      'npm, in a checkout',
      'guard.js',
      ['theirs'],
      { npm_lifecycle_event: 'skill', npm_package_name: 'skillgate' },
      'npm run -s skill --',
    ],
    [
      'npm, in a folder of the checkout',
      'guard.js',
      [],
      {
        npm_lifecycle_event: 'skill',
        npm_package_name: 'skillgate',
        INIT_CWD: '/opt/skill gate/docs',
      },
      'npm run -s skill --',
    ],
    [
      'npm, in a folder beside the checkout',
      'guard.js',
      [],
      {
        npm_lifecycle_event: 'skill',
        npm_package_name: 'skillgate',
        INIT_CWD: '/opt/skill gate-2',
      },
      "npm --prefix '/opt/skill gate' run -s skill --",
    ],
    [
      'a script of another project with that name',
      'guard.js',
      [],
      { npm_lifecycle_event: 'skill', npm_package_name: 'theirs' },
      'skillgate',
    ],
    ['node', 'guard.js', ['ours'], {}, 'skillgate'],
  ])('%s', (_, script, path, env, name) => {
    const PATH = path.map((one) => join(folder, one)).join(':');
    const guard = env.INIT_CWD === undefined ? entry : '/opt/skill gate/cli/guard.js';
    expect(calledNameOf({ ...env, PATH }, join(folder, script), guard)).toBe(name);
  });
});

describe('the variable of the shell function', () => {
  it('is read once, and no program that is started later gets it', () => {
    const env = { SKILLGATE_CALLED: 'skill', PATH: '/usr/bin' };
    expect(takeCalledName(env, join(folder, 'ours/skillgate'), entry)).toBe('skill');
    expect(env).toEqual({ PATH: '/usr/bin' });
  });
});

describe('lines to type', () => {
  it('begin with that name in our own text, and stay as they are in what others wrote', () => {
    setCalledName('skill');
    const foreign = 'skillgate scope claim acme';
    expect(safe`Type skillgate scope show acme. It says: ${foreign}`.text).toBe(
      'Type skill scope show acme. It says: skillgate scope claim acme',
    );
  });

  it.each([
    ['skillgate run --plan NAME shows it', 'npm run -s skill -- run --plan NAME shows it'],
    ['(skillgate key create)', '(npm run -s skill -- key create)'],
    ['make one: skillgate key create NAME', 'make one: npm run -s skill -- key create NAME'],
    ['each skill run has a log', 'each skill run has a log'],
    ['the folder /opt/skillgate log', 'the folder /opt/skillgate log'],
    ['the shims call skillgate by its name', 'the shims call skillgate by its name'],
    ['SKILL.md and skill.json', 'SKILL.md and skill.json'],
  ])('%s', (text, called) => {
    setCalledName('npm run -s skill --');
    expect(asCalled(text)).toBe(called);
  });

  it.each([
    [['help'], 'skillgate demo'],
    [['help', 'scope', 'claim'], 'skillgate scope claim'],
    [['key'], 'skillgate key create'],
    [['explain', 'agent-unknown'], 'skillgate agent create NAME'],
    [['xylophone'], 'skillgate help --all lists all commands'],
    [['review', 'show'], 'skillgate help review show'],
  ])('skillgate %s prints %s', async (argv, line) => {
    const { stdout, stderr } = await skill(argv, { env: { SKILLGATE_HOME: folder } });
    expect(stdout + stderr).toContain(line);
  });
});

describe('a shell that read what shell-init prints', () => {
  it.each(['bash', 'zsh', 'fish'])('starts skillgate for skill, in %s', async (shell) => {
    const { stdout: text } = await skill(['shell-init', shell], {
      env: { SKILLGATE_HOME: folder },
    });
    expect(text).toContain('SKILLGATE_CALLED=skill command skillgate');
    if (shell !== 'bash') return;
    rmSync(join(folder, 'ours/skillgate'));
    writeFileSync(join(folder, 'ours/skillgate'), '#!/bin/sh\necho "ours $SKILLGATE_CALLED $*"\n', {
      mode: 0o755,
    });
    writeFileSync(join(folder, 'theirs/skill'), '#!/bin/sh\necho killed\n', { mode: 0o755 });
    const PATH = `${join(folder, 'theirs')}:${join(folder, 'ours')}:/usr/bin:/bin`;
    const said = execFileSync('bash', ['--norc', '-c', `${text}\nskill scope claim "a b"`], {
      env: { PATH },
      encoding: 'utf8',
    });
    expect(said).toBe('ours skill scope claim a b\n');
    writeFileSync(join(folder, 'init'), text);
    const aliased = `shopt -s expand_aliases\nalias skill=echo\neval "$(cat ${join(folder, 'init')})"\nskill help; echo whole`;
    expect(
      execFileSync('bash', ['--norc', '-c', aliased], { env: { PATH }, encoding: 'utf8' }),
    ).toBe('ours skill help\nwhole\n');
  });
});
