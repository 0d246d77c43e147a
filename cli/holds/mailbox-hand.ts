/** Notifies people of a hold by webhooks and by mailbox. Neither can answer it. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { openAuditKey } from '../../runner/audit/audit.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import { postOutside } from '../../runner/webhooks/post-outside.ts';
import { type Hold, holdDigest, type SignedAnswer } from '../../skills-index/run/holds/hold.ts';
import { lacksMailboxKey } from '../../skills-index/run/holds/hold-policy.ts';
import {
  type MailboxLabel,
  type MailboxMessage,
  mailboxAnswerShape,
  mailboxBytesMax,
  type Open,
  readAnswer,
  type SignedMailboxText,
  sealRequest,
  signForMailbox,
} from '../../skills-index/run/holds/mailbox.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';
import { parseBase } from '../registries/registry-base.ts';
import { proxyOpener } from '../upstream-proxy.ts';
import { holdsFolderOf, putAnswer } from './answer.ts';

/** For one call of a webhook. */
const webhookSecondsMax = 10;

/** Approvers who get a hold in their mailbox: the first ones in host policy. */
const mailboxApproversMax = 10;

/** Time between two requests for an answer in a mailbox, and the limit of one request. */
const mailboxPollMillis = 1_000;

const mailboxSecondsMax = 10;

/**
 * The message to a webhook, signed with the host's audit key: names and an id, without secrets,
 * body or query.
 */
function noticeOf(hold: Hold): string {
  const { id, run, agent, skill, version, kind, rule, what, created, expires } = hold;
  return canonicalJson({
    schema: 'skillgate.hold-notice/1',
    hold: holdDigest(hold),
    id,
    run,
    agent,
    skill,
    version,
    kind,
    rule,
    what,
    created,
    expires,
  });
}

export async function sendToWebhooks(
  world: Pick<CommandContext, 'env' | 'paths' | 'signal'>,
  policy: HostPolicy,
  hold: Hold,
  log: (line: string) => void,
): Promise<void> {
  const { hosts, webhooks } = policy;
  const { paths, signal } = world;
  if (webhooks.length === 0) return;
  const proxy = await proxyOpener(world, policy)?.();
  const body = noticeOf(hold);
  const key = openAuditKey(join(paths.config, 'audit-key.json'));
  const headers = {
    'content-type': 'application/json',
    'skillgate-key': key.keyId,
    'skillgate-signature': key.sign(Buffer.from(body)).toString('base64'),
  };
  const late = AbortSignal.any([signal, AbortSignal.timeout(webhookSecondsMax * 1_000)]);
  // A failure is logged; the hold does not wait for the webhook.
  for (const { url } of webhooks)
    void postOutside(url, { body, headers, signal: late }, hosts, undefined, proxy).catch(
      (cause: Error) => log(cause.message),
    );
}

// Leaves a hold at a registry for its approvers, and stores their answers for the hold gate. The
// gate verifies them; this file trusts none.

export type MailboxWorld = Pick<CommandContext, 'env' | 'fetch' | 'now' | 'paths' | 'signal'>;

interface Letter {
  readonly hold: Hold;
  readonly label: MailboxLabel;
  readonly signed: SignedMailboxText<MailboxMessage>;
  /**
   * Opens the answer. Only a reader of the message can encrypt an answer for this key, because its
   * public part is inside the encrypted message.
   */
  readonly open: Open;
}

/**
 * Sends one message to each approver with a mailbox key. Passkeys cannot decrypt, and other users
 * of this host answer here. The hold does not wait for the mailbox; a failure is logged, and the
 * hold can still be answered here.
 */
export function leaveInMailbox(
  world: MailboxWorld,
  { approvers, mailbox }: HostPolicy,
  hold: Hold,
  log: (line: string) => void,
): void {
  if (mailbox === undefined) return;
  for (const { name } of approvers.filter(lacksMailboxKey))
    log(
      `mailbox: approver ${name} gets no copy of this hold, because host.json has no mailbox key for ${name}. Remove the entry here: skillgate host approver remove ${name}. Then add the line that ${name} prints with: skillgate key approver`,
    );
  for (const { key, mailboxKey, name } of approvers
    .filter((approver) => approver.mailboxKey !== undefined)
    .slice(0, mailboxApproversMax)) {
    if (key === undefined || mailboxKey === undefined || !isDigest(key.keyId)) continue;
    const about = {
      hold,
      approver: name,
      to: key.keyId,
      sealedFor: Buffer.from(mailboxKey.spki, 'base64'),
    };
    const at = { fetch: world.fetch, registryBase: parseBase(mailbox) };
    void writeLetter(world, about)
      .then((letter) => follow(world, at, letter, log))
      .catch((cause: Error) => log(`mailbox: ${cause.message}`));
  }
}

