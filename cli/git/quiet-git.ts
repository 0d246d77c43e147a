/**
 * Runs git on a folder that may be hostile. No program from its config, hooks or remotes starts,
 * and nothing is fetched. Commands under the repository's own config read refs and config only.
 * Objects are read through a git folder of ours without remotes.
 */
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';

/** Two ways to run git. */
export interface QuietGit {
  /** In the folder, under the repository's own config; only for commands that read no object. */
  readonly here: (...args: string[]) => Promise<string>;
  /** From an object folder, under our config only: a missing object is not fetched. */
  readonly objects: (folder: string, ...args: string[]) => Promise<string>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const gitMillisMax = 10_000;

/** Runs git and removes its temporary folder. @throws GitError with git's own message */
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
    await writeOwnConfig(home, env, emptyAt(40));
    // git needs a non-empty list of protocols, and no protocol is called `none`.
    const quiet = { ...quietEnvironment, GIT_ALLOW_PROTOCOL: 'none', PATH: path, HOME: home };
    const here = gitIn(folder, quiet);
    return await ask({
      here: (...args) => here.raw(...args),
      objects: (objects, ...args) => {
        const isSha256 = args.some((argument) => /^[0-9a-f]{64}(:|$)/.test(argument));
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

/**
 * Whether git could find a repository at the folder or above it. git looks for `.git`, and for a
 * bare repository, which has a `HEAD`.
 */
export function mayHaveRepository(folder: string): boolean {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    const path = at;
    if (['.git', 'HEAD'].some((name) => existsSync(join(path, name)))) return true;
    if (at === dirname(at)) return false;
  }
}

/** Settings of every run of git, beside the list of allowed protocols. */
export const quietEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
} as const;

/** Overrides the same settings in the config of a repository. */
export const strongest = [
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

/**
 * Writes the config that git takes for the user’s own: it lists the folders of other users that
 * this user trusts, as CI containers do, and nothing else of the user’s config.
 * @param gitFolder a repository of ours, whose config git may read as well
 */
export async function writeOwnConfig(
  home: string,
  env: Environment,
  gitFolder: string,
): Promise<void> {
  const usersOwn = {
    PATH: absolutePath(env.PATH),
    HOME: env.HOME ?? home,
    ...pick(env, 'XDG_CONFIG_HOME'),
    GIT_DIR: gitFolder,
  };
  const owners = await gitIn(home, usersOwn)
    .raw('config', '--get-all', 'safe.directory')
    .catch(() => '');
  await writeFile(
    join(home, '.gitconfig'),
    safeConfig(owners.split('\n').filter((line) => line !== '')),
  );
}

// git reads these settings from the user's own config only. A bare repository inside the folder is
// ignored. A folder of another user is read only if this user listed it, as CI containers do.
function safeConfig(owners: readonly string[]): string {
  const lines = owners.map((owner) => `\tdirectory = "${owner.replace(/["\\]/g, '\\$&')}"\n`);
  return `[safe]\n\tbareRepository = explicit\n${lines.join('')}`;
}

/** Makes a bare repository whose config is ours. @param digits of an object’s id: 40 or 64 */
export async function makeEmpty(folder: string, digits: number): Promise<void> {
  await mkdir(join(folder, 'objects'), { recursive: true });
  await mkdir(join(folder, 'refs'));
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  const format =
    digits === 64 ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n' : '';
  await writeFile(join(folder, 'config'), `[core]\n\tbare = true\n${format}`);
}

/** Without relative folders, which would be relative to the folder that git runs in. */
export function absolutePath(path = ''): string {
  const places = path.split(delimiter).filter(isAbsolute);
  return places.length === 0 ? '/usr/local/bin:/usr/bin:/bin' : places.join(delimiter);
}

/** The variables of these names that are set. */
export function pick(env: Environment, ...names: readonly string[]): Record<string, string> {
  const set = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}
