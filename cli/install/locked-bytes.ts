/** Checks that a version has the digest that the lock pins. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import type { LockedSkill } from './lock.ts';

/** @throws Problem `lock-differs` where the same version has another digest now */
export function requireLockedBytes(admitted: Admitted, locked: LockedSkill | undefined): void {
  if (
    locked === undefined ||
    locked.version !== admitted.version ||
    locked.bundle === admitted.bundle
  )
    return;
  const which = `${admitted.name}@${admitted.version}`;
  throw new Problem(
    'lock-differs',
    `Cannot install ${which}: skillgate.lock pins other bytes for this version`,
    {
      reasons: [
        { message: `skillgate.lock has ${locked.bundle}` },
        { message: `the registry offers ${admitted.bundle}` },
      ],
    },
  );
}
