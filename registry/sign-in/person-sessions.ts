/** Sessions of people whom an identity provider named. */
import * as v from 'valibot';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { EnrolledMember, Registry } from '../context.ts';
import { memberOfPerson } from '../people/person-member.ts';
import { findSession, noteUse, type SessionToken, startSession } from './sessions.ts';
import type { SignedOnPerson } from './sign-on.ts';
import { type DeskRole, rolesOf, type SignOn } from './sign-on-config.ts';

/** Somebody who may read the desk, because an identity provider named the person. */
export interface DeskPerson {
  readonly person: SignedOnPerson;
  readonly roles: readonly DeskRole[];
  /** The member whom administrators named by this identity. */
  readonly member?: EnrolledMember;
}

/** Starts a session for a person who was just signed in. */
export async function createPersonSession(
  registry: Registry,
  signOn: SignOn,
  { issuer, subject, groups }: SignedOnPerson,
): Promise<SessionToken> {
  return startSession(registry, {
    kind: 'person',
    subject: canonicalJson({ issuer, subject, groups: [...groups] }),
    lifeMs: signOn.config.sessionMs,
  });
}

const personSchema = v.object({
  issuer: v.string(),
  subject: v.string(),
  groups: v.array(v.string()),
});

/**
 * The person of a cookie; undefined when the session has ended. The session also ends when the
 * operator names another provider, a shorter session, or no role for the person's groups.
 */
export async function readPersonSession(
  registry: Registry,
  token: string,
): Promise<DeskPerson | undefined> {
  const { signOn } = registry;
  if (signOn === undefined) return undefined;
  const row = await findSession(registry, token, 'person');
  if (row === undefined) return undefined;
  const person = v.parse(personSchema, JSON.parse(row.subject));
  const roles = rolesOf(signOn, person.groups);
  const isLate = row.createdAt + signOn.config.sessionMs <= registry.now().getTime();
  if (person.issuer !== signOn.config.issuer || roles.length === 0 || isLate) return undefined;
  await noteUse(registry, row);
  const member = await memberOfPerson(registry, { issuer: person.issuer, subject: person.subject });
  return { person, roles, ...(member && { member }) };
}
