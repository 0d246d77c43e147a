/**
 * Sign-in: opaque sessions of 256 bits, one-time links and key challenges. All are stored as
 * SHA-256 only, and all expire.
 */
import { and, eq, gt, lt, lte } from 'drizzle-orm';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import {
  type Actor,
  type Principal,
  printSubject,
  type Registry,
  readSubject,
} from '../context.ts';
import { actorOf } from '../people/actors.ts';
import { type SessionKind, sessions, type TicketKind, tickets } from '../store/session-schema.ts';
import { challengeMs } from './passkeys.ts';

/**
 * The largest difference between two processes' clocks. A row dated further in the future comes
 * from a clock that was wrong.
 */
export const clockSkewMs = 5 * 60_000;

const linkMs = 5 * 60_000;

export const sessionDeskMs = 12 * 3_600_000;

const sessionIdleMs = 30 * 60_000;

/**
 * How long an expired session or draft is kept, so that a clock that was days ahead ends none.
 */
export const sessionKeptMs = 7 * 24 * 3_600_000;

const sessionTokenMs = 60 * 60_000;

/** How long an invitation can be used, and how long the key then waits for an administrator. */
export const invitationMs = 24 * 60 * 60_000;

/** How long a person has to sign in at the identity provider. */
export const signOnMs = 10 * 60_000;

export interface SessionToken {
  /** The opaque id: a bearer token, or the value of the desk's cookie. It is shown once. */
  readonly token: string;
  readonly expires: Date;
}

/** The desk's cookie; `__Host-` needs Secure, which browsers allow on http://localhost. */
export const sessionCookie = '__Host-skillgate';

/** Starts a session: `desk` lasts 12 h and ends after 30 min without use, `token` lasts 60 min. */
export async function createSession(
  registry: Registry,
  subject: Principal,
  kind: 'desk' | 'token',
): Promise<SessionToken> {
  const lifeMs = kind === 'desk' ? sessionDeskMs : sessionTokenMs;
  return startSession(registry, { kind, subject: printSubject(subject), lifeMs });
}

/** Starts a session of any kind. */
export async function startSession(
  registry: Registry,
  session: {
    readonly kind: SessionKind;
    readonly subject: string;
    readonly lifeMs: number;
  },
): Promise<SessionToken> {
  const { kind, subject, lifeMs } = session;
  const now = registry.now().getTime();
  const token = opaque(registry);
  const expiresAt = now + lifeMs;
  const id = digestOf(token);
  await registry.db.batch([
    (db) => db.delete(sessions).where(lt(sessions.expiresAt, now - sessionKeptMs)),
    (db) =>
      db.insert(sessions).values({ id, kind, subject, createdAt: now, seenAt: now, expiresAt }),
  ]);
  return { token, expires: new Date(expiresAt) };
}

/**
 * The actor of a token or cookie; undefined when it is unknown, expired, or its key no longer
 * belongs to anybody.
 */
export async function readSession(
  registry: Registry,
  token: string,
  kind: 'desk' | 'token',
): Promise<{ readonly actor: Actor; readonly expires: Date } | undefined> {
  const row = await findSession(registry, token, kind);
  const actor = row && (await actorOf(registry, readSubject(row.subject)));
  if (row === undefined || actor === undefined) return undefined;
  await noteUse(registry, row);
  return { actor, expires: new Date(row.expiresAt) };
}

type SessionRow = typeof sessions.$inferSelect;

/** Sessions in browsers: somebody may have left one open. */
const endsIdle: ReadonlySet<SessionKind> = new Set(['desk', 'person']);

/** The row of a session that has neither ended nor gone unused for too long. */
export async function findSession(
  registry: Registry,
  token: string,
  kind: SessionKind,
): Promise<SessionRow | undefined> {
  const now = registry.now().getTime();
  const [row] = await registry.db.read
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.id, digestOf(token)),
        eq(sessions.kind, kind),
        gt(sessions.expiresAt, now),
        // A session that begins in the future comes from a clock that was ahead, and would last too
        // long.
        lte(sessions.createdAt, now + clockSkewMs),
      ),
    );
  return row === undefined || (endsIdle.has(row.kind) && row.seenAt + sessionIdleMs < now)
    ? undefined
    : row;
}

