/**
 * Files of root below a writable folder. The process that applies a run's changes may be root, and
 * must not give one user's files to another user.
 */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findProgram } from '../../../../runner/host/host.ts';
import type { RunRequest, RunResult } from '../../../../runner/run/run-request.ts';
import type { Sandbox } from '../../../../runner/sandbox/sandbox.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { wantedAttempt } from '../batch.ts';
import { type Attempt, type Outcome, printsThrough, type RunnerAttempt } from '../row.ts';
import { auditFileOf, type EscapeSkill, requestIn, runAndApply, runBare } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';

// A naive runner without our checks: the bare twin of attempts on our runner. It uses only files
// that it made.

const inSandbox = ['usr/bin/sh', 'proc/version', 'skills/@escape/probe/probe.sh'];

/**
 * Mounts by joining paths and lines. @returns whether the mount replaces a file of the sandbox,
 * mounts a path that no operator named, or turns into other options
 */
export function mountsUnchecked(world: EscapeWorld, source: string, target: string): boolean {
  const root = join(world.folder, 'root');
  for (const file of inSandbox) {
    fs.mkdirSync(join(root, file, '..'), { recursive: true });
    fs.writeFileSync(join(root, file), '');
  }
  const options = [`--bind ${source}`, target].join('\n').split(/[\n\0]/);
  if (options.length > 2) return true;
  const from = resolve('/srv/workspaces', source.replace('workspace:', ''));
  if (!from.startsWith('/srv/') && fs.existsSync(from)) return true;
  const replaced = join(root, target);
  fs.rmSync(replaced, { recursive: true, force: true });
  return inSandbox.some((file) => !fs.existsSync(join(root, file)));
}

/** Verifies a file, then starts it without a second look: whether a changed file starts. */
export function startsUnverifiedFile(world: EscapeWorld): boolean {
  const file = join(world.folder, 'verified.sh');
  fs.writeFileSync(file, 'echo approved');
  const approved = digestOf(fs.readFileSync(file));
  if (digestOf(fs.readFileSync(file)) !== approved) return false;
  fs.writeFileSync(file, 'echo changed');
  return execFileSync('/bin/sh', [file], { encoding: 'utf8' }).includes('changed');
}

/** Joins options with NUL, as `bwrap --args` reads them: whether an argument becomes an option. */
export function splitsArguments(): boolean {
  return ['--', 'probe', 'a\0--bind'].join('\0').split('\0').includes('--bind');
}

/** Logs a text without escaping: whether a line is forged. */
export function logsUnescaped(world: EscapeWorld, text: string): boolean {
  const file = join(world.folder, 'plain.log');
  fs.appendFileSync(file, `{"event":"start","why":"${text}"}\n`);
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .some((line) => line.startsWith('{"schema"'));
}

/** Reads a log of plain lines after a change: whether the log is accepted. */
export function acceptsChangedLog(
  change: (lines: readonly string[]) => readonly string[],
): boolean {
  const lines = [
    '{"seq":1,"event":"start"}',
    '{"seq":2,"event":"probe"}',
    '{"seq":3,"event":"exit"}',
  ];
  return change(lines).every((line) => typeof JSON.parse(line) === 'object');
}

