/**
 * Git asked about a folder that may be hostile: nothing that its config, hooks or remotes name is
 * started, and nothing is fetched. What the repository's own config can reach reads refs and config
 * only; objects are read from a git folder of ours, which knows no remote.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';

/** Two ways to ask. */
export interface QuietGit {
  /** In the folder, under the repository's own config: only what reads no object. */
  readonly here: (...args: string[]) => Promise<string>;
  /**
   * From an object folder, under no config but ours: an object that is missing there is missing.
   */
  readonly objects: (folder: string, ...args: string[]) => Promise<string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const gitMillisMax = 10_000;

/** Asks, and leaves nothing behind. @throws GitError of what git refuses, with its words */
export async function withQuietGit<Result>(
  folder: string,
  env: Environment,
  ask: (git: QuietGit) => Promise<Result>,
): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), 'skillgate-git-'));
  try {
    const path = absolutePath(env.PATH);
    const emptyAt = (digits: number): string => join(home, `empty-${digits}`);
    for (const digits of [40, 64]) await makeEmpty(emptyAt(digits), digits);
    const usersOwn = {
      PATH: path,
      HOME: env.HOME ?? home,
      ...pick(env, 'XDG_CONFIG_HOME'),
      GIT_DIR: emptyAt(40),
    };
    const owners = await gitIn(home, usersOwn)
      .raw('config', '--get-all', 'safe.directory')
      .catch(() => '');
    await writeFile(
      join(home, '.gitconfig'),
      safeConfig(owners.split('\n').filter((line) => line !== '')),
    );
    const quiet = { ...quietEnvironment, PATH: path, HOME: home };
    const here = gitIn(folder, quiet);
    return await ask({
      here: (...args) => here.raw(...args),
      objects: (objects, ...args) => {
        const isSha256 = args.some((one) => /^[0-9a-f]{64}(:|$)/.test(one));
        const own = {
          ...quiet,
          GIT_DIR: emptyAt(isSha256 ? 64 : 40),
          GIT_OBJECT_DIRECTORY: objects,
        };
        return gitIn(home, own).raw(...args);
      },
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

// A list of protocols may not be empty for git to take it as one; nothing is called `none`.
const quietEnvironment = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
} as const;

// Stronger than what the repository's config says of the same.
const strongest = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'maintenance.auto=false',
];

function gitIn(baseDir: string, env: Readonly<Record<string, string>>): SimpleGit {
  const options = { baseDir, timeout: { block: gitMillisMax }, trimmed: true, config: strongest };
  const allowEnvironment = Object.keys(env).filter((name) => name.startsWith('GIT_'));
  return simpleGit({
    ...options,
    allowEnvironment,
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
  }).env(env);
}

// Read by git from the user's own config only, never from a repository's: a bare repository inside
// the folder is none, and a folder of another user counts where this user said so (containers of CI
// do).
function safeConfig(owners: readonly string[]): string {
  const lines = owners.map((one) => `\tdirectory = "${one.replace(/["\\]/g, '\\$&')}"\n`);
  return `[safe]\n\tbareRepository = explicit\n${lines.join('')}`;
}

async function makeEmpty(folder: string, digits: number): Promise<void> {
  await mkdir(join(folder, 'objects'), { recursive: true });
  await mkdir(join(folder, 'refs'));
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  const format =
    digits === 64 ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n' : '';
  await writeFile(join(folder, 'config'), `[core]\n\tbare = true\n${format}`);
}

// A place that is named from the folder on would be a place in it.
function absolutePath(path = ''): string {
  const places = path.split(delimiter).filter(isAbsolute);
  return places.length === 0 ? '/usr/local/bin:/usr/bin:/bin' : places.join(delimiter);
}

function pick(env: Environment, name: string): Record<string, string> {
  const value = env[name];
  return value === undefined ? {} : { [name]: value };
}