async function writeLetter(
  { paths }: MailboxWorld,
  { approver, hold, sealedFor, to }: Addressed,
): Promise<Letter> {
  // Loaded here, because most runs encrypt nothing.
  const { openWith, sealFor } = await import('./sealed-message.ts');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const label = {
    id: randomBytes(16).toString('hex'),
    to,
    hold: holdDigest(hold),
    expires: hold.expires,
  };
  const request = { hold, approver, replyTo: spki.toString('base64') };
  const key = openAuditKey(join(paths.config, 'audit-key.json'));
  const host = { publicKey: spkiOfPem(key.publicKey), sign: key.sign };
  const signed = await signForMailbox(await sealRequest(label, request, sealFor(sealedFor)), host);
  if (JSON.stringify(signed).length > mailboxBytesMax)
    throw new Problem('request-too-large', `Hold ${hold.id} is too large for a mailbox`);
  return { hold, label, signed, open: openWith(privateKey) };
}

interface Addressed {
  readonly hold: Hold;
  readonly approver: string;
  readonly to: MailboxLabel['to'];
  /** SPKI DER of the approver's mailbox key. */
  readonly sealedFor: Uint8Array;
}

const done = v.looseObject({ ok: v.literal(true) });
const fetched = v.looseObject({ answer: v.exactOptional(mailboxAnswerShape) });

// Until the hold has expired or was answered on this host.
async function follow(
  world: MailboxWorld,
  at: RegistryWorld,
  letter: Letter,
  log: (line: string) => void,
): Promise<void> {
  const { hold, label, signed } = letter;
  const folder = holdsFolderOf(world);
  const answered = join(folder, `${hold.id}.answer.json`);
  const isKept = (): boolean =>
    holdFiles(folder)
      .kept()
      .some(({ holder, id }) => id === hold.id && holder === hold.holder);
  const isWaiting = (): boolean =>
    isKept() && world.now().toISOString() < hold.expires && !world.signal.aborted;
  const logged = new Set<string>();
  let isLeft = false;
  let last = '';
  while (isWaiting()) {
    try {
      if (!isLeft) await ask(at, '/messages', done, { json: signed });
      isLeft = true;
      const found = await fetchAnswer(at, letter);
      // One at a time: an answer on this host is never overwritten, and a rejected answer is not
      // stored again.
      if (found !== undefined && found.text !== last && !existsSync(answered)) {
        last = found.text;
        putAnswer(answered, found.signed);
      }
    } catch (cause) {
      const { message } = cause as Error;
      if (!logged.has(message)) log(`mailbox: ${message}`);
      logged.add(message);
    }
    await sleep(mailboxPollMillis, undefined, { ref: false, signal: world.signal }).catch(
      () => undefined,
    );
  }
  if (isLeft)
    await ask(at, `/messages/${label.id}`, done, { method: 'DELETE' }).catch(() => undefined);
}

async function fetchAnswer(at: RegistryWorld, { label, open }: Letter): Promise<Found | undefined> {
  const { answer } = await ask(at, `/answers/${label.id}`, fetched, {});
  const signed = answer === undefined ? undefined : await readAnswer(answer, label, open);
  return signed === undefined ? undefined : { signed, text: JSON.stringify(signed) };
}

interface Found {
  readonly signed: SignedAnswer;
  readonly text: string;
}

function ask<Schema extends v.GenericSchema>(
  at: RegistryWorld,
  path: string,
  schema: Schema,
  request: Parameters<typeof askRegistry>[3],
): Promise<v.InferOutput<Schema>> {
  return askRegistry(at, `/api/v1/mailbox${path}`, schema, {
    ...request,
    seconds: mailboxSecondsMax,
  });
}

function spkiOfPem(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}
