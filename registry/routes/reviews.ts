/** Reviews over the API, by the same functions as in the desk. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import type { Principal, Registry } from '../context.ts';
import { reasonCharsMax } from '../limits.ts';
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
import { states } from '../versions/status.ts';
import {
  asDigest,
  describe,
  digestSchema,
  jsonBody,
  requireActor,
  requireReviewer,
  versionIn,
} from './describe.ts';
import { versionSchema } from './versions.ts';

const reason = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(reasonCharsMax));
const reviewer = v.union([
  v.strictObject({ keyId: digestSchema }),
  v.strictObject({ credentialId: v.pipe(v.string(), v.regex(/^[\w-]{1,1400}$/)) }),
]);
/** Here, `report` is the whole report. */
const reviewSchema = v.looseObject({
  ...versionSchema.entries,
  reportDigest: v.exactOptional(v.string()),
  report: v.exactOptional(v.looseObject({})),
});
const draft = v.object({
  digest: v.string(),
  statement: v.string(),
  payload: v.string(),
  expires: v.string(),
});
const which = '/reviews/:scope/:name/:version';
const aboutVersion = ['name-invalid', 'version-invalid', 'not-found'] as const;

/** Routes below /api/v1. */
export function reviewRoutes(registry: Registry): Hono {
  return new Hono()
    .route('/', readingRoutes(registry))
    .route('/', signingRoutes(registry))
    .route('/', movingRoutes(registry));
}

function readingRoutes(registry: Registry): Hono {
  return new Hono()
    .get(
      '/reviews',
      describe({
        summary: 'List a page of the versions that wait for a person, riskiest first',
        answer: v.object({
          reviews: v.array(
            v.looseObject({ name: v.string(), version: v.string(), status: v.string() }),
          ),
          waiting: v.number(),
          quarantined: v.number(),
          oldest: v.exactOptional(v.string()),
          unsettled: v.boolean(),
          next: v.exactOptional(v.string()),
          previous: v.exactOptional(v.string()),
        }),
        problems: ['request-invalid'],
        query: {
          after: '`next` of another page: the rows behind it',
          before: '`previous` of another page: the rows before it',
        },
        signedIn: true,
      }),
      async (context) => {
        await requireReviewer(registry, context);
        const { after, before } = context.req.query();
        const { rows, ...page } = await listQueue(registry, { after, before });
        return context.json({ reviews: rows, ...page });
      },
    )
    .get(
      '/reviews/statement/:digest',
      describe({
        summary: 'Read a drafted approval, byte for byte',
        answer: draft,
        problems: ['digest-invalid', 'not-found'],
        signedIn: true,
      }),
      async (context) => {
        await requireReviewer(registry, context);
        return context.json(await readDraft(registry, parseDigest(context.req.param('digest'))));
      },
    )
    .get(
      which,
      describe({
        summary: 'Read everything that a reviewer needs of a version',
        answer: reviewSchema,
        problems: aboutVersion,
        signedIn: true,
      }),
      async (context) => {
        await requireReviewer(registry, context);
        return context.json(await readReview(registry, versionIn(context)));
      },
    );
}

function signingRoutes(registry: Registry): Hono {
  return new Hono().post(
    `${which}/draft`,
    describe({
      summary: 'Draft an approval to sign',
      answer: draft,
      created: true,
      problems: [
        ...aboutVersion,
        'request-invalid',
        'approval-refused',
        'move-illegal',
        'package-malicious',
      ],
      signedIn: true,
    }),
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
      describe({
        summary: 'Move a version to another state, with a reason',
        answer: v.object({ status: v.string() }),
        problems: [...aboutVersion, 'move-illegal'],
        signedIn: true,
      }),
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
    .post(
      `${which}/ask`,
      describe({
        summary: 'Ask the author a question',
        answer: v.object({ asked: v.boolean() }),
        problems: [...aboutVersion, 'request-invalid', 'move-illegal'],
        signedIn: true,
      }),
      jsonBody(v.strictObject({ reason })),
      async (context) => {
        const actor = await requireActor(registry, context);
        await askAuthor(registry, actor, { ...versionIn(context), ...context.req.valid('json') });
        return context.json({ asked: true });
      },
    )
    .post(
      `${which}/answer`,
      describe({
        summary: 'Answer the reviewers’ questions, as the author',
        answer: v.object({ answered: v.boolean() }),
        problems: [...aboutVersion, 'move-illegal', 'too-many-requests'],
        signedIn: true,
      }),
      jsonBody(v.strictObject({ text: reason })),
      async (context) => {
        const actor = await requireActor(registry, context);
        const answer = { ...versionIn(context), ...context.req.valid('json') };
        await answerReviewers(registry, actor, answer);
        return context.json({ answered: true });
      },
    )
    .post(
      `${which}/withdraw`,
      describe({
        summary: 'Take back a version that waits, as the author',
        answer: v.object({
          status: v.literal('withdrawn'),
          by: v.string(),
          at: v.string(),
          reason: v.string(),
        }),
        problems: [...aboutVersion, 'scope-frozen', 'publisher-stopped', 'move-illegal'],
        signedIn: true,
      }),
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
    .post(
      `${which}/claim`,
      describe({
        summary: 'Claim a review for ten minutes',
        answer: v.object({ by: v.string(), until: v.string() }),
        problems: [...aboutVersion, 'move-illegal'],
        signedIn: true,
      }),
      async (context) =>
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