/**
 * Notes that a session of the desk, or the token of a scope, is used. Written at most once a
 * minute, so that not every page view costs a write.
 */
export async function noteUse(registry: Registry, row: SessionRow): Promise<void> {
  const now = registry.now().getTime();
  if (row.kind === 'token' || Math.abs(now - row.seenAt) <= 60_000) return;
  await registry.db.batch([
    (db) => db.update(sessions).set({ seenAt: now }).where(eq(sessions.id, row.id)),
  ]);
}

/** Ends a session at once. */
export async function endSession(registry: Registry, token: string): Promise<void> {
  await registry.db.batch([(db) => db.delete(sessions).where(eq(sessions.id, digestOf(token)))]);
}

/** Creates the secret of a one-time sign-in link for the desk, valid for 5 minutes. */
export async function createLink(registry: Registry, subject: Principal): Promise<string> {
  return issueTicket(registry, 'link', printSubject(subject), linkMs);
}

/** The actor that a link would sign in. The link stays usable. */
export async function peekLink(registry: Registry, link: string): Promise<Actor | undefined> {
  const [row] = await registry.db.read
    .select()
    .from(tickets)
    .where(and(eq(tickets.id, digestOf(link)), eq(tickets.kind, 'link')));
  return row === undefined || !isGood(registry, row)
    ? undefined
    : actorOf(registry, readSubject(row.subject));
}

/**
 * Uses up a link and starts a desk session; undefined when the link was used before, has expired or
 * is unknown.
 */
export async function redeemLink(
  registry: Registry,
  link: string,
): Promise<(SessionToken & { readonly actor: Actor }) | undefined> {
  const subject = await takeTicket(registry, 'link', link);
  const actor = subject === undefined ? undefined : await actorOf(registry, readSubject(subject));
  if (actor === undefined) return undefined;
  return { ...(await createSession(registry, actor.subject, 'desk')), actor };
}

/** Creates a nonce for a key to sign, valid for 5 minutes and one attempt. */
export async function createChallenge(registry: Registry, keyId: Digest): Promise<string> {
  return issueTicket(registry, 'challenge', printSubject({ kind: 'key', keyId }), challengeMs);
}

/** Uses up a nonce and returns the key that it was made for. */
export async function takeChallenge(
  registry: Registry,
  nonce: string,
): Promise<Principal | undefined> {
  const subject = await takeTicket(registry, 'challenge', nonce);
  return subject === undefined ? undefined : readSubject(subject);
}

/** Creates a secret that counts once. Only its digest is stored. */
export async function issueTicket(
  registry: Registry,
  kind: TicketKind,
  subject: string,
  lifeMs: number,
): Promise<string> {
  const now = registry.now().getTime();
  const secret = opaque(registry);
  const row = { id: digestOf(secret), kind, subject, expiresAt: now + lifeMs };
  await registry.db.batch([
    (db) => db.delete(tickets).where(lt(tickets.expiresAt, now)),
    (db) => db.insert(tickets).values(row),
  ]);
  return secret;
}

/** Uses up a secret, and returns what it was made for; undefined when it does not count. */
export async function takeTicket(
  registry: Registry,
  kind: TicketKind,
  secret: string,
): Promise<string | undefined> {
  // One DELETE … RETURNING: of two simultaneous requests, one gets the row.
  const [row] = await registry.db.read
    .delete(tickets)
    .where(and(eq(tickets.id, digestOf(secret)), eq(tickets.kind, kind)))
    .returning();
  return row === undefined || !isGood(registry, row) ? undefined : row.subject;
}

const ticketMs = {
  link: linkMs,
  challenge: challengeMs,
  'sign-on': signOnMs,
  invitation: invitationMs,
  joining: invitationMs,
} as const;

// Not expired, and not made by a clock that was ahead.
function isGood(registry: Registry, { kind, expiresAt }: typeof tickets.$inferSelect): boolean {
  const now = registry.now().getTime();
  return expiresAt > now && expiresAt <= now + ticketMs[kind] + clockSkewMs;
}

function opaque(registry: Registry): string {
  return Buffer.from(registry.random(32)).toString('base64url');
}
