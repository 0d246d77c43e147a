/** Runs the ecosystems' own tools on the author's machine, without the tools' own settings. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
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

// Settings of the tools may name further indexes and folders, and then a stranger's package could
// take a name. Only settings of the network and of caches are kept.
const ofTools = /^(PIP|UV|NPM_CONFIG)_/i;
const kept =
  /^(PIP_(CACHE_DIR|CERT|CLIENT_CERT|DEFAULT_TIMEOUT|PROXY|RETRIES|TIMEOUT)|UV_(CACHE_DIR|HTTP_TIMEOUT|NATIVE_TLS|SYSTEM_CERTS)|NPM_CONFIG_(CA|CACHE|CAFILE|FETCH_TIMEOUT|HTTPS_PROXY|NOPROXY|PROXY))$/i;

function toolEnvironment(env: CommandContext['env']): Record<string, string> {
  const own = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || (ofTools.test(name) && !kept.test(name)) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(own),
    PIP_CONFIG_FILE: devNull,
    GIT_ALLOW_PROTOCOL: 'none',
    NO_COLOR: '1',
  };
}
