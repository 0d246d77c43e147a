/**
 * Finds the sandbox backends of this host by their names in host policy: Skillgate's own sandbox,
 * and adapters for other runtimes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Backend } from '../../skills-index/run/plan/backend-names.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { bubblewrap } from '../bubblewrap/bubblewrap.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { engineBackend } from './engine.ts';
import { whyNotDocker } from './engine-info.ts';
import { ociBackend } from './oci.ts';

/** A backend on this host: its sandbox, or the reason why it cannot start. */
export type FoundBackend =
  | { readonly name: Backend; readonly sandbox: Sandbox }
  | {
      readonly name: Backend;
      readonly why: string;
      /** The line that installs or starts it. */
      readonly type?: string;
      /** What works on this system, and where skills run; not on Linux. */
      readonly elsewhere?: string;
    };

/** `npm run fix` writes the names for host policy from these rows. */
export const backendMakers: Readonly<Record<Backend, () => FoundBackend>> = {
  bubblewrap: findBubblewrap,
  runc: () => findRuntime('runc', 'apt-get install runc'),
  runsc: () =>
    findRuntime(
      'runsc',
      'CGO_ENABLED=0 GOBIN=/usr/local/bin go install gvisor.dev/gvisor/runsc@v0.0.0-20260905035102-160fafc42237',
    ),
  docker: findDocker,
};

/** Finds every backend, usable or not. Starts none. */
export function findBackends(): readonly FoundBackend[] {
  return Object.values(backendMakers).map((make) => forPlatform(make()));
}

/** Finds one backend. */
export function findBackend(name: Backend): FoundBackend {
  return forPlatform(backendMakers[name]());
}

// The lines to type install programs of Linux.
function forPlatform(found: FoundBackend): FoundBackend {
  return process.platform === 'linux' || 'sandbox' in found
    ? found
    : { name: found.name, why: found.why, elsewhere };
}

/**
 * The backend that host policy names.
 * @throws Problem `sandbox-missing` when this host lacks it; Skillgate never substitutes another
 * backend
 */
export function backendOf({ backend: name }: Pick<HostPolicy, 'backend'>): Sandbox {
  // A start does not look for the program bwrap: the start itself fails without it.
  const found =
    name === 'bubblewrap' && process.platform === 'linux'
      ? { name, sandbox: bubblewrap() }
      : findBackend(name);
  if ('sandbox' in found) return found.sandbox;
  const hint = found.elsewhere ?? found.type;
  throw new Problem(
    'sandbox-missing',
    `Cannot start the backend ${name}, which host policy names: ${found.why}`,
    hint === undefined ? {} : { hint },
  );
}

const elsewhere =
  'scan, manifest, publish, review, verify and install work on this system. To run skills and agents, use a Linux host: on Windows in WSL 2 (wsl --install), on macOS in a virtual machine';

function findBubblewrap(): FoundBackend {
  const name = 'bubblewrap';
  if (process.platform !== 'linux') return { name, why: 'it needs Linux' };
  if (!existsSync('/usr/bin/bwrap'))
    return { name, why: 'this host has no bwrap', type: 'apt-get install bubblewrap socat' };
  return { name, sandbox: bubblewrap() };
}

function findRuntime(name: 'runc' | 'runsc', type: string): FoundBackend {
  const path = programOf(name);
  if (path === undefined) return { name, why: `this host has no ${name}`, type };
  if (process.getuid?.() !== 0) return { name, why: 'it needs a runner that is root' };
  return { name, sandbox: ociBackend({ name, path }) };
}

function findDocker(): FoundBackend {
  const name = 'docker';
  const program = programOf(name);
  const socket = '/var/run/docker.sock';
  if (program === undefined)
    return { name, why: 'this host has no docker', type: 'apt-get install docker.io' };
  if (!existsSync(socket))
    return { name, why: 'its daemon is not running', type: 'systemctl start docker' };
  if (process.getuid?.() !== 0) return { name, why: 'it needs a runner that is root' };
  const flags = ['--host', `unix://${socket}`];
  const options = { env: {}, cwd: '/', encoding: 'utf8', timeout: 10_000 } as const;
  const why = whyNotDocker(
    spawnSync(program, [...flags, 'info', '--format', '{{json .}}'], options).stdout ?? '',
  );
  return why === undefined
    ? { name, sandbox: engineBackend({ name, program, flags }) }
    : { name, why };
}

// Search only the system's own folders; PATH is ignored.
function programOf(name: string): string | undefined {
  return ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']
    .map((folder) => `${folder}/${name}`)
    .find(existsSync);
}
