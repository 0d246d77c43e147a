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
  digestSchema,
  jsonBody,
  requireActor,
  requireReviewer,
  versionIn,
} from './describe.ts';

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
