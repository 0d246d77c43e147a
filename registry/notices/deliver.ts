/**
 * Tells recipients what happened, each at its own pace: every notice at least once, in order. A
 * place in the outbox moves on only after the recipient took the notices.
 */

import { createHmac } from 'node:crypto';
import { eq, inArray, lte } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { noticeSendMs, noticesAtOnce } from './mail.ts';
import { lastPlace, noticesAfter } from './notice.ts';
import type {
  EventNotice,
  NoticeChoice,
  NoticeConfig,
  Recipient,
  WebhookConfig,
} from './notice-config.ts';
import { noticePlaces, notices } from './notice-schema.ts';

/** How long a recipient may refuse a notice before the registry leaves the notice out. */
const noticeGiveUpMs = 3 * 24 * 3_600_000;

const noticeKeptMs = 30 * 24 * 3_600_000;

/** The pause after the first failure; each further failure doubles it. */
const noticePauseMsMin = 5_000;
const noticePauseMsMax = 3_600_000;

/** How old a notice is before it is sent: statements that stop many versions add to one. */
const noticeSettleMs = 2_000;

/** Old notices that one slice deletes. */
const noticesForgottenAtOnce = 500;

type Place = typeof noticePlaces.$inferSelect;

/**
 * One slice: up to `noticesAtOnce` notices for each recipient, and the end of old ones.
 * @returns whether more notices can be sent at once
 */
export async function deliverSome(
  registry: Registry,
  signal = new AbortController().signal,
): Promise<boolean> {
  await forgetOld(registry);
  const recipients = registry.notices?.recipients ?? [];
  // One slow recipient does not delay the others.
  const more = await Promise.all(recipients.map((one) => deliverTo(registry, one, signal)));
  return more.includes(true);
}

async function deliverTo(
  registry: Registry,
  recipient: Recipient,
  signal: AbortSignal,
): Promise<boolean> {
  const place = await placeOf(registry, recipient);
  const now = registry.now().getTime();
  // A time beyond the longest pause comes from a clock that was ahead.
  if (place.nextAt > now && place.nextAt <= now + noticePauseMsMax) return false;
  const found = await noticesAfter(registry, place.seq, noticesAtOnce);
  // Statements that stop many versions add to a notice for a moment.
  const young = found.findIndex(({ at }) => isYoung(at, now));
  const ready = young === -1 ? found : found.slice(0, young);
  const wanted = ready.filter((notice) => isWanted(recipient, notice));
  for (let from = 0; from < wanted.length; from += recipient.atOnce) {
    const some = wanted.slice(from, from + recipient.atOnce);
    try {
      await recipient.send(some, { origin: registry.root.origin, now: registry.now(), signal });
    } catch (error) {
      if (signal.aborted) return false;
      await noteFailure(registry, { recipient, place, some, error });
      return false;
    }
    await moveTo(registry, place, some.at(-1)?.seq ?? place.seq);
  }
  const last = ready.at(-1)?.seq;
  if (last !== undefined) await moveTo(registry, place, last);
  return ready.length === noticesAtOnce;
}

function isYoung(at: Date, now: number): boolean {
  const age = now - at.getTime();
  return age >= 0 && age < noticeSettleMs;
}

/** Where a recipient is. A new recipient hears of events from now on. */
async function placeOf(registry: Registry, { address }: Recipient): Promise<Place> {
  const recipient = digestOf(address);
  const [known] = await registry.db.read
    .select()
    .from(noticePlaces)
    .where(eq(noticePlaces.recipient, recipient));
  if (known !== undefined) return known;
  const place = {
    recipient,
    seq: await lastPlace(registry),
    failures: 0,
    failedAt: null,
    nextAt: 0,
  };
  await registry.db.batch([(db) => db.insert(noticePlaces).values(place).onConflictDoNothing()]);
  return place;
}

async function moveTo({ db }: Registry, { recipient }: Place, seq: number): Promise<void> {
  await db.batch([
    (write) =>
      write
        .update(noticePlaces)
        .set({ seq, failures: 0, failedAt: null, nextAt: 0 })
        .where(eq(noticePlaces.recipient, recipient)),
  ]);
}

