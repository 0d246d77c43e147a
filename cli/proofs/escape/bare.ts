/**
 * Attempts without a sandbox: as the sandbox's user, or as root in its own namespaces. A supervisor
 * kills all processes that they leave.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as host from '../../../runner/host/public.ts';
import type { AttemptOutputs, WantedAttempt } from './batch.ts';
import { parseOutputs } from './batch.ts';
import { factsOf, secretName } from './facts.ts';
import { batchSecondsMax } from './limits.ts';
import { probeProgram, supervisorProgram } from './probe.ts';
import { changeOwner, type EscapeWorld } from './world.ts';

/** All namespaces except the user namespace: root's changes end with them. */
const ownNamespaces =
  '--mount --uts --ipc --pid --net --fork --kill-child --mount-proc --propagation private --'.split(
    ' ',
  );

/** Runs a batch of attempts without a sandbox. */
export async function runBare(
  world: EscapeWorld,
  attempts: readonly WantedAttempt[],
  as: 'root' | 'user',
  atOnce: number,
): Promise<AttemptOutputs> {
  const folder = join(world.folder, 'probe');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'probe.py'), probeProgram);
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(attempts));
  changeOwner(folder, world.user);
  const python = host.findProgram('python3') ?? '';
  const probe = [python, join(folder, 'probe.py'), JSON.stringify(factsOf(world, false, atOnce))];
  const { uid, gid } = as === 'root' ? { uid: 0, gid: 0 } : world.user;
  const supervise = [
    python,
    '-c',
    supervisorProgram,
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
      // As long as the runner's own canary.
      PROD_ADMIN_TOKEN: randomBytes(20).toString('hex'),
      [secretName]: world.storedSecret,
      SSH_AUTH_SOCK: join(world.folder, 'agent.sock'),
    };
    // For the attempt that looks for descriptors of its parent.
    const inherited = openSync(join(world.folder, 'canary.txt'), 'r');
    const child = spawn(program, args, {
      cwd: world.folder,
      env,
      stdio: ['ignore', 'pipe', 'ignore', inherited],
      detached: true,
    });
    closeSync(inherited);
    const out: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child
      .on('error', () => resolve(new Map()))
      .on('close', () => resolve(parseOutputs(Buffer.concat(out).toString())));
  });
}
