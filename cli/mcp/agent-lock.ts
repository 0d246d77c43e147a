/** The lock of an agent identity: the versions that its standing grant fetched. */
import { join } from 'node:path';
import { capabilityDigest } from '../../skills-index/skill/capability.ts';
import { changeLock, type LockedSkill, lockFileName } from '../install/lock.ts';
import type { AdmissionWorld } from '../run/admission.ts';
import type { Startable } from '../run/start-skill.ts';

/** `skillgate agent grant` removes an entry, so that a newer version may be fetched. */
export function identityLockOf({ paths }: Pick<AdmissionWorld, 'paths'>, agent: string): string {
  return join(paths.data, 'agents', agent, lockFileName);
}

interface LockOwner {
  readonly world: Pick<AdmissionWorld, 'paths'>;
  readonly agentName: string;
}

export function ownLockOf({ world, agentName }: LockOwner): string {
  return identityLockOf(world, agentName);
}

export async function pinFor(owner: LockOwner, start: Startable): Promise<void> {
  const line = [start.admitted.name, lockedBy(start)] as const;
  await changeLock(ownLockOf(owner), (lock) => new Map([...lock, line]));
}

export function lockedBy({ admitted, registry }: Startable): LockedSkill {
  const { version, bundle, publisher, scopeClaim, logIndex } = admitted;
  return {
    registry,
    version,
    bundle,
    publisher,
    scopeClaim,
    capabilities: capabilityDigest(admitted.capabilities),
    logIndex,
  };
}
