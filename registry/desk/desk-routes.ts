/**
 * The reviewer's desk at /review: sign-in, passkeys and the queue. `review.ts` has the routes of
 * one version.
 */

import { Hono } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import { ruleNote } from '../../skills-index/statement/rule-note.ts';
import type { Registry } from '../context.ts';
import { formBodyBytesMax } from '../limits.ts';
import { deskFeed, feedType } from '../notices/atom.ts';
import { deliveryStates } from '../notices/delivery-states.ts';
import { latest, readMembers } from '../people/identities.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { lastDeletions, rulesOf } from '../retention/due-files.ts';
import { listDecided, listQueue } from '../review/review.ts';
import { creationOptions, finishCreation, listPendingPasskeys } from '../sign-in/passkeys.ts';
import { listDoubts } from '../versions/doubts.ts';
import { largestOwners, storedInAll } from '../versions/stored-bytes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { deskHeaders, field, serveAssets, show } from './frame.ts';
import { type OperationsView, operationsPage } from './operations.ts';
import { passkeysPage } from './passkeys-page.ts';
import { queuePage } from './queue.ts';
import { reviewRoutes } from './review-routes.ts';
import { rulePage } from './rule.ts';
import { requireOperator, requireReader, requireReviewer, whoIs } from './sign-in/reader.ts';
import { signInRoutes, signOnRoutes } from './sign-in/sign-in-routes.ts';

/** All routes of the desk, without the prefix /review. */
export function deskRoutes(registry: Registry): Hono {
  const app = new Hono();
  app.use(deskHeaders(registry), limitBody(formBodyBytesMax));
  serveAssets(registry, app);
  signInRoutes(app, registry);
  if (registry.signOn !== undefined) signOnRoutes(app, registry, registry.signOn);
  passkeyRoutes(app, registry);

  app.get('/', async (context) => {
    if ((await whoIs(registry, context)) === undefined)
      return context.redirect('/review/sign-in', 303);
    await requireReader(registry, context);
    const { after, before } = context.req.query();
    const queue = await listQueue(registry, { after, before });
    const isFirst = queue.previous === undefined;
    const decided = isFirst ? await listDecided(registry) : [];
    const doubts = isFirst ? await listDoubts(registry) : [];
    return show(registry, context, (frame) =>
      queuePage(frame, { now: registry.now().getTime(), queue, decided, doubts }),
    );
  });
  app.get('/operations', async (context) => {
    await requireOperator(registry, context);
    const view = await operationsOf(registry);
    return show(registry, context, (frame) => operationsPage(frame, view));
  });
  app.get('/notices.atom', async (context) => {
    await requireReader(registry, context);
    return context.body(await deskFeed(registry), 200, { 'content-type': feedType });
  });
  app.get('/rules/:group/:rule', async (context) => {
    await requireReader(registry, context);
    const rule = `${context.req.param('group')}/${context.req.param('rule')}`;
    const note = ruleNote(rule);
    if (note === undefined)
      throw new Problem('not-found', `There is no rule ${JSON.stringify(rule.slice(0, 100))}`);
    return show(registry, context, (frame) => rulePage(frame, rule, note));
  });
  approvalRoutes(app, registry);
  reviewRoutes(app, registry);
  app.all('*', (context) => {
    throw new Problem('not-found', `The desk has no page at ${context.req.path}`);
  });
  return app;
}

async function operationsOf(registry: Registry): Promise<OperationsView> {
  const { chain } = await readMembers(registry);
  const waiting = await listPendingPasskeys(registry);
  return {
    now: registry.now().getTime(),
    deliveries: await deliveryStates(registry),
    stored: await storedInAll(registry),
    largest: await largestOwners(registry),
    quotas: registry.quotas ?? {},
    retention: rulesOf(registry.retention),
    deleted: await lastDeletions(registry.db),
    votes: chain.memberVotes
      .pending()
      .map(({ change: { name, roles }, by }) => ({ name, roles, signed: by.length })),
    votesNeeded: registry.root.threshold,
    passkeys: waiting.filter(
      ({ credentialId }) => chain.passkeyOf(credentialId, latest) === undefined,
    ),
  };
}

function passkeyRoutes(app: Hono, registry: Registry): void {
  app.get('/passkeys', async (context) => {
    const { member } = await requireReviewer(registry, context);
    const { chain } = await readMembers(registry);
    const enrolled = chain.passkeysOf(member.name, latest);
    const known = new Set(enrolled.map((passkey) => passkey.credentialId));
    const pending = (await listPendingPasskeys(registry)).filter(
      (passkey) => passkey.member === member.name && !known.has(passkey.credentialId),
    );
    const options = await creationOptions(registry, member.name, [
      ...known,
      ...pending.map((passkey) => passkey.credentialId),
    ]);
    const view = {
      member: member.name,
      roles: member.roles,
      now: registry.now().getTime(),
      enrolled,
      pending,
      creationOptions: options,
    };
    return show(registry, context, (frame) => passkeysPage(frame, view));
  });
  app.post('/passkeys', async (context) => {
    const { member } = await requireReviewer(registry, context);
    await finishCreation(registry, member.name, await field(context, 'response'));
    return context.redirect('/review/passkeys', 303);
  });
}
