/** Turns the mounts of a plan into binds. */
import type { SandboxStart } from '../sandbox/sandbox.ts';
import type { OciBind } from './oci-spec.ts';

/**
 * Returns binds by path. The prelude in the sandbox then checks that each mount is the judged
 * folder.
 */
export function mountBinds({ plan, sources }: Pick<SandboxStart, 'plan' | 'sources'>): OciBind[] {
  return plan.mounts.map(({ target, mode, path }) => ({
    source: sources?.get(target) ?? path,
    target,
    writable: mode !== 'ro',
  }));
}
