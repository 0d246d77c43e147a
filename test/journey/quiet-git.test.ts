import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { originOf } from '../../cli/publish/provenance.ts';
import { readWholeSkill } from '../../cli/scan/source-folder.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { folderWith } from '../cli/temporary-folder.ts';

const skillMd = '---\nname: a\ndescription: b\n---\n';

interface Trap {
  readonly top: string;
  /** The skill's folder. */
  readonly folder: string;
  /** Exists as soon as a command of the repository's ran. */
  readonly ran: string;
  readonly touch: string;
}

/** A repository with one commit, whose config has what is given besides. */
function trapWith(config: (trap: Trap) => string): Trap {
  const top = folderWith({ 's/SKILL.md': skillMd, '.gitattributes': '* filter=x diff=x\n' });
  const ran = join(folderWith(), 'ran');
  const script = join(folderWith(), 'trap.sh');
  writeFileSync(script, `#!/bin/sh\ntouch ${ran}\n`);
  chmodSync(script, 0o755);
  git(top, 'init', '-q');
  git(top, 'add', '.');
  git(top, 'commit', '-q', '-m', 'first');
  const trap = { top, folder: join(top, 's'), ran, touch: script };
  writeFileSync(join(top, '.git/config'), config(trap));
  return trap;
}

function git(cwd: string, ...args: string[]): string {
  const options = { cwd, encoding: 'utf8', stdio: 'pipe', timeout: 10_000 } as const;
  return execFileSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args],
    options,
  ).trim();
}

function lose({ top }: Trap, ...revisions: string[]): void {
  for (const id of revisions.map((one) => git(top, 'rev-parse', one)))
    rmSync(join(top, '.git/objects', id.slice(0, 2), id.slice(2)));
}

const promisor = (url: string, more = ''): string =>
  `[core]\n\trepositoryformatversion = 1\n${more}[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ${url}\n\tpromisor = true\n`;

const origin = async (folder: string, env: NodeJS.ProcessEnv = process.env) =>
  originOf(folder, packBundle((await readWholeSkill(folder)).files), env);

