/**
 * `skillgate hold … --mailbox URL`: holds that hosts left at a registry for the user's key, listed
 * and answered from any machine.
 */

import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Audit } from '../../runner/audit/audit.ts';
import { unpack } from '../../runner/egress/unpack.ts';
import { nameOfSubject } from '../../skills-index/run/agents/breaker.ts';
import {
  codingOf,
  type HeldRequest,
  readableText,
} from '../../skills-index/run/holds/held-request.ts';
import type { GatedAction } from '../../skills-index/run/holds/hold.ts';
import { allowanceText, appliedText, isAsShown } from '../../skills-index/run/holds/hold-action.ts';
import { describeCoverage } from '../../skills-index/run/holds/hold-coverage.ts';
import {
  mailboxMessageShape,
  type OpenedRequest,
  readRequest,
  type SignedMailboxText,
  sealAnswer,
  signForMailbox,
} from '../../skills-index/run/holds/mailbox.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { askRegistry } from '../registries/registry-api.ts';
import type { KeyFile, UnlockedKey } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import {
  answer,
  count,
  joined,
  printNote,
  type Safe,
  safe,
  shortText,
} from '../terminal/output.ts';
import { type Allowance, answerOf, type HoldHere, requireClosed, signAnswer } from './answer.ts';
import { openWith, sealFor } from './sealed-message.ts';

/** Bytes of a held request body that are shown as text. */
const heldTextBytesMax = 256 * 1024;

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
 * @param allowance for how long the same action is allowed
 * @param openLog opens the audit log
 */
