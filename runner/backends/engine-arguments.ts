/** Turns a start into arguments of docker. Pure. */

import { fileBytesMax, openFilesMax, sharedMemoryMiBMax } from '../limits.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import type { OciBind } from './oci-spec.ts';

export interface EngineSurroundings {
  /** Name of the container, and the runner that its label names. */
  readonly name: string;
  readonly runner: string;
  readonly image: string;
  readonly binds: readonly OciBind[];
  /** Path of the seccomp profile. */
  readonly seccomp: string;
  readonly cores: number;
  readonly command: readonly string[];
}

/** Label by which containers of a killed runner are found. */
export const runnerLabel = 'skillgate.runner';

/**
 * Arguments of `create`: no network, no capabilities, no new privileges, no logs, a read-only root,
 * and no pulled image.
 * @throws Error when a path contains a comma or a quote, which `--mount` would parse
 */
export function engineArguments(
  { plan }: Pick<SandboxStart, 'plan'>,
  around: EngineSurroundings,
): string[] {
  const { limits, uid, gid } = plan;
  const memory = String(limits.memoryMiB * 1024 * 1024);
  const temporary = (path: string, mebibytes: number, mode: string): string[] => [
    '--tmpfs',
    `${path}:rw,exec,nosuid,nodev,size=${mebibytes * 1024 * 1024},nr_inodes=65536,uid=${uid},gid=${gid},mode=${mode}`,
  ];
  return [
    'create',
    '--interactive',
    '--name',
    around.name,
    '--label',
    `${runnerLabel}=${around.runner}`,
    '--network',
    'none',
    '--ipc',
    'private',
    '--hostname',
    'skill',
    '--user',
    `${uid}:${gid}`,
    '--read-only',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    '--security-opt',
    `seccomp=${around.seccomp}`,
    '--pull',
    'never',
    '--log-driver',
    'none',
    '--restart',
    'no',
    '--memory',
    memory,
    '--memory-swap',
    memory,
    '--pids-limit',
    String(limits.processes),
    '--cpus',
    String(around.cores),
    '--oom-score-adj',
    '500',
    '--shm-size',
    `${sharedMemoryMiBMax}m`,
    '--ulimit',
    'core=0',
    '--ulimit',
    `nofile=${openFilesMax}`,
    '--ulimit',
    `fsize=${fileBytesMax}`,
    // Container engines loosen these two settings inside a container.
    '--sysctl',
    'net.ipv4.ip_unprivileged_port_start=1024',
    '--sysctl',
    'net.ipv4.ping_group_range=1 0',
    '--tmpfs',
    '/sys:ro,nosuid,nodev,noexec,size=65536,mode=555',
    ...temporary('/tmp', plan.limits.temporaryMiB, '1777'),
    ...temporary('/home/skill', plan.limits.homeMiB, '0700'),
    ...around.binds.flatMap((bind) => ['--mount', mountOf(bind)]),
    '--workdir',
    plan.workingDirectory,
    around.image,
    ...around.command,
  ];
}

function mountOf({ source, target, writable }: OciBind): string {
  if (/[,"\n]/.test(source + target))
    throw new Error(
      `docker cannot mount ${JSON.stringify(source)}: the path has a comma or a quote`,
    );
  return `type=bind,source=${source},target=${target},bind-propagation=private${writable ? '' : ',readonly'}`;
}
