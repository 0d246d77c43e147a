/**
 * Foreign servers as children: started on free ports, waited for, and ended by their own process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const startMillisMax = 60_000;

export interface Services {
  /** Starts a program and waits until `ready` answers anything over HTTP. */
  start(name: string, argv: readonly [string, ...string[]], ready: string): Promise<void>;
  stop(): Promise<void>;
}

export function makeServices(folder: string): Services {
  const running: ChildProcess[] = [];
  return {
    start: async (name, [program, ...argv], ready) => {
      const log = join(folder, `${name}.log`);
      const out = openSync(log, 'w');
      const child = spawn(program, argv, { cwd: folder, stdio: ['ignore', out, out] });
      closeSync(out);
      running.push(child);
      await untilReady(child, ready).catch((cause) => {
        throw new Error(`${name}: ${String(cause)}\n${readFileSync(log, 'utf8').slice(-2_000)}`);
      });
    },
    stop: async () => {
      await Promise.all(running.map(end));
    },
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + startMillisMax;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`);
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`does not answer at ${url}`);
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 3_000).unref();
  });
}
