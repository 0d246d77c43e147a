/**
 * Holds that hosts leave here for approvers: sealed, and kept for at most as long as a hold lasts.
 * The registry can neither read nor answer them.
 */

import { and, asc, count, desc, eq, gt, isNull, lte, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import {
  type MailboxAnswer,
  type MailboxMessage,
  type MailboxQuestion,
  mailboxAnswerShape,
  type mailboxMessageShape,
  mailboxSigner,
  parseForMailbox,
  type SignedMailboxText,
} from '../../skills-index/run/holds/mailbox.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { ownBases } from '../own-bases.ts';
import { mailbox } from '../store/mailbox-schema.ts';

/** How long the mailbox keeps a message: the longest hold, plus the difference of clocks. */
export const mailboxMsMax = 3_600_000 + 120_000;

/** How wrong the clock of a client that asks for its messages may be. */
const mailboxQuestionMs = 5 * 60_000;

const mailboxListedMax = 100;

/**
 * Waiting messages: of one host, for one approver, from one address, in all. The last three count
 * for enrolled hosts and for other hosts separately.
 */
export const mailboxOfHostMax = 64;

export const mailboxOfKeyMax = 100;

export const mailboxOfNetworkMax = 200;

export const mailboxMax = 2_000;

type Row = typeof mailbox.$inferInsert;

/**
 * Keeps a message for its approver; a repeated message counts once.
 * @param network the sender's network
 * @throws Problem `signature-invalid`, `request-invalid`, `too-many-requests`
 */
export async function takeMessage(
  registry: Registry,
  signed: SignedMailboxText<MailboxMessage>,
  network: string,
): Promise<void> {
  const { said: message } = signed;
  const host = requireSigner(signed);
  const now = registry.now().getTime();
  const expiresAt = Date.parse(message.expires);
  if (expiresAt <= now) throw new Problem('request-invalid', 'The message has expired');
  if (expiresAt > now + mailboxMsMax)
    throw new Problem(
      'request-invalid',
      'The message would stay in the mailbox for too long: its expiry is too late',
    );
  const enrolled = Object.values(registry.incidents?.reporters ?? {}).includes(host) ? 1 : 0;
  const row: Row = {
    id: message.id,
    to: message.to,
    host,
    network,
    enrolled,
    expiresAt,
    message: JSON.stringify(signed),
  };
  await registry.exclusive('mailbox', async () => {
    await registry.db.read.delete(mailbox).where(lte(mailbox.expiresAt, now));
    const [known] = await registry.db.read.select().from(mailbox).where(eq(mailbox.id, message.id));
    if (known?.message === row.message) return;
    if (known !== undefined)
      throw new Problem('request-invalid', 'Another message in the mailbox has this id already');
    await requireFewMessages(registry, row);
    await registry.db.batch([(db) => db.insert(mailbox).values(row)]);
  });
}

/**
 * Messages for the key that asks, from enrolled hosts first.
 * @throws Problem `signature-invalid`, `other-registry`: whoever knows the ids of messages can
 * withdraw the messages
 */
export async function messagesFor(
  registry: Registry,
  signed: SignedMailboxText<MailboxQuestion>,
): Promise<v.InferOutput<typeof mailboxMessageShape>[]> {
  const key = requireSigner(signed);
  const now = registry.now().getTime();
  if (Math.abs(Date.parse(signed.said.at) - now) > mailboxQuestionMs)
    throw new Problem(
      'signature-invalid',
      'The question was signed too long ago or in the future: check the clocks of both machines',
    );
  requireOwnAddress(registry, signed.said);
  const rows = await registry.db.read
    .select({ message: mailbox.message })
    .from(mailbox)
    .where(and(eq(mailbox.to, key), gt(mailbox.expiresAt, now), isNull(mailbox.answer)))
    .orderBy(desc(mailbox.enrolled), asc(mailbox.expiresAt))
    .limit(mailboxListedMax);
  return rows.map(({ message }) => JSON.parse(message));
}

// Without this check, another registry that was asked could ask here in the approver's name.
function requireOwnAddress({ config }: Registry, { base }: MailboxQuestion): void {
  if (ownBases(config).has(base)) return;
  throw new Problem(
    'other-registry',
    `Cannot list the messages: the question was signed for ${base}, but this registry is ${config.base}`,
    { hint: `ask at its address: skillgate hold show --mailbox ${config.base}` },
  );
}

/**
 * Keeps an answer for the host to fetch. A later answer replaces an earlier one.
 * @throws Problem `signature-invalid` unless the recipient's key signed the answer, `not-found`
 */
export async function takeAnswer(
  registry: Registry,
  signed: SignedMailboxText<MailboxAnswer>,
): Promise<void> {
  const key = requireSigner(signed);
  const row = await requireRow(registry, signed.said.id);
  if (row.to !== key)
    throw new Problem(
      'signature-invalid',
      'The message is for another key than the key that signed the answer',
    );
  const answer = JSON.stringify(signed);
  await registry.db.batch([
    (db) => db.update(mailbox).set({ answer }).where(eq(mailbox.id, row.id)),
  ]);
}

/**
 * The answer to a message, for everybody who knows the message's id; undefined while there is none.
 * @throws Problem `not-found`
 */
export async function answerTo(
  registry: Registry,
  id: string,
): Promise<v.InferOutput<typeof mailboxAnswerShape> | undefined> {
  const { answer } = await requireRow(registry, id);
  return answer === null ? undefined : parseForMailbox(mailboxAnswerShape, JSON.parse(answer));
}

/** Deletes a message whose host needs no answer any more. */
export async function forgetMessage(registry: Registry, id: string): Promise<void> {
  await registry.db.batch([(db) => db.delete(mailbox).where(eq(mailbox.id, id))]);
}

async function requireRow(registry: Registry, id: string): Promise<typeof mailbox.$inferSelect> {
  const alive = and(eq(mailbox.id, id), gt(mailbox.expiresAt, registry.now().getTime()));
  const [row] = await registry.db.read.select().from(mailbox).where(alive);
  if (row === undefined) throw new Problem('not-found', 'There is no message with this id');
  return row;
}

function requireSigner(
  signed: SignedMailboxText<MailboxMessage | MailboxAnswer | MailboxQuestion>,
): Digest {
  const signer = mailboxSigner(signed);
  if (signer === undefined)
    throw new Problem('signature-invalid', 'The message is not signed by the key that it names');
  return signer;
}

// Keys cost nothing, so unknown hosts share one quota. Hosts that an operator enrolled have
// another.
async function requireFewMessages(
  registry: Registry,
  { enrolled, host, network, to }: Row,
): Promise<void> {
  const among = eq(mailbox.enrolled, enrolled);
  const rooms: readonly (readonly [whose: string, which: SQL | undefined, max: number])[] = [
    ['this host', eq(mailbox.host, host), mailboxOfHostMax],
    ['this key', and(among, eq(mailbox.to, to)), mailboxOfKeyMax],
    ...(enrolled === 1
      ? []
      : [['this address', eq(mailbox.network, network), mailboxOfNetworkMax] as const]),
    ['all', among, mailboxMax],
  ];
  for (const [whose, which, max] of rooms) {
    const [found] = await registry.db.read.select({ n: count() }).from(mailbox).where(which);
    if ((found?.n ?? 0) >= max)
      throw new Problem(
        'too-many-requests',
        `The mailbox is full: ${max} messages of ${whose} wait already`,
      );
  }
}
