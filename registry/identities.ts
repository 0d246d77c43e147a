/** Who is who, from the signed identity statements alone: a row that somebody wrote into the database means nothing here. */

import { Problem } from '../skills-index/skill/problem.ts';
import type { Identities } from '../skills-index/trust/identity.ts';
import type { Actor, Member, Registry, Role, Subject } from './context.ts';

/** Holds the last chain computed; a new identity statement makes it compute again. */
export interface IdentityCache {
  at: number;
  chain?: Identities;
}

/** The identities as of the last committed statement. */
export async function readIdentities(_registry: Registry): Promise<Identities> {
  throw new Error('not yet');
}

/** The actor a subject stands for now; undefined when no key, member or scope knows it. */
export async function actorOf(_registry: Registry, _subject: Subject): Promise<Actor | undefined> {
  throw new Error('not yet');
}

/**
 * Refuses who has none of the roles.
 * @throws Problem `forbidden`
 */
export function requireRole(actor: Actor, roles: readonly Role[]): Member {
  if (actor.member === undefined || !roles.some((role) => actor.member?.roles.includes(role))) {
    throw new Problem('forbidden', `Only a ${roles.join(' or ')} may do this`);
  }
  return actor.member;
}
