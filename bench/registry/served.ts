/** `skillgate serve` from `dist/` as a process of its own, and what the kernel counts of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Send } from '../../test/registry/road.ts';
import { cpuMsOf } from './process-figures.ts';

export const guard = fileURLToPath(new URL('../../dist/cli/guard.js', import.meta.url));

export interface Served {
  readonly base: string;
  readonly pid: number;
  /** Wall and processor milliseconds from the start of the process until it answers. */
  readonly ready: { readonly wallMs: number; readonly cpuMs: number };
  readonly send: Send;
  stop(): Promise<void>;
}

/** How long a start may take before the bench gives up. */
const startMsMax = 900_000;

/**
 * Serves a registry's folder without a scanner. Resolves when the registry answers, and when no
 * process of the start, such as the check of a large database, takes processor time any more.
 */
export async function serve(dir: string): Promise<Served> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [guard, 'serve', dir, '--no-scanner', '--host', '127.0.0.1', '--port', '0', '--format', 'json'],
    { env: environmentIn(dir), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const line = await firstLine(child).catch((cause: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`serve: ${String(cause)}: ${Buffer.concat(errors).toString().slice(0, 500)}`);
  });
  const wallMs = performance.now() - started;
  const { base, pid } = JSON.parse(line) as { base: string; pid: number };
  const cpuMs = cpuMsOf(pid);
  while (hasChildren(pid)) await sleep(200);
  return {
    base,
    pid,
    ready: { wallMs, cpuMs },
    send: (path, init) => fetch(`${base}${path}`, { redirect: 'manual', ...init }),
    stop: () => stopOf(child),
  };
}

/** The environment of a process whose own files lie below a folder. */
export function environmentIn(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    SKILLGATE_HOME: join(folder, 'home'),
    NO_COLOR: '1',
  };
}

/** Serves the folder while the work lasts. */
export async function whileServed<Result>(
  dir: string,
  work: (served: Served) => Promise<Result>,
): Promise<Result> {
  const served = await serve(dir);
  try {
    return await work(served);
  } finally {
    await served.stop();
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdout } = child;
    if (stdout === null) return reject(new Error('no output'));
    const timer = setTimeout(() => reject(new Error(`no answer in ${startMsMax} ms`)), startMsMax);
    createInterface({ input: stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(line);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code ?? signal}`));
    });
    child.once('error', reject);
  });
}

async function stopOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}

function hasChildren(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some(
      (task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim() !== '',
    );
  } catch {
    return false;
  }
}