/** Starts a program with any variable that a skill declares. */
export function passesVariable(name: string): boolean {
  const value = execFileSync('/bin/sh', ['-c', `printf %s "$${name}"`], {
    env: { [name]: '/nowhere' },
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return value === '/nowhere';
}

/** Makes an attempt without a sandbox. @returns its output */
export async function runCodeBare(world: EscapeWorld, code: string): Promise<string> {
  const row = { name: 'bare', wants: '', code, proof: () => false, seconds: 12 };
  return (await runBare(world, [wantedAttempt(world, row, 0)], 'user', 1)).get('bare') ?? '';
}

/**
 * Lets a program change a copy of a folder as the run's user, then copies the result back as root.
 * New files get the folder's owner; changed files keep their owner.
 */
function copyBackAsRoot(
  { user }: EscapeWorld,
  folder: string,
  changed: string,
  code: string,
): void {
  execFileSync('cp', ['-a', `${folder}/.`, changed]);
  execFileSync('python3', ['-c', `import os\nmount = '${changed}'\n${code}`], {
    ...user,
    stdio: 'pipe',
  });
  const owner = fs.statSync(folder);
  for (const name of fs.readdirSync(changed, { recursive: true, encoding: 'utf8' })) {
    const from = join(changed, name);
    const to = join(folder, name);
    const { uid, gid } = fs.statSync(to, { throwIfNoEntry: false }) ?? owner;
    if (fs.statSync(from).isDirectory()) fs.mkdirSync(to, { recursive: true });
    else fs.copyFileSync(from, to);
    fs.chownSync(to, uid, gid);
  }
}

// One run for an attempt on the runner itself.

interface Once {
  readonly printed: string;
  /** Why the runner refused to run the skill. */
  readonly problem?: string;
  readonly end?: RunResult;
}

/** Runs a skill once, and returns a refusal as a value. @throws internal errors */
export async function runOnce(
  world: EscapeWorld,
  sandbox: Sandbox,
  skillOf: () => EscapeSkill,
  change: Partial<RunRequest> | ((request: RunRequest) => Partial<RunRequest>) = {},
): Promise<Once> {
  mkdirSync(dirname(auditFileOf(world)), { recursive: true, mode: 0o700 });
  let printed = (): string => '';
  try {
    const request = requestIn(world, sandbox, skillOf());
    printed = request.printed;
    const end = await runAndApply({
      ...request,
      ...(typeof change === 'function' ? change(request) : change),
    });
    return { printed: printed(), end };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
    return { printed: printed(), problem: `${cause.code}: ${cause.message}` };
  }
}

const why = 'escape suite';

/** A folder of the attempts' user that contains a file and a folder of root. */
function makeOwned(world: EscapeWorld, name: string): string {
  const folder = join(world.folder, name);
  fs.mkdirSync(join(folder, 'ops'), { recursive: true });
  fs.writeFileSync(join(folder, 'ops/run.sh'), 'echo of root\n');
  fs.writeFileSync(join(folder, 'payroll.txt'), world.secrets[0] ?? '', { mode: 0o600 });
  fs.writeFileSync(join(folder, 'notes.txt'), 'notes\n');
  for (const path of [folder, join(folder, 'notes.txt')])
    if (process.getuid?.() === 0) fs.chownSync(path, world.user.uid, world.user.gid);
  return folder;
}

const uidOf = (path: string): number | undefined =>
  fs.statSync(path, { throwIfNoEntry: false })?.uid;

function ownership(
  name: string,
  wants: string,
  code: string,
  proof: (folder: string, world: EscapeWorld) => boolean,
): RunnerAttempt {
  const isRoot = process.getuid?.() === 0;
  return {
    name,
    wants,
    bare: async (world) => {
      if (!isRoot) return false;
      const folder = makeOwned(world, 'owned-bare');
      const changed = join(world.folder, 'owned-copy');
      fs.mkdirSync(changed);
      copyBackAsRoot(world, folder, changed, code);
      const works = proof(folder, world);
      for (const path of [folder, changed]) fs.rmSync(path, { recursive: true });
      return works;
    },
    attempt: async (world, sandbox) => {
      if (!isRoot) return { result: 'untested', detail: 'the runner is not root' };
      const folder = makeOwned(world, 'owned');
      const mount = [{ source: 'workspace:owned', target: '/reports', mode: 'rw', why }];
      const { problem, printed } = await runOnce(
        world,
        sandbox,
        () => ({
          files: { 'probe.py': `import os\nmount = '/reports'\n${code}\nprint('partly')` },
          capabilities: { mount },
        }),
        (request) => ({
          hostPolicy: { ...request.hostPolicy, workspaces: { owned: folder }, writable: ['owned'] },
        }),
      );
      const through = proof(folder, world);
      fs.rmSync(folder, { recursive: true });
      if (through) return { result: 'through', detail: printed };
      if (problem !== undefined) return { result: 'untested', detail: problem };
      return {
        result: printed.includes('partly') ? 'contained' : 'untested',
        detail: 'the change was not applied',
      };
    },
  };
}

export const ownershipRows: readonly RunnerAttempt[] = [
  ownership(
    'rename a file that it may not read',
    'ownership of root’s file',
    `os.rename(mount + '/payroll.txt', mount + '/mine.txt')`,
    (folder, { user }) => uidOf(join(folder, 'mine.txt')) === user.uid,
  ),
  ownership(
    'replace a folder that root owns',
    'root’s ownership of its own content',
    `os.rename(mount + '/ops', mount + '/away'); os.mkdir(mount + '/ops'); open(mount + '/ops/run.sh', 'w').write('evil')`,
    (folder) => {
      const path = join(folder, 'ops/run.sh');
      return uidOf(path) === 0 && fs.readFileSync(path, 'utf8') === 'evil';
    },
  ),
];

// Programs: those that nobody granted, and those that every sandbox has.

export const programRows: readonly Attempt[] = [
  {
    name: 'start a program of the host by its path',
    wants: 'a program that nobody granted',
    proof: printsThrough,
    program: 'sh',
    code: `/usr/bin/perl -e 'print "through\\n"'`,
  },
  {
    name: 'find a program of the host that nobody granted',
    wants: 'a program that nobody granted',
    proof: printsThrough,
    program: 'sh',
    code: `find /usr /bin/ /sbin/ -name perl -type f 2>/dev/null | grep . && echo through`,
  },
  {
    name: 'start a command by a base program as root',
    wants: 'root',
    as: 'root',
    proof: printsThrough,
    program: 'sh',
    code: `[ "$(env id -u)" = 0 ] && touch /etc/skillgate-escape && rm /etc/skillgate-escape && echo through`,
  },
];

/** Starts interpreters by base programs, in a skill that declares no program. */
const startsOthers = `import { spawnSync } from 'node:child_process';
for (const [program, args, input] of [
  ['env', ['sh', '-c', 'echo through']],
  ['awk', ['BEGIN { system("echo through") }']],
  ['find', ['/', '-maxdepth', '0', '-exec', 'sh', '-c', 'echo through', ';']],
  ['xargs', ['sh', '-c'], '"echo through"'],
  ['timeout', ['5', 'perl', '-e', 'print "through\\n"']],
  ['nice', ['python3', '-c', 'print("through")']],
  ['tar', ['cf', '/dev/null', '--checkpoint=1', '--checkpoint-action=exec=echo through', '/etc/passwd']],
  ['sed', ['1e echo through', '/etc/passwd']],
]) console.log(program, spawnSync(program, args, { input, encoding: 'utf8' }).stdout ?? 'is not there');
console.log('tried');`;

const skill: EscapeSkill = { files: { 'probe.mjs': startsOthers } };
const awk: EscapeSkill = { files: { 'probe.sh': `awk 'BEGIN { print "tried" }'` } };

function outcomeOf(printed: string, problem: string | undefined): Outcome {
  if (/\bthrough$/m.test(printed)) return { result: 'through', detail: printed };
  const detail = problem ?? printed;
  return { result: printed.includes('tried') ? 'blocked' : 'untested', detail };
}

function copiesOf({ paths }: EscapeWorld): string[] {
  const above = join(paths.cache, 'programs');
  const folders = fs.existsSync(above) ? fs.readdirSync(above) : [];
  return folders.map((name) => join(above, name, 'awk'));
}

function plant(copy: string): void {
  fs.rmSync(copy, { force: true });
  fs.writeFileSync(copy, '#!/bin/sh\necho through\n', { mode: 0o555 });
}

async function changeCopies(world: EscapeWorld, sandbox: Sandbox): Promise<Outcome> {
  await runOnce(world, sandbox, () => awk);
  for (const copy of copiesOf(world)) plant(copy);
  const { printed, problem } = await runOnce(world, sandbox, () => awk);
  return outcomeOf(printed, problem);
}

/** Programs that see folders of their packages; a host has some of them. */
const packaged = ['gcc', 'java', 'soffice', 'convert', 'ffmpeg', 'dot', 'pdftotext'];

const startsAlternatives = `for one in editor fakeroot lzma nc nodejs pager vi x-www-browser; do
  [ -x "/etc/alternatives/$one" ] && [ -f "/etc/alternatives/$one" ] && echo through
done; echo tried`;

function writesBeside(word: string): string {
  return `for folder in /etc/alternatives /etc/fonts /usr/share/poppler /usr/include; do
  true 2>/dev/null > "$folder/skillgate-${word}" && rm "$folder/skillgate-${word}" && echo through
done; echo tried`;
}

function besideRow(
  described: Pick<RunnerAttempt, 'name' | 'wants'>,
  codeOf: (world: EscapeWorld) => string,
): RunnerAttempt {
  return {
    ...described,
    bare: async (world) =>
      execFileSync('/bin/sh', ['-c', codeOf(world)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).includes('through'),
    attempt: async (world, sandbox) => {
      const found = packaged.filter((program) => findProgram(program) !== undefined);
      const exec = found.map((program) => ({ program, why: 'escape suite' }));
      const { printed, problem } = await runOnce(world, sandbox, () => ({
        files: { 'probe.sh': codeOf(world) },
        capabilities: { exec },
      }));
      return found.length === 0
        ? { result: 'untested', detail: 'this host has no such program' }
        : outcomeOf(printed, problem);
    },
  };
}

/** Folders that a sandbox shows beside granted programs. */
export const besideRows: readonly RunnerAttempt[] = [
  besideRow(
    {
      name: 'start a program by a link beside a granted program',
      wants: 'a program that nobody granted',
    },
    () => startsAlternatives,
  ),
  besideRow(
    {
      name: 'write to a folder beside a granted program',
      wants: 'changed programs for every user',
    },
    ({ word }) => writesBeside(word),
  ),
];

/** Base programs in a skill without a shell, and in a cache that somebody changed. */
export const baseRows: readonly RunnerAttempt[] = [
  {
    name: 'start a shell or another interpreter by a base program',
    wants: 'an interpreter that nobody granted',
    bare: async () =>
      /\bthrough$/m.test(
        execFileSync(process.execPath, ['--input-type=module', '-e', startsOthers], {
          encoding: 'utf8',
        }),
      ),
    attempt: async (world, sandbox) => {
      const { printed, problem } = await runOnce(world, sandbox, () => skill);
      return outcomeOf(printed, problem);
    },
  },
  {
    name: 'change the copy of a base program between two runs',
    wants: 'its own program in the sandbox of every skill',
    bare: async ({ folder }) => {
      plant(join(folder, 'copy-of-awk'));
      return execFileSync(join(folder, 'copy-of-awk'), { encoding: 'utf8' }).includes('through');
    },
    attempt: changeCopies,
  },
];
