/**
 * Whether a request may read what belongs to a scope. Everybody may read a public scope. A private
 * scope is read by its readers, by its owners and publishers, and by members. For everybody else a
 * route answers as if the scope did not exist.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import type { Actor, Registry } from '../context.ts';
import { scopesOf } from '../people/actors.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { readSession } from '../sign-in/sessions.ts';
import { bearerToken, type Readers } from './readers.ts';
import {
  isBlobIn,
  isBlobOutside,
  type ScopesOfContent,
  scopesOfStatementBlob,
} from './scopes-of-content.ts';

/** @throws Problem `registry-busy`, `database-damaged` */
export async function mayRead(
  registry: Registry,
  context: Context,
  scope: Scope,
): Promise<boolean> {
  const { readers } = registry;
  if (readers === undefined || !readers.isPrivate(scope)) return true;
  const isReader = readers
    .of(context)
    .some(({ scopes }) => scopes === undefined || scopes.includes(scope));
  if (isReader) return true;
  const actor = await sessionOf(registry, context);
  return actor !== undefined && (actor.member !== undefined || isIn(registry, actor, scope));
}

/**
 * Those of the items, each about one skill, that a request may read. Each scope is judged once: a
 * page has many skills of few scopes, and `mayRead` may read the session and the owners of a scope.
 */
export async function onlyReadable<Item extends { readonly name: SkillName }>(
  registry: Registry,
  context: Context,
  items: readonly Item[],
): Promise<Item[]> {
  const shown = new Set<Scope>();
  for (const scope of new Set(items.map(({ name }) => scopeOf(name))))
    if (await mayRead(registry, context, scope)) shown.add(scope);
  return items.filter(({ name }) => shown.has(scopeOf(name)));
}

/** Scopes of which a request may read nothing; with `only`, of all others. */
export interface HiddenScopes {
  readonly scopes: readonly Scope[];
  readonly only: boolean;
}

/**
 * The scopes that a search for a request leaves out. A search counts and orders what it finds, so
 * that leaving skills out of the answer alone would still tell something of them.
 */
export async function scopesHiddenFrom(
  registry: Registry,
  context: Context,
): Promise<HiddenScopes> {
  const { readers } = registry;
  const none = { scopes: [], only: false };
  if (readers === undefined || readers.privateScopes.length === 0) return none;
  const shown = await privateScopesFor(registry, context, readers);
  if (shown === 'everything') return none;
  if (readers.privateScopes === 'everything') return { scopes: shown, only: true };
  return { scopes: readers.privateScopes.filter((scope) => !shown.includes(scope)), only: false };
}

/**
 * Answers a request for content of private scopes as if there were none.
 * @param scopes of the content: the request must be allowed to read one of them
 * @param missing the message of the route when there is no such content
 * @throws Problem `not-found`
 */
export async function requireReading(
  registry: Registry,
  context: Context,
  scopes: () => ScopesOfContent | Promise<ScopesOfContent>,
  missing: string,
): Promise<void> {
  if (registry.readers === undefined) return;
  const all = await scopes();
  if (all === 'everybody') return;
  for (const scope of all) if (await mayRead(registry, context, scope)) return;
  throw new Problem('not-found', missing);
}

/**
 * Answers a request for a blob of private scopes alone as if there were none. A blob belongs to the
 * scopes of all versions in the index that have it, or to those of the statement that it is.
 * @param missing the message of the route when there is no such blob
 * @throws Problem `not-found`
 */
export async function requireReadingBlob(
  registry: Registry,
  context: Context,
  digest: Digest,
  missing: string,
): Promise<void> {
  const { readers } = registry;
  if (readers === undefined) return;
  const { privateScopes: hidden } = readers;
  if (hidden !== 'everything' && (await isBlobOutside(registry, digest, hidden))) return;
  const shown = await privateScopesFor(registry, context, readers);
  if (shown === 'everything' || (await isBlobIn(registry, digest, shown))) return;
  const scopes = (): Promise<ScopesOfContent> => scopesOfStatementBlob(registry, digest);
  await requireReading(registry, context, scopes, missing);
}

/** The private scopes that a request may read. */
async function privateScopesFor(
  registry: Registry,
  context: Context,
  readers: Readers,
): Promise<readonly Scope[] | 'everything'> {
  const found = readers.of(context);
  if (found.some(({ scopes }) => scopes === undefined)) return 'everything';
  const actor = await sessionOf(registry, context);
  if (actor?.member !== undefined) return 'everything';
  const own = actor === undefined ? [] : await scopesOf(registry, actor);
  return [...found.flatMap(({ scopes = [] }) => scopes), ...own];
}

/**
 * Keeps everybody but readers and people with a session out of a registry that is private. The desk
 * and the routes of signing in are open: they ask who somebody is. So is what a supervisor asks.
 */
export function requireAdmission(registry: Registry): MiddlewareHandler {
  return async (context, next) => {
    const { readers } = registry;
    const isOpen =
      !readers?.isClosed ||
      openPaths.test(context.req.path) ||
      readers.of(context).length > 0 ||
      (await sessionOf(registry, context)) !== undefined;
    if (!isOpen)
      throw new Problem('not-signed-in', 'This registry is private', {
        hint: 'Ask its operator for a token, and keep it: skillgate registry token URL',
      });
    return next();
  };
}

const openPaths = /^\/(?:healthz|readyz|api\/v1\/session(?:\/challenge)?|review(?:\/.*)?)$/;

/** The actor of the request's session; undefined without a session that counts. */
export async function sessionOf(registry: Registry, context: Context): Promise<Actor | undefined> {
  const token = bearerToken(context);
  return token === undefined ? undefined : (await readSession(registry, token, 'token'))?.actor;
}

async function isIn(registry: Registry, { subject }: Actor, scope: Scope): Promise<boolean> {
  if (subject.kind === 'passkey') return false;
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const all = [...chain.ownersOf(scope, latest), ...chain.publishersOf(scope, latest)];
  return all.some((identity) => identityId(identity) === subject.keyId);
}