describe('git asked about a hostile repository', () => {
  const fetchers: [string, (trap: Trap) => string][] = [
    [
      'core.sshCommand',
      ({ touch }) => promisor('ssh://git.example/r', `\tsshCommand = ${touch}\n`),
    ],
    [
      'an ext:: remote',
      ({ touch }) =>
        `${promisor(`ext::${touch}`)}[protocol "ext"]\n\tallow = always\n[protocol]\n\tallow = always\n`,
    ],
    ['uploadpack', ({ top, touch }) => `${promisor(`file://${top}`)}\tuploadpack = ${touch}\n`],
    ['core.gitProxy', ({ touch }) => promisor('git://git.example/r', `\tgitProxy = ${touch}\n`)],
  ];
  const losses: [string, string[]][] = [
    ['the tree', ['HEAD^{tree}']],
    ['the folder’s tree', ['HEAD:s']],
    ['the commit and the tree', ['HEAD^{tree}', 'HEAD']],
  ];

  it.each(
    fetchers.flatMap(([by, config]) => losses.map(([what, lost]) => ({ by, config, what, lost }))),
  )('fetches nothing by $by where $what is missing', async ({ config, lost }) => {
    const trap = trapWith(config);
    lose(trap, ...lost);
    expect(await origin(trap.folder)).toMatchObject({
      kind: 'none',
      why: expect.stringMatching(/Skillgate fetches nothing/),
    });
    expect(existsSync(trap.ran)).toBe(false);
    // The trap is one: git as it is falls into it.
    expect(() => git(trap.folder, 'ls-tree', '-r', 'HEAD')).toThrow();
    expect(existsSync(trap.ran)).toBe(true);
  });

  it('starts nothing else that its config, attributes or hooks name, and still names the commit', async () => {
    const trap = trapWith(({ touch }) =>
      [
        '[core]',
        ...['fsmonitor', 'pager', 'editor', 'askPass', 'sshCommand', 'alternateRefsCommand'].map(
          (name) => `${name} = ${touch}`,
        ),
        `[filter "x"]\nclean = ${touch}\nsmudge = ${touch}\nprocess = ${touch}\n[diff]\nexternal = ${touch}\n[diff "x"]\ntextconv = ${touch}`,
        `[gpg]\nprogram = ${touch}\n[log]\nshowSignature = true\n[credential]\nhelper = ${touch}\n[pager]\nls-tree = ${touch}\nrev-parse = ${touch}\nconfig = ${touch}`,
        ...['rev-parse', 'ls-tree', 'config'].map((name) => `[alias]\n${name} = !${touch}`),
        '[remote "origin"]\nurl = https://git.example/acme/skills.git\n',
      ].join('\n'),
    );
    for (const name of [
      'post-index-change',
      'reference-transaction',
      'fsmonitor-watchman',
      'post-checkout',
    ]) {
      mkdirSync(join(trap.top, '.git/hooks'), { recursive: true });
      writeFileSync(join(trap.top, '.git/hooks', name), `#!/bin/sh\ntouch ${trap.ran}\n`, {
        mode: 0o755,
      });
    }
    expect(await origin(trap.folder)).toMatchObject({ kind: 'origin', origin: { folder: 's' } });
    expect(existsSync(trap.ran)).toBe(false);
    spawnSync('git', ['status'], { cwd: trap.folder });
    expect(existsSync(trap.ran)).toBe(true);
  });

  it('takes a bare repository among the skill’s own files for no repository', async () => {
    const trap = trapWith(({ touch }) =>
      promisor('ssh://git.example/r', `\tbare = true\n\tsshCommand = ${touch}\n`),
    );
    lose(trap, 'HEAD^{tree}');
    for (const name of ['HEAD', 'config', 'objects', 'refs'])
      renameSync(join(trap.top, '.git', name), join(trap.folder, name));
    rmSync(join(trap.top, '.git'), { recursive: true });
    expect(await origin(trap.folder)).toMatchObject({
      kind: 'none',
      why: expect.stringMatching(/bare git repository/),
    });
    expect(existsSync(trap.ran)).toBe(false);
    expect(() => git(trap.folder, 'ls-tree', '-r', 'HEAD')).toThrow();
    expect(existsSync(trap.ran)).toBe(true);
  });

  it('starts no program called git in the folder, whatever PATH says', async () => {
    const trap = trapWith(() => '[remote "origin"]\nurl = https://git.example/acme/skills.git\n');
    writeFileSync(join(trap.folder, 'git'), `#!/bin/sh\ntouch ${trap.ran}\n`, { mode: 0o755 });
    for (const PATH of [undefined, '', '.', `.:${process.env.PATH}`])
      await origin(trap.folder, { ...process.env, PATH });
    expect(existsSync(trap.ran)).toBe(false);
  });

  it('starts only where it could find a repository', async () => {
    const top = folderWith({ 'a/s/SKILL.md': skillMd });
    const [folder, ran, programs] = [join(top, 'a/s'), join(folderWith(), 'ran'), folderWith()];
    writeFileSync(join(programs, 'git'), `#!/bin/sh\ntouch ${ran}\nexit 1\n`);
    chmodSync(join(programs, 'git'), 0o755);
    const env = { PATH: `${programs}:${process.env.PATH}` };
    const nowhere = { kind: 'none', why: expect.stringContaining('Commit the folder first') };
    expect(await origin(folder, env)).toEqual(nowhere);
    expect(existsSync(ran)).toBe(false);
    // git looks above the folder that the link names.
    const link = join(folderWith(), 'link');
    symlinkSync(join(top, 'a'), link);
    git(top, 'init', '-q');
    for (const path of [folder, join(link, 's')]) {
      expect(await origin(path, env)).toEqual(nowhere);
      expect(existsSync(ran)).toBe(true);
      rmSync(ran);
    }
  });

  it('gives it nothing of the environment', async () => {
    const trap = trapWith(() => '[remote "origin"]\nurl = https://git.example/acme/skills.git\n');
    const spy = folderWith({ git: `#!/bin/sh\nenv >> ${trap.ran}\nexit 1\n` });
    chmodSync(join(spy, 'git'), 0o755);
    await origin(trap.folder, {
      PATH: `${spy}:/usr/bin:/bin`,
      CI_TOKEN: 'ci-secret',
      GIT_SSH_COMMAND: 'ci-secret',
      HOME: '/home/ada',
    });
    const seen = execFileSync('cat', [trap.ran], { encoding: 'utf8' });
    expect(seen).toContain('GIT_NO_LAZY_FETCH=1');
    expect(seen).not.toContain('ci-secret');
  });

  it('reads a repository of the SHA-256 format', async () => {
    const trap = trapWith(() => '');
    rmSync(join(trap.top, '.git'), { recursive: true });
    git(trap.top, 'init', '-q', '--object-format=sha256');
    git(trap.top, 'remote', 'add', 'origin', 'https://git.example/acme/skills.git');
    git(trap.top, 'add', '.');
    git(trap.top, 'commit', '-q', '-m', 'first');
    expect(await origin(trap.folder)).toMatchObject({
      kind: 'origin',
      origin: { commit: git(trap.top, 'rev-parse', 'HEAD') },
    });
  });

  it('trusts a folder of another user where this user’s own config does, and nowhere else', async () => {
    const trap = trapWith(
      () => '[remote "origin"]\nurl = https://git.example/acme/skills.git\n[safe]\ndirectory = *\n',
    );
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const wrapper = folderWith({
      git: `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${real} "$@"\n`,
    });
    chmodSync(join(wrapper, 'git'), 0o755);
    const as = (HOME: string) =>
      origin(trap.folder, { PATH: `${wrapper}:${process.env.PATH}`, HOME });
    expect(await as(folderWith())).toMatchObject({
      kind: 'none',
      why: expect.stringMatching(/another user/),
    });
    const trusting = folderWith({ '.gitconfig': `[safe]\n\tdirectory = ${trap.top}\n` });
    expect(await as(trusting)).toMatchObject({ kind: 'origin' });
  });
});
