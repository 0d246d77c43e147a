/**
 * No sandbox: the command runs on this host as the run's user. Only `skill run --unsafe-no-sandbox`
 * uses it, never an agent.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { runningSession } from './own-session.ts';
import { placeFiles } from './place-files.ts';
import { requireNoMounts } from './require-no-mounts.ts';

/** It gives no protection that host policy can require, and runs no checks. */
export const noSandbox: Sandbox = { name: 'none', gives: [], checks: [], start };

async function start(what: SandboxStart): Promise<RunningSandbox> {
  requireNoMounts('none', what);
  const { plan, runFolder } = what;
  const { command, env } = placeFiles(what, `${runFolder}/host`);
  const [program = '', ...args] = command;
  const user = process.getuid?.() === 0 ? { uid: plan.uid, gid: plan.gid } : {};
  const cwd = `${runFolder}/host/tmp`;
  mkdirSync(cwd, { recursive: true });
  const child = spawn(program, args, { ...user, env, cwd, stdio: 'pipe', detached: true });
  return runningSession(child, ['NO SANDBOX: nothing enforces the plan']);
}
