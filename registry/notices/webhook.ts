/** Signed webhooks (Standard Webhooks 1.0.0): HMAC-SHA256 over id, time and body. */
import { createHmac } from 'node:crypto';
import { Problem } from '../../skills-index/skill/problem.ts';
import { noticeSendMs } from './limits.ts';
import type { NoticeConfig, WebhookConfig } from './notice-config.ts';
import type { EventNotice, Recipient } from './notice-types.ts';

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
export function webhookRecipient(
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
