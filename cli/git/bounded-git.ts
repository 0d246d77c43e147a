/**
 * Runs git on what a stranger’s server sends: in a bare repository of ours, without a work tree.
 * The kernel ends a process of git that writes too large a file, or uses too much memory or
 * processor time. The limits count for the programs that git starts, too.
 */
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { safeEnvironment, safeSettings } from '../../runner/git/safe-git.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/** Bytes of a file that git writes: a pack, or the pack’s index. */
const gitFileBytesMax = 1024 * 1024 * 1024;

/** Bytes of a list of refs or files that git prints. */
export const gitListBytesMax = 32 * 1024 * 1024;

/** Bytes of memory of each process of git. */
const gitMemoryBytesMax = 4 * 1024 * 1024 * 1024;

/** Bytes of the messages of git and of the server. */
const gitMessageBytesMax = 1024 * 1024;

const gitProcessorSecondsMax = 300;

/** Seconds that one call of git over the network may take, and processor seconds of a process. */
const gitSecondsMax = 600;

// Runs git on a folder that may be hostile. No program from its config, hooks or remotes starts,
// and nothing is fetched. Commands under the repository's own config read refs and config only.
// Objects are read through a git folder of ours without remotes.

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
    const quiet = { ...safeEnvironment, GIT_ALLOW_PROTOCOL: 'none', PATH: path, HOME: home };
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

