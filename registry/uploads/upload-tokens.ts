/**
 * Tokens with which clients that hold no key upload to one scope. An owner of the scope makes a
 * token and can end it. A token signs nothing and reads nothing: it only brings files, which wait
 * until a key of the scope adopts them. Tokens are sessions of the kind `upload`, so the database
 * has their SHA-256 only.
 */
import { and, asc, gt, gte, lt, type SQL } from 'drizzle-orm';
import type { Context } from 'hono';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { isNamePart, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import type { Actor, Registry } from '../context.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { bearerToken } from '../readers/readers.ts';
import { findSession, noteUse, type SessionToken, startSession } from '../sign-in/sessions.ts';
import { isUploadToken } from '../store/columns/index-conditions.ts';
import { sessions } from '../store/session-schema.ts';
import { uploadTokenDaysMax, uploadTokensMax } from './limits.ts';

/** Who uploads: the token that a request has. */
export interface TokenUploader {
  /** SHA-256 of the token. */
  readonly session: Digest;
  readonly scope: Scope;
  /** The name that the owner gave to the token. */
  readonly label: string;
  /** The owner's key that made the token. */
  readonly by: Digest;
}

export interface UploadToken extends Pick<TokenUploader, 'label' | 'by'> {
  readonly createdAt: Date;
  /** Undefined for a token that was never used. A use in the minute after another is not noted. */
  readonly usedAt: Date | undefined;
  readonly expires: Date;
}

const dayMs = 24 * 3_600_000;

/**
 * What helps a client whose token does not count. clawhub redacts the word after “token:”, so a
 * colon never follows “token”.
 */
export const newTokenHint =
  'An owner of the scope makes a new one by this command: skillgate scope token SCOPE LABEL';

/**
 * Makes a token. It is shown once.
 * @param days how long the token counts
 * @throws Problem `forbidden` for anybody but an owner of the scope, `request-invalid`
 */
export async function createUploadToken(
  registry: Registry,
  actor: Actor,
  { scope, label, days }: { readonly scope: Scope; readonly label: string; readonly days: number },
): Promise<SessionToken> {
  const by = await requireOwnerKey(registry, actor, scope);
  if (!isNamePart(label))
    throw new Problem('request-invalid', `Cannot name a token ${JSON.stringify(label)}`, {
      hint: 'Use lower-case letters, digits and single hyphens, such as laptop.',
    });
  if (!Number.isSafeInteger(days) || days < 1 || days > uploadTokenDaysMax)
    throw new Problem('request-invalid', `A token lasts 1 to ${uploadTokenDaysMax} days`);
  return registry.exclusive(`upload tokens @${scope}`, async () => {
    const known = await listUploadTokens(registry, scope);
    if (known.some((one) => one.label === label))
      throw new Problem('request-invalid', `@${scope} has a token ${label} already`, {
        hint: `Choose another label, or end that token first: skillgate scope token ${scope} ${label} --remove`,
      });
    if (known.length >= uploadTokensMax)
      throw new Problem('request-invalid', `@${scope} has ${known.length} tokens already`, {
        hint: 'End a token that nobody uses any more.',
      });
    const subject = `@${scope} ${label} ${by}`;
    return startSession(registry, { kind: 'upload', subject, lifeMs: days * dayMs });
  });
}

/** The tokens of a scope that have not expired, by their labels. */
export async function listUploadTokens(
  { db, now }: Registry,
  scope: Scope,
): Promise<readonly UploadToken[]> {
  const rows = await db.read
    .select()
    .from(sessions)
    .where(and(isTokenOf(scope), gt(sessions.expiresAt, now().getTime())))
    .orderBy(asc(sessions.subject));
  return rows.map(({ subject, createdAt, seenAt, expiresAt }) => ({
    ...readSubject(subject),
    createdAt: new Date(createdAt),
    usedAt: seenAt === 0 ? undefined : new Date(seenAt),
    expires: new Date(expiresAt),
  }));
}

/** Ends a token at once. @throws Problem `not-found` */
export async function endUploadToken(
  registry: Registry,
  scope: Scope,
  label: string,
): Promise<void> {
  const known = await listUploadTokens(registry, scope);
  if (!known.some((one) => one.label === label))
    throw new Problem('not-found', `@${scope} has no token ${label.slice(0, 100)}`, {
      hint: `List the tokens: skillgate scope token ${scope}`,
    });
  await registry.db.batch([(db) => db.delete(sessions).where(isTokenOf(scope, label))]);
}

/**
 * The uploader of a request; undefined when its token does not count. A token counts no longer than
 * its maker owns the scope.
 */
export async function readUploader(
  registry: Registry,
  context: Context,
): Promise<TokenUploader | undefined> {
  const token = bearerToken(context);
  const row = token === undefined ? undefined : await findSession(registry, token, 'upload');
  if (row === undefined) return undefined;
  const { scope, label, by } = readSubject(row.subject);
  if (!(await ownsScope(registry, scope, by))) return undefined;
  await noteUse(registry, row);
  return { session: row.id, scope, label, by };
}

/** @throws Problem `not-signed-in` */
export async function requireUploader(
  registry: Registry,
  context: Context,
): Promise<TokenUploader> {
  const uploader = await readUploader(registry, context);
  if (uploader !== undefined) return uploader;
  throw new Problem('not-signed-in', 'Cannot upload: this token is unknown, ended or expired', {
    hint: newTokenHint,
  });
}

/**
 * The key of an owner of the scope. Everybody else gets the same answer about any scope, claimed or
 * not.
 * @throws Problem `forbidden`
 */
export async function requireOwnerKey(
  registry: Registry,
  { subject }: Actor,
  scope: Scope,
): Promise<Digest> {
  if (subject.kind === 'key' && (await ownsScope(registry, scope, subject.keyId)))
    return subject.keyId;
  throw new Problem('forbidden', `Only a key that owns @${scope} may do this`, {
    hint: 'Sign in with the key of an owner: --key NAME',
  });
}

/**
 * Requires a key that owns the scope or may publish there, which sees the uploads to the scope.
 * @throws Problem `forbidden`, with the same answer about any scope
 */
export async function requireKeyOf(
  registry: Registry,
  { subject }: Actor,
  scope: Scope,
): Promise<Digest> {
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const all = [...chain.ownersOf(scope, latest), ...chain.publishersOf(scope, latest)];
  if (subject.kind === 'key' && all.some((one) => identityId(one) === subject.keyId))
    return subject.keyId;
  throw new Problem('forbidden', `Only a key that publishes in @${scope} sees its uploads`, {
    hint: 'Sign in with a key of the scope: --key NAME',
  });
}

async function ownsScope(registry: Registry, scope: Scope, keyId: Digest): Promise<boolean> {
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  return chain.ownersOf(scope, latest).some((owner) => identityId(owner) === keyId);
}

/** A range of the index on subjects: a space ends the scope, and the label. */
function isTokenOf(scope: Scope, label?: string): SQL | undefined {
  const begin = label === undefined ? `@${scope}` : `@${scope} ${label}`;
  const { kind, subject } = sessions;
  return and(isUploadToken(kind), gte(subject, `${begin} `), lt(subject, `${begin}!`));
}

function readSubject(subject: string): Pick<TokenUploader, 'scope' | 'label' | 'by'> {
  const [scope = '', label = '', by = ''] = subject.split(' ');
  return { scope: scope.slice(1) as Scope, label, by: by as Digest };
}
