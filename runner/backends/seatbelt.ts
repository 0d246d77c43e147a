/**
 * The `seatbelt` backend for macOS: a profile made from the plan, for sandbox-exec(1), which every
 * macOS has. Files lie below the run folder, since Seatbelt cannot show them under other names.
 * Before each run, the backend tries forbidden acts in the sandbox and refuses to start when one
 * succeeds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Problem } from '../../skills-index/skill/problem.ts';
import { fileBytesMax, openFilesMax } from '../limits.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { runningSession } from './own-session.ts';
import { placeFiles } from './place-files.ts';
import { requireNoMounts } from './require-no-mounts.ts';
import { seatbeltProfile } from './seatbelt-profile.ts';

/** Path of sandbox-exec on macOS. */
export const sandboxExec = '/usr/bin/sandbox-exec';

// A shell tries each of these in the sandbox, and each must fail. `$1` is a file of the runner
// outside the run's own folders.
const attempts: Readonly<Record<string, string>> = {
  'files of the host are not there': 'read -r line < "$1"',
  'nothing is written beside its own folders': ': > "$1.new"',
  'programs that are not planned do not start': '/usr/bin/id',
};

/** The backend of this Mac. */
export function seatbelt(): Sandbox {
  return { name: 'seatbelt', gives: ['no-network'], checks: Object.keys(attempts), start };
}

async function start(what: SandboxStart): Promise<RunningSandbox> {
  requireNoMounts('seatbelt', what);
  if (process.getuid?.() === 0)
    throw new Problem(
      'sandbox-refused',
      'Cannot start: the backend seatbelt needs a runner that is not root',
    );
  const { plan, runFolder } = what;
  const root = `${runFolder}/host`;
  const { command, env } = placeFiles(what, root);
  const profileFor = (programs: SandboxStart['plan']['programs']): string =>
    seatbeltProfile(
      { plan: { ...plan, programs } },
      { skill: `${root}/skills`, home: `${root}/home`, temporary: `${root}/tmp` },
    );
  tryProfile(profileFor([{ program: 'sh', path: '/bin/sh' }]), runFolder);
  const limits = `ulimit -c 0 && ulimit -n ${openFilesMax} && ulimit -f ${fileBytesMax / 512} && ulimit -t ${plan.limits.seconds * 2}`;
  const held = `${limits} && ulimit -u ${plan.limits.processes} && exec "$@"`;
  const child = spawn(
    '/bin/sh',
    ['-c', held, 'sh', sandboxExec, '-p', profileFor(plan.programs), ...command],
    {
      env,
      cwd: `${root}/tmp`,
      stdio: 'pipe',
      detached: true,
    },
  );
  return runningSession(child, [
    'memory: no limit',
    'network: none',
    'a process that leaves its session outlives a kill',
  ]);
}

function tryProfile(profile: string, runFolder: string): void {
  const bait = `${runFolder}/bait`;
  writeFileSync(bait, 'bait\n', { flag: 'w' });
  const attempt = (script: string): number | null =>
    spawnSync(sandboxExec, ['-p', profile, '/bin/sh', '-c', script, 'sh', bait], {
      env: {},
      cwd: '/',
      timeout: 10_000,
    }).status;
  if (attempt(':') !== 0)
    throw new Problem(
      'sandbox-refused',
      'The sandbox did not start: sandbox-exec rejected the profile',
    );
  const [through] = Object.entries(attempts).filter(([, script]) => attempt(script) === 0);
  if (through !== undefined)
    throw new Problem(
      'sandbox-refused',
      `The sandbox did not start: a check failed: ${through[0]}`,
    );
}
