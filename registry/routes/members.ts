/** Members and scopes, as signed statements define them. */
import { Hono } from 'hono';
import * as v from 'valibot';
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
import { describe, requireActor } from './describe.ts';

const member = v.object({
  name: v.string(),
  roles: v.array(v.string()),
  keyId: v.exactOptional(v.string()),
  spki: v.exactOptional(v.string()),
  credentialId: v.exactOptional(v.string()),
  identities: v.exactOptional(v.array(v.record(v.string(), v.string()))),
  passkey: v.exactOptional(
    v.object({ publicKey: v.string(), rpId: v.string(), origin: v.string() }),
  ),
});
const vote = v.object({ change: v.unknown(), by: v.array(v.string()) });
const pending = v.object({
  member: v.string(),
  credentialId: v.string(),
  publicKey: v.string(),
  rpId: v.string(),
  origin: v.string(),
});

/** A key, a person or a CI job, each with its own fields. */
const identitySchema = v.union([
  v.object({ keyId: v.string(), spki: v.string() }),
  v.object({ issuer: v.string(), subject: v.string() }),
  v.object({
    issuer: v.string(),
    repository: v.string(),
    workflow: v.string(),
    ref: v.exactOptional(v.string()),
    environment: v.exactOptional(v.string()),
  }),
]);

const membersSchema = v.object({
  members: v.array(member),
  /**
   * Enrolments that some administrators of the root file signed, and the number of signatures they
   * need.
   */
  votes: v.array(vote),
  votesNeeded: v.number(),
});

/** Routes below /api/v1. */
export function memberRoutes(registry: Registry): Hono {
  return new Hono()
    .get(
      '/members',
      describe({
        summary: 'List the keys and passkeys of members',
        answer: membersSchema,
        problems: [],
        signedIn: true,
      }),
      async (context) => {
        await requireMember(registry, context);
        return context.json(membersAnswer(registry, await readMembers(registry)));
      },
    )
    .get(
      '/members/last/:id',
      describe({
        summary:
          'Read the last statement about a member’s key or passkey; its next enrolment names this statement',
        answer: v.object({ statement: v.nullable(v.string()) }),
        problems: [],
      }),
      async (context) => {
        const { chain } = await readMembers(registry);
        return context.json({
          statement: chain.memberStatementOf(context.req.param('id'), latest) ?? null,
        });
      },
    )
    .get(
      '/members/pending',
      describe({
        summary: 'List the passkeys that wait for an administrator',
        answer: v.object({ pending: v.array(pending) }),
        problems: [],
        signedIn: true,
      }),
      async (context) => {
        await requireMember(registry, context);
        const { chain } = await readMembers(registry);
        const waiting = await listPendingPasskeys(registry);
        return context.json({
          pending: waiting.filter(
            ({ credentialId }) => chain.passkeyOf(credentialId, latest) === undefined,
          ),
        });
      },
    )
    .route('/', scopeRoutes(registry));
}

function scopeRoutes(registry: Registry): Hono {
  return new Hono().get(
    '/scopes/:scope',
    describe({
      summary: 'Read the owners of a scope',
      answer: v.object({
        scope: v.string(),
        owners: v.array(identitySchema),
        /** Publishers, where they differ from the owners. */
        publishers: v.exactOptional(v.array(identitySchema)),
        statement: v.exactOptional(v.string()),
        /** Why the scope has no owner: the statement about its owner can no longer be verified. */
        frozen: v.exactOptional(v.string()),
        /**
         * Changes that some administrators of the root file signed, and the number of signatures
         * they need.
         */
        votes: v.array(vote),
        votesNeeded: v.number(),
      }),
      problems: ['name-invalid', 'not-found'],
    }),
    async (context) => {
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
    },
  );
}

function membersAnswer(
  registry: Registry,
  known: KnownIdentities,
): v.InferOutput<typeof membersSchema> {
  const votes = known.chain.memberVotes.pending().map(votedOn);
  return { members: listMembers(registry, known), votes, votesNeeded: registry.root.threshold };
}

function votedOn({ change, by }: PendingVote<unknown>): v.InferOutput<typeof vote> {
  return { change, by: [...by] };
}

async function requireMember(
  registry: Registry,
  context: Parameters<typeof requireActor>[1],
): Promise<void> {
  const { member: who } = await requireActor(registry, context);
  if (who === undefined) throw new Problem('forbidden', 'Only a member may read this answer');
}

function listMembers(
  registry: Registry,
  { chain, statements }: KnownIdentities,
): v.InferOutput<typeof member>[] {
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

function shown({
  name,
  roles,
  identities,
}: EnrolledMember): Pick<v.InferOutput<typeof member>, 'name' | 'roles' | 'identities'> {
  return {
    name,
    roles: [...roles],
    ...(identities === undefined
      ? {}
      : { identities: identities.map((identity) => ({ ...identity })) }),
  };
}
