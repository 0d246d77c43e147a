/** Reviews over the API, by the same functions as in the desk. */

import { Hono } from 'hono';
import * as v from 'valibot';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { memberName, publicKey } from '../../skills-index/statement/field-shapes.ts';
import type { PendingVote } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { EnrolledMember, Principal, Registry } from '../context.ts';
import { latest, memberNow, readIdentities, readMembers } from '../people/identities.ts';
import type { KnownIdentities } from '../people/known-identities.ts';
import { requireReading } from '../readers/may-read.ts';
import { reasonCharsMax } from '../review/notes.ts';
import {
  answerReviewers,
  askAuthor,
  claimReview,
  draftApproval,
  listQueue,
  moveVersion,
  readDraft,
  readReview,
  withdrawVersion,
} from '../review/review.ts';
import { findJoining, invite, join } from '../sign-in/invitations.ts';
import { listPendingPasskeys } from '../sign-in/passkeys.ts';
import { states } from '../versions/status.ts';
import {
  asDigest,
  digestSchema,
  jsonBody,
  requireActor,
  requireReviewer,
  versionIn,
} from './request-parts.ts';

const reason = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(reasonCharsMax));
const reviewer = v.union([
  v.strictObject({ keyId: digestSchema }),
  v.strictObject({ credentialId: v.pipe(v.string(), v.regex(/^[\w-]{1,1400}$/)) }),
]);
const which = '/reviews/:scope/:name/:version';

/** Routes below /api/v1. */
export function reviewRoutes(registry: Registry): Hono {
  return new Hono()
    .route('/', readingRoutes(registry))
    .route('/', signingRoutes(registry))
    .route('/', movingRoutes(registry));
}

function readingRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/reviews', async (context) => {
      await requireReviewer(registry, context);
      const { after, before } = context.req.query();
      const { rows, ...page } = await listQueue(registry, { after, before });
      return context.json({ reviews: rows, ...page });
    })
    .get('/reviews/statement/:digest', async (context) => {
      await requireReviewer(registry, context);
      return context.json(await readDraft(registry, parseDigest(context.req.param('digest'))));
    })
    .get(which, async (context) => {
      await requireReviewer(registry, context);
      return context.json(await readReview(registry, versionIn(context)));
    });
}

function signingRoutes(registry: Registry): Hono {
  return new Hono().post(
    `${which}/draft`,
    jsonBody(
      v.strictObject({
        reviewer: v.exactOptional(reviewer),
        reason,
        independent: v.exactOptional(v.boolean()),
      }),
    ),
    async (context) => {
      const actor = await requireActor(registry, context);
      const body = context.req.valid('json');
      const wanted = {
        ...versionIn(context),
        reason: body.reason,
        independent: body.independent ?? false,
      };
      const signer = body.reviewer === undefined ? {} : { reviewer: subjectOf(body.reviewer) };
      return context.json(await draftApproval(registry, actor, { ...wanted, ...signer }), 201);
    },
  );
}

function movingRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      `${which}/move`,
      jsonBody(v.strictObject({ to: v.picklist(states), reason })),
      async (context) => {
        const actor = await requireActor(registry, context);
        return context.json({
          status: await moveVersion(registry, actor, {
            ...versionIn(context),
            ...context.req.valid('json'),
          }),
        });
      },
    )
    .post(`${which}/ask`, jsonBody(v.strictObject({ reason })), async (context) => {
      const actor = await requireActor(registry, context);
      await askAuthor(registry, actor, { ...versionIn(context), ...context.req.valid('json') });
      return context.json({ asked: true });
    })
    .post(`${which}/answer`, jsonBody(v.strictObject({ text: reason })), async (context) => {
      const actor = await requireActor(registry, context);
      const answer = { ...versionIn(context), ...context.req.valid('json') };
      await answerReviewers(registry, actor, answer);
      return context.json({ answered: true });
    })
    .post(
      `${which}/withdraw`,
      jsonBody(v.strictObject({ reason: v.exactOptional(reason) })),
      async (context) => {
        const actor = await requireActor(registry, context);
        const { at, by, why } = await withdrawVersion(registry, actor, {
          ...versionIn(context),
          ...context.req.valid('json'),
        });
        return context.json({ status: 'withdrawn', by, at: at.toISOString(), reason: why });
      },
    )
    .post(`${which}/claim`, async (context) =>
      context.json(
        await claimReview(registry, await requireActor(registry, context), versionIn(context)),
      ),
    );
}

function subjectOf(signer: v.InferOutput<typeof reviewer>): Principal {
  return 'keyId' in signer
    ? { kind: 'key', keyId: asDigest(signer.keyId) }
    : { kind: 'passkey', credentialId: signer.credentialId };
}

// Members and scopes, as signed statements define them.

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
        joining: (await findJoining(registry)).filter(
          ({ key }) => chain.memberStatementOf(key.keyId, latest) === undefined,
        ),
      });
    })
    .post(
      '/members/invitations',
      jsonBody(v.strictObject({ name: memberName })),
      async (context) => {
        const actor = await requireActor(registry, context);
        return context.json({
          secret: await invite(registry, actor, context.req.valid('json').name),
        });
      },
    )
    .post(
      '/members/join',
      jsonBody(v.strictObject({ secret: v.string(), key: publicKey })),
      async (context) => {
        const { secret, key } = context.req.valid('json');
        await join(registry, secret, key);
        return context.json({ ok: true }, 201);
      },
    )
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
