import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GitLimits, gitLimits, makeBoundedGit } from '../../cli/git/bounded-git.ts';
import { type FetchedCommit, folderAddress, withCommit } from '../../cli/git/fetched-commit.ts';
import { folderWith } from '../cli/temporary-folder.ts';

const skillMd = '---\nname: a\ndescription: b\n---\n';
const mebibyte = 1024 * 1024;

interface Trap {
  readonly top: string;
  /** Exists as soon as a program that the repository names ran. */
  readonly ran: string;
  readonly touch: string;
}

/** A repository with one commit of these files. */
function trapWith(files: Readonly<Record<string, string>> = {}): Trap {
  const top = folderWith({ 's/SKILL.md': skillMd, ...files });
  const tools = folderWith();
  const ran = join(tools, 'ran');
  const touch = join(tools, 'trap.sh');
  writeFileSync(touch, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  git(top, 'init', '-q', '-b', 'main');
  commitAll(top);
  return { top, ran, touch };
}

function git(cwd: string, ...args: string[]): string {
  return gitFed(cwd, '', ...args);
}

function gitFed(cwd: string, input: string | Buffer, ...args: string[]): string {
  const options = { cwd, input, encoding: 'utf8', stdio: 'pipe', timeout: 60_000 } as const;
  const who = ['-c', 'core.compression=1', '-c', 'user.name=t', '-c', 'user.email=t@t.example'];
  return execFileSync('git', [...who, ...args], options).trim();
}

function commitAll(top: string): void {
  git(top, 'add', '-A');
  git(top, 'commit', '-q', '-m', 'next');
}

/** Makes a commit of a tree that git itself would not make. */
function commitTree(top: string, tree: string): void {
  git(top, 'update-ref', 'refs/heads/main', git(top, 'commit-tree', '-m', 'x', tree));
}

interface Fetched {
  readonly cache: string;
  readonly read: Promise<unknown>;
}

function fetched(
  top: string,
  {
    limits = {},
    ref,
    env = process.env,
    use = async (commit) => commit.tree.skillsBelow(''),
  }: {
    readonly limits?: Partial<GitLimits>;
    readonly ref?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly use?: (commit: FetchedCommit) => Promise<unknown>;
  } = {},
): Fetched {
  const cache = folderWith();
  const world = {
    env,
    signal: new AbortController().signal,
    paths: { cache, config: cache, data: cache },
    limits: { ...gitLimits, ...limits },
  };
  return { cache, read: withCommit(world, folderAddress(top, ref), use) };
}

/** Also says that nothing stays on the disk. */
async function expectRefusal({ read, cache }: Fetched, code: string, more = {}): Promise<void> {
  await expect(read).rejects.toMatchObject({ code, ...more });
  expect(readdirSync(cache)).toEqual([]);
}

describe('a hostile repository starts nothing', () => {
  it('by its hooks, filters, submodules and settings', async () => {
    const trap = trapWith({
      '.gitattributes': '* filter=x diff=x\n',
      '.gitmodules': '[submodule "m"]\n\tpath = m\n\turl = ./m\n\tupdate = none\n',
    });
    const { top, touch } = trap;
    const keys = ['fsmonitor', 'pager', 'sshCommand', 'gitProxy', 'alternateRefsCommand'];
    writeFileSync(
      join(top, '.git/config'),
      [
        '[core]',
        ...keys.map((key) => `${key} = ${touch}`),
        `hooksPath = ${join(top, '.git/hooks')}`,
        `[filter "x"]\nclean = ${touch}\nsmudge = ${touch}\nprocess = ${touch}`,
        `[uploadpack]\npackObjectsHook = ${touch}`,
        `[protocol]\nallow = always\n[protocol "ext"]\nallow = always`,
        `[remote "origin"]\nurl = ext::${touch}\nuploadpack = ${touch}\npromisor = true`,
        `[submodule "m"]\nurl = ext::${touch}\nactive = true\nupdate = !${touch}`,
      ].join('\n'),
    );
    mkdirSync(join(top, '.git/hooks'), { recursive: true });
    for (const hook of [
      'post-checkout',
      'reference-transaction',
      'post-index-change',
      'pre-auto-gc',
    ])
      writeFileSync(join(top, '.git/hooks', hook), `#!/bin/sh\ntouch ${trap.ran}\n`, {
        mode: 0o755,
      });
    await expect(fetched(top).read).resolves.toEqual(['s']);
    expect(existsSync(trap.ran)).toBe(false);
    // The trap is one: git as it is falls into it.
    spawnSync('git', ['status'], { cwd: top });
    expect(existsSync(trap.ran)).toBe(true);
  });

  it('by an object that the server would have to fetch', async () => {
    const trap = trapWith();
    const { top, touch } = trap;
    const id = git(top, 'rev-parse', 'HEAD:s');
    rmSync(join(top, '.git/objects', id.slice(0, 2), id.slice(2)));
    writeFileSync(
      join(top, '.git/config'),
      `[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = file://${top}\n\tpromisor = true\n\tuploadpack = ${touch}\n`,
    );
    await expectRefusal(fetched(top), 'git-failed');
    expect(existsSync(trap.ran)).toBe(false);
    expect(() => git(top, 'ls-tree', '-r', 'HEAD')).toThrow();
    expect(existsSync(trap.ran)).toBe(true);
  });

  it('by an address of another protocol', async () => {
    const { touch, ran } = trapWith();
    const world = {
      env: process.env,
      signal: new AbortController().signal,
      digits: 40,
      protocol: 'https',
    };
    const bounded = await makeBoundedGit(folderWith(), world);
    await expect(bounded.text('ls-remote', '--', `ext::${touch}`)).rejects.toMatchObject({
      message: expect.stringMatching(/transport 'ext' not allowed/),
    });
    expect(existsSync(ran)).toBe(false);
    expect(() =>
      git(folderWith(), '-c', 'protocol.ext.allow=always', 'ls-remote', `ext::${touch}`),
    ).toThrow();
    expect(existsSync(ran)).toBe(true);
  });

  it('by the names of its branches and tags', async () => {
    const { top, ran } = trapWith();
    const names = [
      `refs/tags/--upload-pack=touch\${IFS}${ran.slice(1)}`,
      'refs/heads/-x',
      'refs/tags/$(id)',
      'refs/tags/v1.0.0',
    ];
    for (const name of names) git(top, 'update-ref', name, 'HEAD');
    const use = async ({ tagsHere }: FetchedCommit) => tagsHere;
    for (const ref of [undefined, '-x', '$(id)', names[0], names[0]?.slice(10)])
      await expect(
        fetched(top, { use, ...(ref === undefined ? {} : { ref }) }).read,
      ).resolves.toContain('v1.0.0');
    expect(existsSync(ran)).toBe(false);
    await expectRefusal(fetched(top, { ref: '--help' }), 'git-ref-unknown');
  });
});

describe('a hostile repository writes nothing beside itself', () => {
  it.each([
    ['.git', '100644'],
    ['.GIT', '40000'],
    ['..', '40000'],
    ['a/b', '100644'],
  ])('by a name %s in a tree', async (name, mode) => {
    const { top } = trapWith();
    const id = git(top, 'rev-parse', mode === '40000' ? 'HEAD:s' : 'HEAD:s/SKILL.md');
    const row = Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
    commitTree(top, gitFed(top, row, 'hash-object', '-t', 'tree', '--literally', '-w', '--stdin'));
    await expectRefusal(fetched(top), 'git-failed', {
      message: expect.stringMatching(/^git failed: error: object [0-9a-f]{40}: \w+: /),
      hint: expect.stringContaining('git refuses this object'),
    });
  });
});

describe('a hostile repository fills nothing', () => {
  const fetchedWith = (
    files: Readonly<Record<string, string | Buffer>>,
    limits: Partial<GitLimits>,
  ) => {
    const { top } = trapWith();
    for (const [path, content] of Object.entries(files)) writeFileSync(join(top, path), content);
    commitAll(top);
    return fetched(top, { limits });
  };
  const noise = (bytes: number): Buffer => {
    const made = Buffer.alloc(bytes);
    for (let at = 0, word = 1; at < bytes; at += 4) {
      word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
      made.writeUInt32LE(word, at);
    }
    return made;
  };

  it('by a large pack', async () => {
    const files = { large: noise(6 * mebibyte) };
    await expectRefusal(fetchedWith(files, { fileBytes: 2 * mebibyte }), 'git-too-large');
    await expect(fetchedWith(files, { fileBytes: 20 * mebibyte }).read).resolves.toEqual(['s']);
  });

  it('by a small pack of much content: processor time', async () => {
    const files = { zeros: Buffer.alloc(300 * mebibyte) };
    await expectRefusal(fetchedWith(files, { processorSeconds: 1 }), 'git-too-large');
  });

  it('by deltas, which git unpacks in memory', async () => {
    const zeros = Buffer.alloc(120 * mebibyte);
    const files = { zeros, more: Buffer.concat([zeros, Buffer.from('x')]) };
    await expectRefusal(fetchedWith(files, { memoryBytes: 100 * mebibyte }), 'git-too-large');
  });

  it('by a few trees that make many files', async () => {
    const { top } = trapWith();
    let tree = git(top, 'rev-parse', 'HEAD:s');
    for (let depth = 0; depth < 8; depth++) {
      const rows = Array.from({ length: 16 }, (_, at) => `040000 tree ${tree}\tfolder-${at}`);
      tree = gitFed(top, `${rows.join('\n')}\n`, 'mktree');
    }
    commitTree(top, tree);
    await expectRefusal(fetched(top, { limits: { listBytes: mebibyte } }), 'git-too-large');
  });

  it('by a list of files that ends early, which would hide files', async () => {
    const { top } = trapWith();
    const spy = folderWith();
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\ncase " $* " in *" ls-tree "*) kill -9 $$;; esac\nexec ${real} "$@"\n`;
    writeFileSync(join(spy, 'git'), script, { mode: 0o755 });
    const env = { ...process.env, PATH: `${spy}:${process.env.PATH}` };
    await expectRefusal(fetched(top, { env }), 'git-too-large');
  });

  it('by a server that never ends', async () => {
    const spy = folderWith();
    const ended = join(spy, 'ended');
    // The first call of git reads the user's list of trusted folders.
    const script = `#!/bin/sh
case " $* " in *" config "*) exit 1;; esac
trap 'touch ${ended}; exit 1' INT
while :; do sleep 0.1; done
`;
    writeFileSync(join(spy, 'git'), script, { mode: 0o755 });
    const env = { ...process.env, PATH: `${spy}:${process.env.PATH}` };
    const { top } = trapWith();
    await expectRefusal(fetched(top, { env, limits: { seconds: 1 } }), 'git-too-large');
    await expect.poll(() => existsSync(ended)).toBe(true);
  });
});

it('is read as it was when its branch moves meanwhile', async () => {
  const { top } = trapWith();
  const before = git(top, 'rev-parse', 'HEAD');
  const mover = folderWith();
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(join(top, 's/new'), 'x');
  commitAll(top);
  const after = git(top, 'rev-parse', 'HEAD');
  git(top, 'reset', '-q', '--hard', before);
  writeFileSync(
    join(mover, 'git'),
    `#!/bin/sh\ncase " $* " in *" fetch "*) GIT_DIR=${top}/.git ${real} update-ref refs/heads/main ${after};; esac\nexec ${real} "$@"\n`,
    { mode: 0o755 },
  );
  const env = { ...process.env, PATH: `${mover}:${process.env.PATH}` };
  const use = async ({ commit, tree }: FetchedCommit) => [commit, tree.entriesOf('s').length];
  await expect(fetched(top, { env, use }).read).resolves.toEqual([before, 1]);
  expect(git(top, 'rev-parse', 'main')).toBe(after);
});