/** Waits longer after each failure, and leaves a notice out that nobody takes for three days. */
async function noteFailure(
  registry: Registry,
  {
    recipient,
    place,
    some,
    error,
  }: {
    readonly recipient: Recipient;
    readonly place: Place;
    readonly some: readonly EventNotice[];
    readonly error: unknown;
  },
): Promise<void> {
  const now = registry.now().getTime();
  const failedAt = place.failedAt ?? now;
  const failures = place.failures + 1;
  const why = error instanceof Error ? error.message : String(error);
  if (now - failedAt >= noticeGiveUpMs) {
    registry.notices?.say(
      `warning: nobody is told by ${recipient.label} that ${some.map(({ title }) => title).join('; ')}: ${why}`,
    );
    return moveTo(registry, place, some.at(-1)?.seq ?? place.seq);
  }
  if (failures === 1)
    registry.notices?.say(
      `warning: cannot tell ${recipient.label}: ${why}; the registry tries again`,
    );
  const pause = Math.min(noticePauseMsMax, noticePauseMsMin * 2 ** Math.min(failures - 1, 20));
  await registry.db.batch([
    (db) =>
      db
        .update(noticePlaces)
        .set({ failures, failedAt, nextAt: now + pause })
        .where(eq(noticePlaces.recipient, place.recipient)),
  ]);
}

async function forgetOld({ db, now }: Registry): Promise<void> {
  const until = now().getTime() - noticeKeptMs;
  const old = db.read
    .select({ seq: notices.seq })
    .from(notices)
    .where(lte(notices.at, until))
    .orderBy(notices.at)
    .limit(noticesForgottenAtOnce);
  await db.batch([(write) => write.delete(notices).where(inArray(notices.seq, old))]);
}

// The people and programs that are told of events.

/** The recipients of a configuration; a shell adds those by mail. */
export function webhooksOf(config: NoticeConfig, post: PostOutside): Recipient[] {
  return (config.webhooks ?? []).map((hook) => webhookRecipient(hook, config, post));
}

/** Whether a recipient chose to hear of a notice. */
function isWanted({ kinds, scopes }: NoticeChoice, notice: Pick<EventNotice, 'kind' | 'name'>) {
  return (
    (kinds === undefined || kinds.includes(notice.kind)) &&
    (scopes === undefined || scopes.includes(scopeOf(notice.name)))
  );
}

// Signed webhooks (Standard Webhooks 1.0.0): HMAC-SHA256 over id, time and body.

/**
 * Sends a POST request and returns the status of the answer. It follows no redirect, and reaches
 * no private address but those in `pins`.
 */
export type PostOutside = (
  url: string,
  sent: {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
  pins: NonNullable<NoticeConfig['hosts']>,
) => Promise<number>;

/** The recipient behind a webhook. */
function webhookRecipient(
  hook: WebhookConfig,
  { hosts = {} }: NoticeConfig,
  post: PostOutside,
): Recipient {
  return {
    ...hook,
    // The path of a webhook may be a secret.
    label: `webhook at ${new URL(hook.url).host}`,
    address: `webhook ${hook.url}`,
    atOnce: 1,
    send: async ([notice], { origin, now, signal: stop }) => {
      if (notice === undefined) return;
      const body = bodyOf(notice);
      const headers = signedHeaders(hook.secret, {
        // The same for each attempt, so that a receiver notices a repetition.
        id: `msg_${origin}_${notice.seq}`,
        seconds: Math.floor(now.getTime() / 1_000),
        body,
      });
      const signal = AbortSignal.any([stop, AbortSignal.timeout(noticeSendMs)]);
      const status = await post(hook.url, { body, headers, signal }, hosts);
      if (status < 200 || status > 299)
        throw new Problem('registry-down', `The webhook answered ${status}`);
    },
  };
}

/** Headers that prove who sent a body, and when. */
export function signedHeaders(
  secret: string,
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): Record<string, string> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${mac}`,
  };
}

function bodyOf({ kind, at, title, link, name, version, state }: EventNotice): string {
  return JSON.stringify({
    type: `version.${kind}`,
    timestamp: at.toISOString(),
    data: { name, version, state: state ?? null, title, link },
  });
}
