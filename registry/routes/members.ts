/** Members and scopes, as signed statements define them. */
import { Hono } from 'hono';
import { parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { PendingVote } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { EnrolledMember, Registry } from '../context.ts';
import { latest, memberNow, readIdentities, readMembers } from '../people/identities.ts';
import type { KnownIdentities } from '../people/known-identities.ts';
import { requireReading } from '../readers/may-read.ts';
import { listPendingPasskeys } from '../sign-in/passkeys.ts';
import { requireActor } from './describe.ts';

/** Routes below /api/v1. */
export function memberRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/members', async (context) => {
      await requireMember(registry, context);
      return context.json(membersAnswer(registry, await readMembers(registry)));
    })
    .get('/members/last/:id', async (context) => {
      const { chain } = await readMembers(registry);
      return context.json({
        statement: chain.memberStatementOf(context.req.param('id'), latest) ?? null,
      });
    })
    .get('/members/pending', async (context) => {
      await requireMember(registry, context);
      const { chain } = await readMembers(registry);
      const waiting = await listPendingPasskeys(registry);
      return context.json({
        pending: waiting.filter(
          ({ credentialId }) => chain.passkeyOf(credentialId, latest) === undefined,
        ),
      });
    })
    .route('/', scopeRoutes(registry));
}

function scopeRoutes(registry: Registry): Hono {
  return new Hono().get('/scopes/:scope', async (context) => {
    const scope = parseScope(context.req.param('scope'));
    const missing = `Nobody owns the scope @${scope}`;
    await requireReading(registry, context, () => new Set([scope]), missing);
    const { chain } = await readIdentities(registry, { scopes: [scope] });
    const statement = chain.scopeStatementOf(scope, latest);
    if (statement === undefined) throw new Problem('not-found', missing);
    const frozen = chain.whyFrozen(scope, latest);
    const owners = chain.ownersOf(scope, latest);
    const publishers = chain.publishersOf(scope, latest);
    return context.json({
      scope,
      owners,
      ...(canonicalJson(publishers) === canonicalJson(owners) ? {} : { publishers }),
      statement,
      ...(frozen === undefined ? {} : { frozen }),
      votes: [...chain.scopeVotes.pendingOn(scope)].map(votedOn),
      votesNeeded: registry.root.threshold,
    });
  });
}

function membersAnswer(registry: Registry, known: KnownIdentities) {
  const votes = known.chain.memberVotes.pending().map(votedOn);
  return { members: listMembers(registry, known), votes, votesNeeded: registry.root.threshold };
}

function votedOn({ change, by }: PendingVote<unknown>) {
  return { change, by: [...by] };
}

async function requireMember(
  registry: Registry,
  context: Parameters<typeof requireActor>[1],
): Promise<void> {
  const { member: who } = await requireActor(registry, context);
  if (who === undefined) throw new Problem('forbidden', 'Only a member may read this answer');
}

function listMembers(registry: Registry, { chain, statements }: KnownIdentities) {
  const keys = new Set(registry.root.administrators.map(({ keyId }) => keyId));
  const passkeys = new Set<string>();
  for (const { statement } of statements) {
    if (statement.predicateType !== predicateTypes.member) continue;
    if (statement.predicate.key !== undefined) keys.add(statement.predicate.key.keyId);
    if (statement.predicate.passkey !== undefined)
      passkeys.add(statement.predicate.passkey.credentialId);
  }
  return [
    ...[...keys].flatMap((keyId) => {
      const found = memberNow(registry, chain, keyId);
      const spki = chain.keyOf(keyId);
      if (found === undefined || spki === undefined) return [];
      return [{ ...shown(found), keyId, spki: Buffer.from(spki).toString('base64') }];
    }),
    ...[...passkeys].flatMap((credentialId) => {
      const found = chain.passkeyOf(credentialId, latest);
      if (found === undefined) return [];
      const { publicKey, rpId, origin } = found.passkey;
      return [{ ...shown(found.member), credentialId, passkey: { publicKey, rpId, origin } }];
    }),
  ];
}

function shown({ name, roles, identities }: EnrolledMember) {
  return {
    name,
    roles: [...roles],
    ...(identities === undefined
      ? {}
      : { identities: identities.map((identity) => ({ ...identity })) }),
  };
}
