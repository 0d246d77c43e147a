/**
 * Keeps pip and npm from starting programs while they choose versions. A package may name a
 * dependency by an address: pip would build it, and npm would install it in a process of its own.
 * Both start a program for that, and neither runs code of a package in its own process. uv refuses
 * such a dependency by itself.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { Pin } from '../../skills-index/packages/locks/package-lock.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';

/** Characters of a tool's message that an error shows. */
export const toolMessageCharsMax = 600;

/** Time of one run of uv, pip or npm. */
const toolMillisMax = 600_000;

const toolOutputBytesMax = 32 * 1024 * 1024;

const refusal = 'skillgate lets no program start here:';

/** Runs the pip of the first argument, or the interpreter's own pip. An audit hook cannot go. */
export const pythonWithoutPrograms = `import os, re, runpy, sys

starts = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile",
          "os.system", "pty.spawn", "subprocess.Popen"}

# packaging asks the loader of musl for its version, by a start without arguments.
loader = re.compile(r"/lib/ld-musl-[a-z0-9_]+[.]so[.]1")

def refuse(event, args):
    if event == "subprocess.Popen" and len(args[1]) == 1 and loader.fullmatch(str(args[1][0])):
        return
    if event in starts:
        raise PermissionError("${refusal} %s" % (args[1:2] or args,))

runner = sys.argv.pop(1)
sys.addaudithook(refuse)
if os.path.exists(runner):
    runpy.run_path(runner, run_name="__main__")
else:
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
`;

/** A module that Node loads before npm. */
export const nodeWithoutPrograms = `const child = require('node:child_process');
const refuse = (program, args) => {
  throw new Error('${refusal} ' + [program].concat(Array.isArray(args) ? args : []).join(' '));
};
for (const name of ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'])
  child[name] = refuse;
child.ChildProcess.prototype.spawn = ({ args, file }) => refuse(file, args);
require('node:module').syncBuiltinESMExports();
`;

/**
 * Requires that no package sent the tool to an address.
 * @throws Problem `package-unsafe`
 */
export function requireNoProgram(tool: 'pip' | 'npm', { stderr, stdout }: ToolEnd): void {
  const said = tool === 'npm' ? stderr : '';
  const refused =
    /Refusing to fetch "([^"]*)"/.exec(said)?.[1] ??
    /Fetching packages of type "\w+"/.exec(said)?.[0];
  if (refused !== undefined) throw addressed(tool, refused);
  // Node prints the line of the guard before it prints the error.
  const at = stderr.lastIndexOf(refusal);
  if (at < 0) return;
  // pip names the package before it starts a program for the package.
  const named = stdout
    .match(/^\s*(?:Collecting|Processing) .+$/gm)
    ?.at(-1)
    ?.trim();
  const wanted = stderr.slice(at + refusal.length).split('\n')[0] ?? '';
  throw addressed(tool, tool === 'pip' && named !== undefined ? named : wanted.trim());
}

/** A package that names a dependency by an address. */
export function addressed(tool: string, what: string): Problem {
  return new Problem(
    'package-unsafe',
    `Cannot lock: a package names a dependency by an address, which may lead anywhere. ${tool} stopped at: ${what.slice(0, toolMessageCharsMax)}`,
    {
      hint: 'Require another version, or remove the package from "requires" in skill.json. An index of your own may carry the dependency as a wheel or a tarball.',
    },
  );
}

// Runs the ecosystems' own tools on the author's machine, without the tools' own settings.

type ResolverWorld = Pick<CommandContext, 'env' | 'signal'>;

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

// What a resolver gives: the packages of a lock, and the lock file's text.

export interface Resolved {
  readonly packages: readonly LockedPackage[];
  readonly text: string;
  /** The tool that chose the versions: `uv 0.9.1`. */
  readonly tool: string;
  /** What the author should know about the lock. */
  readonly notes: readonly string[];
}

export interface ResolveRequest {
  readonly requires: readonly string[];
  /** The address of the index, or a folder as `file:///…`. */
  readonly index: string;
  /** Versions and hashes of other locks that the skill has. */
  readonly pins: ReadonlyMap<string, Pin>;
  /** Days that a version must be old. */
  readonly minimumAgeDays: number;
  /** Whether the lock is for this machine alone. */
  readonly isForThisHost?: boolean;
  /** Whether host policy demands that age; else an option does. */
  readonly isAgeOfPolicy?: boolean;
}
