/** Who reads the desk, and who may change something there. */
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Actor, EnrolledMember, Registry } from '../../context.ts';
import { requireRole } from '../../people/identities.ts';
import { readSession, sessionCookie } from '../../sign-in/sessions.ts';
import { readPersonSession } from '../../sign-in/sign-on.ts';

/** A member whose key started the session. */
export interface SignedInMember {
  readonly actor: Actor;
  readonly member: EnrolledMember;
}

/** Somebody who may read the desk: a signed-in member, or a person after single sign-on. */
export interface DeskReader {
  /** Shown on each page. */
  readonly name: string;
  readonly roles: readonly string[];
  /** The reader as a member; absent for a person whom no member statement names. */
  readonly member?: EnrolledMember;
  /** The identity of a person of a reviewers' group whom no member statement names. */
  readonly unenrolled?: { readonly issuer: string; readonly subject: string };
  /** Whether the reader may begin an approval, which the reader's own passkey or key signs. */
  readonly mayReview: boolean;
  /** Whether the reader sees how the registry runs. */
  readonly mayOperate: boolean;
  /**
   * The actor that a key proved. Absent after single sign-on, so that no identity provider can act
   * for a member.
   */
  readonly actor?: Actor;
}

/** The person of the cookie; undefined for strangers and for members who may not see the desk. */
export async function whoIs(registry: Registry, context: Context): Promise<DeskReader | undefined> {
  const token = getCookie(context, sessionCookie);
  if (token === undefined) return undefined;
  const session = await readSession(registry, token, 'desk');
  if (session !== undefined) {
    const { actor } = session;
    const { member } = actor;
    if (member === undefined) return undefined;
    const mayReview = member.roles.includes('reviewer');
    const mayOperate = member.roles.includes('administrator');
    return { name: member.name, roles: member.roles, member, mayReview, mayOperate, actor };
  }
  const signedOn = await readPersonSession(registry, token);
  if (signedOn === undefined) return undefined;
  const { person, roles, member } = signedOn;
  const mayReview = roles.includes('review') && member?.roles.includes('reviewer') === true;
  const mayOperate = roles.includes('operate');
  const name = member?.name ?? person.subject;
  const unenrolled = member === undefined && roles.includes('review') ? person : undefined;
  return {
    name,
    roles,
    ...(member && { member }),
    ...(unenrolled && { unenrolled }),
    mayReview,
    mayOperate,
  };
}

/**
 * The reader of the cookie: a reviewer or administrator, or a person after single sign-on.
 * @throws Problem `not-signed-in`, `forbidden`
 */
export async function requireReader(registry: Registry, context: Context): Promise<DeskReader> {
  const reader = await whoIs(registry, context);
  if (reader === undefined) {
    throw new Problem('not-signed-in', 'You are not signed in, or your session has expired', {
      hint: 'Run skillgate login --browser for a sign-in link.',
    });
  }
  if (reader.actor !== undefined) requireRole(reader.actor, ['reviewer', 'administrator']);
  return reader;
}

/**
 * A reader who sees how the registry runs.
 * @throws Problem `not-signed-in`, `forbidden`
 */
export async function requireOperator(registry: Registry, context: Context): Promise<void> {
  const { mayOperate } = await requireReader(registry, context);
  if (!mayOperate)
    throw new Problem(
      'forbidden',
      'Only an administrator, or a group of operators, sees this page',
    );
}

/**
 * A reviewer or administrator whose key started the session: nobody else changes anything without
 * a signature.
 * @throws Problem `not-signed-in`, `forbidden`
 */
export async function requireReviewer(
  registry: Registry,
  context: Context,
): Promise<SignedInMember> {
  const { actor, member } = await requireReader(registry, context);
  if (actor === undefined || member === undefined)
    throw new Problem('forbidden', 'Single sign-on opens the desk for reading', {
      hint: 'Run skillgate login --browser for a sign-in link: the link proves that you hold your key. With a passkey you approve versions without the link.',
    });
  return { actor, member };
}

/**
 * A reviewer who may begin an approval. The approval counts when the reviewer's passkey or key has
 * signed it, so single sign-on is enough to begin.
 * @throws Problem `not-signed-in`, `forbidden`
 */
export async function requireSigner(registry: Registry, context: Context): Promise<EnrolledMember> {
  const { member, mayReview, actor } = await requireReader(registry, context);
  if (member !== undefined && mayReview) return member;
  if (actor !== undefined) return requireRole(actor, ['reviewer']);
  throw new Problem('forbidden', 'Only a reviewer approves', {
    hint: 'An administrator names your identity in your enrolment (skillgate member add --identity ISSUER SUBJECT), and the operator gives your group the role to review.',
  });
}
