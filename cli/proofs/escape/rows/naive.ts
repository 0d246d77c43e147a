/**
 * A naive runner without our checks: the bare twin of attempts on our runner. It uses only files
 * that it made.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { runBare } from '../bare.ts';
import { wantedAttempt } from '../batch.ts';
import type { EscapeWorld } from '../world.ts';

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
export function copyBackAsRoot(
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
