/**
 * Invitations of reviewers: a secret that counts once and for a day. Whoever has it hands over a
 * public key, which waits for an administrator. Nothing here gives a right: an administrator signs
 * the enrolment after both people have compared a code (`cli/members-and-scopes/invite.ts`).
 */
import { and, eq, gt, type SQL } from 'drizzle-orm';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { Actor, Registry } from '../context.ts';
import { requireRole } from '../people/identities.ts';
import { tickets } from '../store/session-schema.ts';
import { invitationMs, issueTicket, takeTicket } from './sessions.ts';

/** A key that somebody handed over with an invitation. */
export interface JoiningKey {
  /** The digest of the invitation's secret. */
  readonly invitation: Digest;
  readonly name: string;
  readonly key: PublicKey;
}

/**
 * Makes the secret of an invitation for a reviewer of this name.
 * @throws Problem `forbidden` unless the actor is an administrator
 */
export async function invite(registry: Registry, actor: Actor, name: string): Promise<string> {
  requireRole(actor, ['administrator']);
  return issueTicket(registry, 'invitation', name, invitationMs);
}

/**
 * Uses an invitation up, and keeps the key for an administrator. The same key once more changes
 * nothing.
 * @throws Problem `not-signed-in` when the invitation was used, has expired or is unknown
 */
export async function join(registry: Registry, secret: string, key: PublicKey): Promise<void> {
  const invitation = digestOf(secret);
  const name = await takeTicket(registry, 'invitation', secret);
  if (name === undefined) {
    // The first answer may have been lost on its way.
    const [earlier] = await findJoining(registry, eq(tickets.id, invitation));
    if (earlier?.key.keyId === key.keyId) return;
    throw new Problem('not-signed-in', 'This invitation was used before, or has expired', {
      hint: 'Ask whoever invited you for a new one. If you did not use it, somebody else did: say so.',
    });
  }
  const expiresAt = registry.now().getTime() + invitationMs;
  await registry.db.batch([
    (db) =>
      db.insert(tickets).values({
        id: invitation,
        kind: 'joining',
        subject: JSON.stringify({ invitation, name, key } satisfies JoiningKey),
        expiresAt,
      }),
  ]);
}

/** Keys that were handed over within the last day, or the one of `which`; those of members, too. */
export async function findJoining(registry: Registry, which?: SQL): Promise<readonly JoiningKey[]> {
  const rows = await registry.db.read
    .select({ subject: tickets.subject })
    .from(tickets)
    .where(
      and(which, eq(tickets.kind, 'joining'), gt(tickets.expiresAt, registry.now().getTime())),
    );
  return rows.map(({ subject }) => JSON.parse(subject));
}
