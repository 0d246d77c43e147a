/**
 * Runs git on a repository of the host. Git runs as the owner of the folder, with no hook, no
 * network, no setting of the user or the system, and no program that a repository names for its
 * differences or its files.
 */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { gitMemoryMiBMax, gitObjectMiBMax, gitOutputBytesMax, gitSecondsMax } from '../limits.ts';

/** A limit of Skillgate keeps commits in the view, so that work of the run stays behind. */
export class OverLimit extends Error {}

export interface GitFolder {
  /** Git's folder as `/proc/self/fd/N`: no other process can put another one in its place. */
  readonly path: string;
  /** Git's own folder below `path`; absent when `path` is git's own folder. */
  readonly gitFolder?: string;
  /** A folder for new objects beside those of the repository; absent to write to the repository. */
  readonly objects?: string;
  /** Whether git reads only the new objects. */
  readonly alone?: boolean;
  /** The owner of the folder, for a runner that is root. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

export interface GitOptions {
  readonly input?: Uint8Array | string | Readable;
  readonly outputMax?: number;
  /** Takes the output piece by piece; `runGit` then returns nothing of it. */
  readonly onOutput?: (piece: Buffer) => void;
  /** Exit codes beside 0 that are an answer. */
  readonly answers?: readonly number[];
  /** Keeps the first bytes of an output that is too long. */
  readonly cut?: boolean;
}

export interface GitOutput {
  readonly code: number;
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

// A hook, a file-system monitor or a signature's program would run whatever the repository names.
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.alternateRefsCommand=true',
  'core.bigFileThreshold=8m',
  'core.commitGraph=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'pack.threads=1',
  'submodule.recurse=false',
  'log.showSignature=false',
  'color.ui=false',
  'core.quotePath=true',
].flatMap((setting) => ['-c', setting]);

// Git holds all paths of a commit's differences in memory before it prints the first one, and a few
// trees that contain each other have billions of paths. Mapped packs do not count. Where the runner
// itself has a lower limit, `ulimit` fails and the lower limit holds.
const limited = `ulimit -d ${gitMemoryMiBMax * 1024} 2>/dev/null; exec git "$@"`;

/** @throws Error with git's own words when git fails, takes too long or prints too much */
export async function runGit(
  { alone = false, gitFolder = '.', objects, owner, path }: GitFolder,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  const { answers = [], cut = false, input, onOutput, outputMax = gitOutputBytesMax } = options;
  const child = spawn('/bin/sh', ['-c', limited, 'git', ...settings, ...args], {
    cwd: path,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_DIR: gitFolder,
      // With the repository's own `core.worktree`, git would look for `objects` in the work tree.
      ...(args[0] === 'init' ? {} : { GIT_WORK_TREE: '.' }),
      GIT_COMMITTER_NAME: 'skillgate',
      GIT_COMMITTER_EMAIL: 'skillgate@localhost',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      // With grafts, a move to another branch can look like new commits.
      GIT_GRAFT_FILE: '/dev/null',
      GIT_NO_LAZY_FETCH: '1',
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LITERAL_PATHSPECS: '1',
      // A few bytes of a pack can unpack to more than the host's memory.
      GIT_ALLOC_LIMIT: `${gitObjectMiBMax}m`,
      ...(objects === undefined
        ? {}
        : {
            GIT_OBJECT_DIRECTORY: objects,
            GIT_ALTERNATE_OBJECT_DIRECTORIES: alone ? '' : 'objects',
          }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: gitSecondsMax * 1_000,
    killSignal: 'SIGKILL',
    ...(process.getuid?.() === 0 ? owner : {}),
  });
  const parts: Buffer[] = [];
  let size = 0;
  let errors = '';
  child.stdout.on('data', (part: Buffer) => {
    size += part.length;
    if (onOutput !== undefined) onOutput(part);
    else if (size - part.length < outputMax) parts.push(part);
    if (size > outputMax) child.kill('SIGKILL');
  });
  child.stderr.on('data', (part: Buffer) => {
    if (errors.length < errorCharsMax) errors += part.toString();
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  feed(child.stdin, input);
  const code = await ended;
  const bytes = Buffer.concat(parts).subarray(0, outputMax);
  if (size > outputMax && cut) return { code: 0, bytes, isCut: true };
  if (size > outputMax) throw new OverLimit(`git ${args[0]} printed more than ${outputMax} bytes`);
  if (code === null) throw new OverLimit(`git ${args[0]} took more than ${gitSecondsMax} s`);
  if (code !== 0 && /^fatal: (?:Out of memory|attempting to allocate)/m.test(errors))
    throw new OverLimit(`git ${args[0]} needs more than ${gitMemoryMiBMax} MiB of memory`);
  if (code !== 0 && !answers.includes(code))
    throw new Error(firstError(errors) ?? `git ${args[0]} ended with ${code}`);
  return { code, bytes, isCut: false };
}

const errorCharsMax = 2_000;

/** The line in which git says why it failed: warnings and hints may come first. */
export function firstError(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.find((line) => /^(?:error|fatal):/.test(line)) ?? lines[0];
}

// Git may end before it has read everything; its exit code says why.
function feed(stdin: Writable, input: GitOptions['input']): void {
  stdin.on('error', () => undefined);
  if (input === undefined || typeof input === 'string' || input instanceof Uint8Array)
    stdin.end(input);
  else input.pipe(stdin);
}
