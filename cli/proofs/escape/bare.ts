/**
 * Attempts without a sandbox: as its user would make them, or as root in namespaces of its own, and
 * never anything that outlives them.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../runner/host/host.ts';
import type { Told, WantedAttempt } from './batch.ts';
import { parseTold } from './batch.ts';
import { factsOf, secretName } from './facts.ts';
import { batchSecondsMax } from './limits.ts';
import { probeProgram, superviseProgram } from './probe.ts';
import { type EscapeWorld, give } from './world.ts';

/** Every namespace but the user's: what root does in them ends with them. */
const ownNamespaces =
  '--mount --uts --ipc --pid --net --fork --kill-child --mount-proc --propagation private --'.split(
    ' ',
  );

/** Runs a batch; what it says is never told in a sandbox. */
export async function runBare(
  world: EscapeWorld,
  attempts: readonly WantedAttempt[],
  as: 'root' | 'user',
  atOnce: number,
): Promise<Told> {
  const folder = join(world.folder, 'probe');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'probe.py'), probeProgram);
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(attempts));
  give(folder, world.user);
  const python = findProgram('python3') ?? '';
  const probe = [python, join(folder, 'probe.py'), JSON.stringify(factsOf(world, false, atOnce))];
  const { uid, gid } = as === 'root' ? { uid: 0, gid: 0 } : world.user;
  const supervise = [
    python,
    '-c',
    superviseProgram,
    String(uid),
    String(gid),
    String(batchSecondsMax),
  ];
  const [program = '', ...args] = [
    ...supervise,
    ...(as === 'root' ? ['/usr/bin/unshare', ...ownNamespaces] : []),
    ...probe,
  ];
  return new Promise((resolve) => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: join(world.folder, 'home'),
      TMPDIR: world.folder,
      [world.environmentName]: process.env[world.environmentName],
      // As many signs as the runner's own canary has.
      PROD_ADMIN_TOKEN: randomBytes(20).toString('hex'),
      [secretName]: world.storedSecret,
      SSH_AUTH_SOCK: join(world.folder, 'agent.sock'),
    };
    // A descriptor that was left open.
    const left = openSync(join(world.folder, 'canary.txt'), 'r');
    const child = spawn(program, args, {
      cwd: world.folder,
      env,
      stdio: ['ignore', 'pipe', 'ignore', left],
      detached: true,
    });
    closeSync(left);
    const out: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child
      .on('error', () => resolve(new Map()))
      .on('close', () => resolve(parseTold(Buffer.concat(out).toString())));
  });
}
