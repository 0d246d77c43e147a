/**
 * Refuses to start a sandbox as root. The planner refuses the same, and every sandbox checks again.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { SandboxPlan } from './sandbox.ts';

/** @throws Problem `mount-owner-root` */
export function requireNotRoot({ uid }: Pick<SandboxPlan, 'uid'>): void {
  if (uid === 0)
    throw new Problem(
      'mount-owner-root',
      'Cannot start a sandbox: the run would have the uid of root',
    );
}
