/**
 * Refuses to start a sandbox as root, or as a user that this process cannot become. The planner
 * refuses root as well, and every sandbox checks again.
 */
import { existsSync, readFileSync } from 'node:fs';
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

/**
 * Requires that a runner that is root is root over this user: in a user namespace it is root over
 * the users that the namespace maps (user_namespaces(7)), often over itself alone.
 * @throws Problem `sandbox-refused`
 */
export function requireMapped(uid: number): void {
  const map = '/proc/self/uid_map';
  if (process.getuid?.() !== 0 || !existsSync(map) || isMapped(readFileSync(map, 'utf8'), uid))
    return;
  throw new Problem(
    'sandbox-refused',
    `Cannot start a sandbox: skillgate is root in a user namespace that has no user ${uid}`,
    { hint: 'Start skillgate outside of the namespace, as yourself or as root.' },
  );
}

/** Whether a map of users (`inside outside count` in each line) has a user. */
export function isMapped(map: string, uid: number): boolean {
  return map.split('\n').some((line) => {
    const [first = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number);
    return uid >= first && uid < first + count;
  });
}
