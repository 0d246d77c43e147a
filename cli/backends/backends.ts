/** What can hold a run, by its name in host policy: the runner's own sandbox, and hands for other people's runtimes. */
import { existsSync } from 'node:fs';
import type { Sandbox } from '../../runner/sandbox.ts';
import { bubblewrap } from '../../runner/sandboxes/bubblewrap.ts';
import type { Backend } from '../../skills-index/run/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { ociBackend } from './oci.ts';

/** A backend as it is on this host: startable, or why not. */
export type FoundBackend =
  | { readonly name: Backend; readonly sandbox: Sandbox }
  | { readonly name: Backend; readonly why: string; readonly type?: string };

const makers: Readonly<Record<Backend, () => FoundBackend>> = {
  bubblewrap: () => ({ name: 'bubblewrap', sandbox: bubblewrap() }),
  runc: () => oci('runc'),
  runsc: () => oci('runsc'),
};

/** Every backend, found or not. Nothing is started. */
export function findBackends(): readonly FoundBackend[] {
  return Object.values(makers).map((make) => make());
}

/**
 * The backend that host policy names.
 * @throws Problem `sandbox-missing` when this host does not have it: another is never taken in its place
 */
export function backendOf(name: Backend): Sandbox {
  const found = makers[name]();
  if ('sandbox' in found) return found.sandbox;
  const hint = found.type === undefined ? {} : { hint: found.type };
  throw new Problem('sandbox-missing', `Host policy wants the backend ${name}: ${found.why}`, hint);
}

// Only where the system installs them, whatever PATH says.
function oci(name: 'runc' | 'runsc'): FoundBackend {
  const path = [`/usr/sbin/${name}`, `/usr/bin/${name}`, `/usr/local/sbin/${name}`, `/usr/local/bin/${name}`].find(existsSync);
  if (path === undefined) return { name, why: `there is no ${name} here`, type: `apt-get install ${name}` };
  if (process.getuid?.() !== 0) return { name, why: 'it needs a runner that is root' };
  return { name, sandbox: ociBackend({ name, path }) };
}
