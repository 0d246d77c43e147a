/** Refuses runs with mounts, egress or sessions, for backends that support none of these. */

import { Problem } from '../../skills-index/skill/problem.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import { requireNotRoot } from '../sandbox/sandbox-user.ts';

/** @throws Problem `sandbox-refused`, `mount-owner-root` */
export function requireNoMounts(
  name: string,
  { folders = [], plan, proxyFolder }: SandboxStart,
): void {
  requireNotRoot(plan);
  const lacks =
    proxyFolder !== undefined
      ? 'gives no egress'
      : plan.mounts.length > 0
        ? 'mounts no folder'
        : 'shows no packages and runs no session';
  if (proxyFolder !== undefined || plan.mounts.length > 0 || folders.length > 0)
    throw new Problem(
      'sandbox-refused',
      `Cannot start: the backend ${name} ${lacks}; use the backend bubblewrap`,
    );
}
