/**
 * The log's facts about a key or about an identity in a certificate: for its holder, and for people
 * who have to end or stop it.
 */
import { desc } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { keyVersionsMax } from '../limits.ts';
import { logSize } from '../log/log.ts';
import {
  isIdentityStatement,
  keysOfStatement,
  latest,
  memberNow,
  readIdentities,
} from '../people/identities.ts';
import type { KnownIdentities } from '../people/known-identities.ts';
import { mayRead, onlyShown } from '../readers/may-read.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { versions } from '../store/schema.ts';
import { wordOnPublisher } from '../versions/publishers.ts';
import { readShown, shownColumns } from '../versions/shown-versions.ts';

/** Routes below /api/v1. */
export function keyRoutes(registry: Registry): Hono {
  return new Hono().get('/keys/:keyId', async (context) => {
    const keyId = parseDigest(context.req.param('keyId'));
    const known = await readIdentities(registry, { rightsOf: [keyId] });
    const isRoot = registry.root.administrators.some((one) => one.keyId === keyId);
    const isNamed = isRoot || (await isNamedInShown(registry, context, known, keyId));
    const spki = isNamed ? known.chain.keyOf(keyId) : undefined;
    const shown = known.chain
      .scopesOf(keyId, latest)
      .map(async (scope) => ((await mayRead(registry, context, scope)) ? [scope] : []));
    const scopes = (await Promise.all(shown)).flat();
    const published = await onlyShown(registry, context, await publishedWith(registry, keyId));
    if (spki === undefined && scopes.length === 0 && published.length === 0)
      throw new Problem('not-found', `The log names no key or publisher ${keyId}`);
    const stopped = (await wordOnPublisher(registry, keyId))?.kind;
    return context.json({
      keyId,
      ...(spki === undefined ? {} : { spki: Buffer.from(spki).toString('base64') }),
      scopes,
      roles: memberNow(registry, known.chain, keyId)?.roles ?? [],
      isRoot,
      ...lifeOf(known, keyId),
      ...(stopped === undefined ? {} : { stopped }),
      versions: published,
      logSize: await logSize(registry),
    });
  });
}

/** Whether a statement names the key that the request may read: members and keys are public. */
async function isNamedInShown(
  registry: Registry,
  context: Context,
  { statements: logged }: KnownIdentities,
  keyId: Digest,
): Promise<boolean> {
  if (registry.readers === undefined) return true;
  for (const { statement } of logged) {
    if (!isIdentityStatement(statement)) continue;
    const { predicateType, predicate } = statement;
    const replaced = predicateType === predicateTypes.key ? predicate.replaces : undefined;
    const named = [...keysOfStatement(statement).map((one) => one.keyId), replaced];
    if (!named.includes(keyId)) continue;
    if (predicateType !== predicateTypes.scope) return true;
    if (await mayRead(registry, context, predicate.scope)) return true;
  }
  return false;
}

function lifeOf(
  { chain, statements: logged }: KnownIdentities,
  keyId: Digest,
): { endedUpTo?: number; follows: Digest[]; followedBy: Digest[] } {
  const ignored = new Set(chain.ignored.map(({ digest }) => digest));
  const keyStatements = logged.flatMap(({ statement, digest, logIndex }) =>
    statement.predicateType === predicateTypes.key && !ignored.has(digest)
      ? [{ ...statement.predicate, logIndex }]
      : [],
  );
  const ends = keyStatements.flatMap(({ key, state, validUpTo, logIndex }) =>
    state === 'ended' && key.keyId === keyId ? [Math.min(validUpTo ?? logIndex, logIndex)] : [],
  );
  return {
    ...(ends.length === 0 ? {} : { endedUpTo: Math.min(...ends) }),
    follows: keyStatements.flatMap(({ key, replaces }) =>
      key.keyId === keyId && replaces !== undefined ? [replaces] : [],
    ),
    followedBy: keyStatements.flatMap(({ key, replaces }) =>
      replaces === keyId ? [key.keyId] : [],
    ),
  };
}

async function publishedWith(registry: Registry, keyId: Digest) {
  const rows = await readShown(registry, () =>
    registry.db.read
      .select(shownColumns)
      .from(versions)
      .where(hasDigest(versions.publisher, keyId))
      .orderBy(desc(versions.logIndex))
      .limit(keyVersionsMax),
  );
  return rows.map(({ createdAt, logIndex, name, status, version }) => ({
    name,
    version,
    status,
    logIndex,
    at: new Date(createdAt).toISOString(),
  }));
}
