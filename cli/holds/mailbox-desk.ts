/**
 * `skillgate hold … --mailbox URL`: holds that hosts left at a registry for the user's key, listed
 * and answered from any machine.
 */
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type * as audit from '../../runner/audit/public.ts';
import {
  mailboxMessageShape,
  type OpenedRequest,
  readRequest,
  type SignedMailboxText,
  sealAnswer,
  signForMailbox,
} from '../../skills-index/run/holds/mailbox.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { askRegistry } from '../registries/registry-api.ts';
import type { KeyFile, UnlockedKey } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { answerOf, requireClosed, signAnswer } from './answer.ts';
import { describeHold } from './hold-text.ts';
import { openWith, sealFor } from './sealed-message.ts';

type Request = Extract<OpenedRequest, { kind: 'request' }>;

interface Mailbox {
  readonly base: string;
  /** The stored key file: each use asks for its passphrase. */
  readonly key: KeyFile;
  /** The opened key, to read messages that are encrypted for its mailbox key. */
  readonly open: UnlockedKey;
  readonly requests: readonly Request[];
  /** Why other messages of the registry are not shown. */
  readonly refused: readonly string[];
}

/**
 * Each wrong passphrase is a line of this machine's audit log: the person sees how many there were,
 * and when.
 * @param seconds how long the same action is allowed; 0 for this one request
 * @param openLog opens the audit log
 */
export async function runInMailbox(
  context: CommandContext,
  base: string,
  seconds: number,
  openLog: () => audit.Audit,
): Promise<ExitCode> {
  try {
    return await readAndAnswer(context, base, seconds);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'key-file-invalid') {
      const why = `the key was not opened for the mailbox at ${base}: ${cause.message}`;
      const subject = { run: randomUUID(), agent: 'operator' };
      openLog().record(subject, { event: 'refused', code: cause.code, why });
    }
    throw cause;
  }
}

async function readAndAnswer(
  context: CommandContext,
  base: string,
  seconds: number,
): Promise<ExitCode> {
  const mailbox = await openMailbox(context, base);
  for (const why of mailbox.refused)
    printNote(context, safe`note: a message in the mailbox at ${base} is not shown: ${why}`);
  if (context.command === 'hold show') return list(context, mailbox);
  const verdict = context.command === 'hold allow' ? 'allow' : 'deny';
  const request = requestNamed(mailbox, context.args[0] ?? '');
  printNote(context, describeRequest(request));
  // Asks for the passphrase again, because the person now knows the action.
  const { approver, hold, host } = request;
  const words = { ...answerOf(context, { hold, verdict, seconds }, approver), host };
  const signed = await signAnswer(mailbox.key, words);
  const seal = sealFor(Buffer.from(request.replyTo, 'base64'));
  const signedAnswer = await signForMailbox(
    await sealAnswer(request.message, signed, seal),
    mailbox.open,
  );
  await ask(context, base, '/answers', v.looseObject({ ok: v.literal(true) }), signedAnswer);
  const what = `${verdict === 'allow' ? 'allowed' : 'denied'} as ${request.approver}${seconds === 0 ? '' : ` for ${seconds} seconds`}, the answer is left at ${base}, where the host fetches and verifies it`;
  answer(
    context,
    { schema: 'skillgate.hold-answered/1', id: request.hold.id, what },
    () => safe`${request.hold.id}: ${what}`,
  );
  return exitCodes.ok;
}

async function openMailbox(context: CommandContext, base: string): Promise<Mailbox> {
  const key = requireClosed(await signerFor(context, 'operator'));
  if (key.mailboxKey === undefined) throw withoutMailboxKey(key);
  const open = await key.unlocked();
  if (open.mailboxPrivate === undefined) throw withoutMailboxKey(key);
  const read = openWith(open.mailboxPrivate);
  const at = context.now();
  const question = await signForMailbox(
    { schema: 'skillgate.mailbox-question/1', at: at.toISOString(), base } as const,
    open,
  );
  const { messages } = await ask(context, base, '/questions', listed, question);
  const found = await Promise.all(
    messages.map((message) => readRequest(message, open.keyId, read, at)),
  );
  return {
    base,
    key,
    open,
    requests: found
      .filter((entry) => entry.kind === 'request')
      .sort((a, b) => (a.hold.created < b.hold.created ? -1 : 1)),
    refused: found.flatMap((entry) => (entry.kind === 'refused' ? [entry.why] : [])),
  };
}

function withoutMailboxKey({ name }: KeyFile): Problem {
  return new Problem(
    'key-file-invalid',
    `Cannot read holds with key ${name}: the key has no mailbox key, so no host can encrypt a hold for it`,
    {
      hint: `run skillgate key approver ${name}; on each host: skillgate host approver add with the printed line`,
    },
  );
}

const listed = v.looseObject({
  messages: v.pipe(v.array(mailboxMessageShape), v.maxLength(1_000)),
});

function ask<Schema extends v.GenericSchema>(
  { fetch }: CommandContext,
  base: string,
  path: string,
  schema: Schema,
  json: SignedMailboxText<Parameters<typeof signForMailbox>[0]>,
): Promise<v.InferOutput<Schema>> {
  return askRegistry({ fetch, registryBase: base }, `/api/v1/mailbox${path}`, schema, { json });
}

function list(context: CommandContext, { base, refused, requests }: Mailbox): ExitCode {
  const holds = requests.map(({ approver, hold, host }) => ({
    state: 'waiting',
    hold,
    until: hold.expires,
    approver,
    host,
  }));
  answer(context, { schema: 'skillgate.holds/1', mailbox: base, holds, refused }, () =>
    requests.length === 0
      ? safe`No hold waits for your key at ${base}.`
      : joined(requests.map(describeRequest), '\n'),
  );
  return exitCodes.ok;
}

/**
 * @throws Problem `not-found`, also where two hosts use the same id and the answer would be
 * ambiguous
 */
function requestNamed({ base, requests }: Mailbox, id: string): Request {
  const [found, other] = requests.filter(({ hold }) => hold.id === id);
  if (found !== undefined && other === undefined) return found;
  const why =
    found === undefined
      ? 'the hold was answered or has expired'
      : 'two messages have this id, so the id is not enough';
  const hint = `skillgate hold show --mailbox ${base}`;
  throw new Problem(
    'not-found',
    `No single hold ${JSON.stringify(id)} waits for your key at ${base}: ${why}`,
    { hint },
  );
}

/** A request of a mailbox, as text. */
export function describeRequest({
  approver,
  hold,
  host,
}: {
  approver: string;
  hold: Request['hold'];
  host: Digest;
}): Safe {
  const description = describeHold({ state: 'waiting', hold, until: hold.expires });
  // A mailbox message has no room for changed files.
  const elsewhere =
    hold.action?.kind === 'apply'
      ? [safe`    only the host ${host} can show the changes: skillgate hold show ${hold.id}`]
      : [];
  return joined(
    [
      description,
      safe`    the hold comes from host ${host}, for you as approver ${approver}`,
      ...elsewhere,
    ],
    '\n',
  );
}