export async function runInMailbox(
  context: CommandContext,
  base: string,
  allowance: Allowance,
  openLog: () => Audit,
): Promise<ExitCode> {
  try {
    return await readAndAnswer(context, base, allowance);
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
  allowance: Allowance,
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
  const words = { ...answerOf(context, { hold, verdict, allowance }, approver), host };
  const signed = await signAnswer(mailbox.key, words);
  const seal = sealFor(Buffer.from(request.replyTo, 'base64'));
  const signedAnswer = await signForMailbox(
    await sealAnswer(request.message, signed, seal),
    mailbox.open,
  );
  await ask(context, base, '/answers', v.looseObject({ ok: v.literal(true) }), signedAnswer);
  const what = `${verdict === 'allow' ? 'allowed' : 'denied'} as ${request.approver}${allowanceText(allowance)}, the answer is left at ${base}, where the host fetches and verifies it`;
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

// A hold as text: the action, and what an allowance for a time would cover.

export function describeHold({ state, hold, until }: HoldHere): Safe {
  const word = { waiting: 'waits', allowed: 'allowed', denied: 'denied', open: 'breaker open' }[
    state
  ];
  return joined(
    [
      safe`${hold.id}  ${word}${until === undefined ? '' : ` until ${until}`}: ${whoWants(hold)}`,
      safe`    run ${hold.run}, rule ${hold.rule}, ${hold.kind}: ${hold.what}`,
      ...(hold.kind === 'breaker' ? [] : linesOf(hold)),
    ],
    '\n',
  );
}

/** Who wants what, in one sentence; without an action that a runner wrote, only who. */
function whoWants(hold: HoldHere['hold']): string {
  const { action, agent, kind } = hold;
  const who = agent === 'operator' ? 'the operator' : `agent ${agent}`;
  const name = nameOfSubject(hold);
  if (kind === 'breaker') return `${name} is stopped for ${who}`;
  if (action === undefined || !isAsShown(hold)) return `${name} for ${who}`;
  // A session has no version.
  const means = hold.version === '' ? 'in a session' : `with ${name}`;
  return `${who}, ${means}, wants to ${wishOf(action)}`;
}

function wishOf(action: GatedAction): string {
  switch (action.kind) {
    case 'start':
      return `start ${action.command}`;
    case 'install':
      return 'install this version';
    case 'apply':
      return `${appliedText(action)}${namedText(action.include)}`;
    case 'egress': {
      const { bytes, host, method, opens, path, port } = action;
      const place = `${host}:${port}${shortText(path)}`;
      if (opens !== undefined)
        return `open a ${opens === 'tunnel' ? 'tunnel' : 'WebSocket'} to ${place}`;
      return `send ${method} ${place}${bytes === undefined ? '' : `, ${count(bytes, 'byte')}`}`;
    }
  }
}

// Nobody should find only in the list of changes that a file gives commands to the host.
function namedText(include: readonly string[] = []): string {
  return include.length === 0
    ? ''
    : `, with ${count(include.length, 'file')} that hosts or agents obey`;
}

function linesOf(hold: HoldHere['hold']): Safe[] {
  const { action } = hold;
  if (action === undefined || !isAsShown(hold))
    return [
      safe`    WARNING: this hold was not written by a runner: its text does not match its action`,
    ];
  return [...partsOf(action), safe`    covers with --for: ${describeCoverage(action)}`];
}

// The parts of the action that the first line shows only as a digest.
function partsOf(action: GatedAction): Safe[] {
  if (action.kind === 'egress') return partsOfRequest(action);
  if (action.kind === 'apply')
    return (action.include ?? []).map(
      (path) => safe`    hosts or agents obey ${JSON.stringify(path)}`,
    );
  if (action.kind !== 'start') return [];
  return [
    ...(action.args.length === 0
      ? []
      : [
          safe`    arguments: ${action.args.map((argument) => JSON.stringify(argument)).join(' ')}`,
        ]),
    ...action.holds.map((held) => safe`    held by rule ${held.rule}: ${held.reason}`),
  ];
}

function partsOfRequest({
  asks,
  body,
  headers = [],
  query,
  request,
  text,
}: Extract<GatedAction, { kind: 'egress' }>): Safe[] {
  return [
    ...(asks === undefined ? [] : [safe`    the agent says why, in its own words: ${asks}`]),
    ...(query === undefined ? [] : [safe`    query: ${query}`]),
    ...headers.map((header) => safe`    header: ${header}`),
    ...(body === undefined
      ? []
      : [safe`    body: ${text === undefined ? 'not text, so the content is not shown' : 'text'}`]),
    ...textLines(text ?? ''),
    // Holds of earlier versions stored no headers, so their allowance covers less.
    ...(request === undefined
      ? [safe`    the headers of the request are not stored on this host`]
      : []),
  ];
}

// A held request as text: every header, and the body where it is text. Control characters are
// escaped.

/** The body in `--format json`. */
interface ShownBody {
  readonly bytes: number;
  readonly digest: string;
  /** Content coding; `text` is decoded. */
  readonly coding: string;
  /** Absent for binary bodies. */
  readonly text?: string;
  /** Whether the text was cut. */
  readonly isCut: boolean;
}

export function shownBody({ body, headers }: HeldRequest): ShownBody {
  const coding = codingOf(headers);
  const inside = unpack(body, coding);
  const isCut = (inside?.length ?? 0) > heldTextBytesMax;
  const text =
    inside === undefined ? undefined : readableText(inside.subarray(0, heldTextBytesMax), isCut);
  return {
    bytes: body.length,
    digest: digestOf(body),
    coding,
    isCut,
    ...(text === undefined ? {} : { text }),
  };
}

/** @param path file with the whole request */
export function requestText(request: HeldRequest, path: string): Safe {
  const { bytes, coding, digest, isCut, text } = shownBody(request);
  const packed = coding === 'identity' ? '' : `, packed by ${coding}`;
  const end =
    request.line === ''
      ? []
      : [safe`    file with the whole request, as it would leave the sandbox: ${path}`];
  if (bytes === 0)
    return joined([...headOf(request), safe`    the request has no body`, ...end], '\n');
  const what =
    text === undefined
      ? 'not text, so the content is not shown'
      : isCut
        ? 'text, of which this is the first part'
        : 'text';
  return joined(
    [
      ...headOf(request),
      safe`    body of ${count(bytes, 'byte')}${packed}, ${digest}: ${what}`,
      ...textLines(text ?? ''),
      ...end,
    ],
    '\n',
  );
}

/** The lines of a text, each after a bar that no line can imitate. */
function textLines(text: string): Safe[] {
  return text === ''
    ? []
    : text
        .replace(/\r?\n$/, '')
        .split('\n')
        .map((line) => safe`    | ${line.replace(/\r$/, '')}`);
}

function headOf({ headers, line }: HeldRequest): Safe[] {
  return [line, ...headers].map((line) => safe`    ${line}`);
}
