/** Runs the ecosystems' own tools on the author's machine. No tool runs code of a package. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../command.ts';
import { toolMillisMax, toolOutputBytesMax } from '../limits.ts';

export type ResolverWorld = Pick<CommandContext, 'env' | 'signal'>;

export interface ToolEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when the program is not installed. */
  readonly exit: number | undefined;
}

/** Runs a program without a shell and without input. */
export function runTool(
  { env, signal }: ResolverWorld,
  folder: string,
  program: string,
  args: readonly string[],
): Promise<ToolEnd> {
  // Without PATH the system would look for the program in folders that nobody named.
  if (env.PATH === undefined) return Promise.resolve({ stdout: '', stderr: '', exit: undefined });
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      env: toolEnvironment(env),
      signal,
      timeout: toolMillisMax,
      maxBuffer: toolOutputBytesMax,
    };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const isAbsent = error !== null && error.code === 'ENOENT';
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ stdout, stderr, exit: isAbsent ? undefined : exit });
    });
    child.stdin?.end();
  });
}

/** Gives a temporary folder with these files, and removes the folder afterwards. */
export async function withFolder<Result>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'skillgate-lock-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// The index is one and is named: further indexes and folders would let a stranger's package take a
// name. A dependency from git is never fetched.
const removed =
  /^(PIP_(FIND_LINKS|INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|CONSTRAINT|REQUIREMENT|TARGET|PREFIX|USER)|UV_(FIND_LINKS|INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL|CONSTRAINT|OVERRIDE|EXCLUDE_NEWER|PRERELEASE))$/i;

function toolEnvironment(env: CommandContext['env']): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || removed.test(name) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), GIT_ALLOW_PROTOCOL: 'none', NO_COLOR: '1' };
}