function gitIn(baseDir: string, env: Readonly<Record<string, string>>): SimpleGit {
  const options = {
    baseDir,
    timeout: { block: gitMillisMax },
    trimmed: true,
    config: [...safeSettings],
  };
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
async function writeOwnConfig(home: string, env: Environment, gitFolder: string): Promise<void> {
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
async function makeEmpty(folder: string, digits: number): Promise<void> {
  await mkdir(join(folder, 'objects'), { recursive: true });
  await mkdir(join(folder, 'refs'));
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  const format =
    digits === 64 ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n' : '';
  await writeFile(join(folder, 'config'), `[core]\n\tbare = true\n${format}`);
}

/** Without relative folders, which would be relative to the folder that git runs in. */
function absolutePath(path = ''): string {
  const places = path.split(delimiter).filter(isAbsolute);
  return places.length === 0 ? '/usr/local/bin:/usr/bin:/bin' : places.join(delimiter);
}

/** The variables of these names that are set. */
function pick(env: Environment, ...names: readonly string[]): Record<string, string> {
  const set = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}

export interface GitLimits {
  /** Of one call. */
  readonly seconds: number;
  /** Of each process. */
  readonly processorSeconds: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  /** Of a list of refs or files. */
  readonly listBytes: number;
}

export const gitLimits: GitLimits = {
  seconds: gitSecondsMax,
  processorSeconds: gitProcessorSecondsMax,
  fileBytes: gitFileBytesMax,
  memoryBytes: gitMemoryBytesMax,
  listBytes: gitListBytesMax,
};

interface GitWorld {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Of an object’s id: 40 or 64. */
  readonly digits: number;
  readonly protocol: string;
  readonly limits?: GitLimits;
}

/** Calls of git in one repository. */
export interface BoundedGit {
  /** What git printed. @throws Problem `git-failed`, `git-too-large`, `interrupted` */
  readonly text: (...args: string[]) => Promise<string>;
  /** The contents of objects, as `git cat-file --batch` prints them. @throws as `text` */
  readonly batch: (objects: readonly string[], bytesMax: number) => Promise<Buffer>;
}

const limited = './limited-git';
const killed = 'git was ended';

/** Makes a bare repository with our config in an empty folder. */
export async function makeBoundedGit(folder: string, world: GitWorld): Promise<BoundedGit> {
  const { limits = gitLimits } = world;
  const home = join(folder, 'home');
  await makeEmpty(folder, world.digits);
  await makeEmpty(home, world.digits);
  await writeOwnConfig(home, world.env, home);
  await writeFile(join(folder, limited), limitedScript(limits));
  const env = {
    ...safeEnvironment,
    ...pick(world.env, ...networkNames),
    GIT_ALLOW_PROTOCOL: world.protocol,
    GIT_DIR: folder,
    HOME: home,
    PATH: absolutePath(world.env.PATH),
  };
  const call = <Answer>(bytesMax: number, ask: Ask<Answer>, input?: string): Promise<Answer> =>
    callGit({ folder, env, limits, signal: world.signal, bytesMax, input }, ask);
  return {
    text: (...args) => call(limits.listBytes, (git) => git.raw(...args)),
    batch: async (objects, bytesMax) => {
      if (objects.length === 0) return Buffer.alloc(0);
      const input = `${objects.join('\n')}\n`;
      const read = await call(bytesMax, (git) => git.binaryCatFile(['--batch']), input);
      return Buffer.from(read);
    },
  };
}

// Proxies, authorities of certificates, and the agent that holds the user's ssh keys.
const networkNames = ['HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']
  .flatMap((name) => [name, name.toLowerCase()])
  .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSH_AUTH_SOCK');

// No loose files, whose number no limit of a file's size would bound; every object is checked, so
// that no tree has names such as `.git`; the memory for deltas is small.
const ownConfig = [
  ...safeSettings,
  'core.deltaBaseCacheLimit=64m',
  'core.packedGitLimit=512m',
  'core.packedGitWindowSize=32m',
  'fetch.fsckObjects=true',
  'fetch.unpackLimit=1',
];

// POSIX counts files in blocks of 512 bytes. Some systems limit no memory.
function limitedScript({ fileBytes, processorSeconds, memoryBytes }: GitLimits): string {
  return `#!/bin/sh
ulimit -f ${Math.ceil(fileBytes / 512)} || exit 125
ulimit -t ${processorSeconds} || exit 125
ulimit -v ${Math.ceil(memoryBytes / 1024)} 2>/dev/null
exec git "$@"
`;
}

interface Call {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: GitLimits;
  readonly signal: AbortSignal;
  readonly bytesMax: number;
  readonly input: string | undefined;
}

type Ask<Answer> = (git: SimpleGit) => PromiseLike<Answer>;

async function callGit<Answer>(call: Call, ask: Ask<Answer>): Promise<Answer> {
  const { folder, env, limits, signal, bytesMax, input } = call;
  const tooLong = AbortSignal.timeout(limits.seconds * 1000);
  const tooMuch = new AbortController();
  const git = simpleGit({
    baseDir: folder,
    binary: ['/bin/sh', limited],
    config: ownConfig,
    abort: AbortSignal.any([signal, tooLong, tooMuch.signal]),
    allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')),
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
    // Half a list must never count as the list: a process that was killed has no exit code.
    errors: (error, { exitCode }) => error ?? (exitCode === 0 ? undefined : Buffer.from(killed)),
    ...(input === undefined ? {} : { input: () => input }),
  })
    .env(env)
    .outputHandler((_, stdout, stderr) => {
      endBeyond(stdout, bytesMax, tooMuch);
      endBeyond(stderr, gitMessageBytesMax, tooMuch);
    });
  try {
    return await ask(git);
  } catch (cause) {
    if (signal.aborted) throw new Problem('interrupted', 'Interrupted while git worked');
    const message = cause instanceof Error ? cause.message.trim() : String(cause);
    if (tooLong.aborted) throw tooLarge(`git took more than ${limits.seconds} seconds`);
    if (tooMuch.signal.aborted) throw tooLarge('git printed more than any list of files needs');
    if (isBeyondLimit(message))
      throw tooLarge('git needed more bytes, memory or processor time', message);
    throw new Problem('git-failed', `git failed: ${firstFailure(message)}`, {
      cause,
      ...(isUnsafeObject(message) ? { hint: unsafeObjectHint } : {}),
    });
  }
}

function endBeyond(
  stream: NodeJS.ReadableStream,
  bytesMax: number,
  tooMuch: AbortController,
): void {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) tooMuch.abort();
  });
}

// The kernel ends a process without a message, and git then says only that the process is gone.
function isBeyondLimit(message: string): boolean {
  const failures = message.split('\n').filter((line) => /^(?:fatal|error):/.test(line));
  return (
    /died of signal|out of memory|malloc failed|mmap failed|cannot allocate/i.test(message) ||
    message === killed ||
    (failures.length === 1 && failures[0] === 'fatal: fetch-pack: invalid index-pack output')
  );
}

function tooLarge(why: string, message?: string): Problem {
  const reasons = message === undefined ? [] : [{ message: firstFailure(message) }];
  return new Problem('git-too-large', `Cannot read the repository: ${why}`, { reasons });
}

const unsafeObjectHint =
  'git refuses this object, because it can harm whoever checks it out. Nothing was imported. Read the commit before you trust the repository.';

// What git prints after an object that fsck refused, such as a tree with the name “.git”.
function isUnsafeObject(message: string): boolean {
  return /^fatal: fsck error in packed object$/m.test(message);
}

// git's later failures follow from its first one, and the advice at the end has no cause at all.
// The server's own lines begin with “remote:”.
function firstFailure(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? message;
}
