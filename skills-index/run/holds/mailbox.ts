/**
 * A registry as a mailbox for holds: what a host leaves there for one approver,
 * `skillgate.mailbox/2`, and the approver's answer, `skillgate.mailbox-answer/2`. The registry sees
 * for whom, from which host, until when and how large; never a hold, never a verdict. Sealing and
 * opening are parameters: sealing takes chance.
 */
import { verify } from 'node:crypto';
import * as v from 'valibot';
import { canonicalJson } from '../../skill/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { parseJson } from '../../skill/json.ts';
import { exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import { type Hold, holdDigest, holdShape, type SignedAnswer, signedAnswerShape } from './hold.ts';
import { readP256, spkiShape } from './mailbox-key.ts';

/** Of a message as JSON; a registry takes none that is larger. */
export const mailboxBytesMax = 16 * 1024;

/**
 * A text that one key can read: HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM. Both in base64.
 */
export interface SealedMessage {
  /** The encapsulated secret. */
  readonly enc: string;
  readonly ciphertext: string;
}

/** @param about the `info` of HPKE: with another text the message does not open */
export type Seal = (text: string, about: string) => Promise<SealedMessage>;

/**
 * The text; undefined when the message is for another key, about something else, or was changed.
 */
export type Open = (sealed: SealedMessage, about: string) => Promise<string | undefined>;

/**
 * What a message is: unguessable, for whom, which hold, until when. All of it is bound to what is
 * sealed.
 */
export interface MailboxLabel {
  /** 32 hex digits by chance: who knows it may fetch the answer. */
  readonly id: string;
  /**
   * Id of the approver's signing key: it asks for the message and signs the answer. The message is
   * sealed for their mailbox key.
   */
  readonly to: Digest;
  /** Digest of the hold. */
  readonly hold: Digest;
  /** ISO 8601: the hold's. */
  readonly expires: string;
}

export interface MailboxMessage extends MailboxLabel {
  readonly schema: 'skillgate.mailbox/2';
  readonly content: SealedMessage;
}

export interface MailboxAnswer {
  readonly schema: 'skillgate.mailbox-answer/2';
  readonly id: string;
  readonly content: SealedMessage;
}

/** Asks for what waits for a key. */
export interface MailboxQuestion {
  readonly schema: 'skillgate.mailbox-question/1';
  /** ISO 8601: counts for minutes. */
  readonly at: string;
  /**
   * The registry's address as the asker has it. Absent in questions from before they named it; a
   * registry refuses those.
   */
  readonly base?: string;
}

type Signable = MailboxMessage | MailboxAnswer | MailboxQuestion;

export interface SignedBy<What extends Signable> {
  readonly said: What;
  /** SPKI DER, base64, of who says it: the host's audit key, or the approver's. */
  readonly publicKey: string;
  /**
   * ECDSA over P-256 with SHA-256, DER, base64, over the schema, a line feed and the RFC 8785 form
   * of `said`.
   */
  readonly signature: string;
}

/** Who signs: the host's audit key or the approver's. */
export interface MailboxSigner {
  /** SPKI DER. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

export async function signForMailbox<What extends Signable>(
  said: What,
  by: MailboxSigner,
): Promise<SignedBy<What>> {
  const signature = Buffer.from(await by.sign(signedBytes(said))).toString('base64');
  return { said, publicKey: Buffer.from(by.publicKey).toString('base64'), signature };
}

/** The id of the key that signed it; undefined when none did. */
export function mailboxSigner({
  publicKey,
  said,
  signature,
}: SignedBy<Signable>): Digest | undefined {
  try {
    const der = Buffer.from(publicKey, 'base64');
    const holds = verify(
      'sha256',
      signedBytes(said),
      readP256(der),
      Buffer.from(signature, 'base64'),
    );
    return holds ? digestOf(der) : undefined;
  } catch {
    return undefined;
  }
}

/** What an approver is shown, and what it takes to answer. */
export interface MailboxRequest {
  readonly hold: Hold;
  /** Name of this approver in the policy of the host. */
  readonly approver: string;
  /** SPKI DER, base64: the answer is sealed for it, and the host alone has its private part. */
  readonly replyTo: string;
}

/** @param seal for the approver's mailbox key */
export async function sealRequest(
  label: MailboxLabel,
  request: MailboxRequest,
  seal: Seal,
): Promise<MailboxMessage> {
  const { expires, hold, id, to } = label;
  const content = await seal(JSON.stringify(request), aboutRequest(label));
  return { schema: 'skillgate.mailbox/2', id, to, hold, expires, content };
}

export type ReadRequest =
  | (MailboxRequest & {
      readonly kind: 'request';
      readonly message: MailboxMessage;
      readonly host: Digest;
    })
  | { readonly kind: 'refused'; readonly why: string };

/**
 * What an approver may rely on: signed by the host that it names, for this key, and the very hold
 * whose digest was signed. An answer names that digest, so what was shown is what is answered,
 * whoever made the message.
 * @param own id of the approver's signing key
 * @param open with the private part of their mailbox key
 */
export async function readRequest(
  signed: SignedBy<MailboxMessage>,
  own: Digest,
  open: Open,
  now: Date,
): Promise<ReadRequest> {
  const refused = (why: string): ReadRequest => ({ kind: 'refused', why });
  const { said: message } = signed;
  const host = mailboxSigner(signed);
  if (host === undefined) return refused('no host signed it, or it was changed after that');
  if (message.to !== own) return refused('it is for another key');
  const text = await open(message.content, aboutRequest(message));
  if (text === undefined)
    return refused('it does not open with the mailbox key of this key, or was changed');
  const request = parsed(requestShape, text);
  if (request === undefined) return refused('it is no request');
  if (holdDigest(request.hold) !== message.hold)
    return refused('the hold that it shows is not the one whose digest was signed');
  if (request.hold.expires !== message.expires)
    return refused('it does not end when its hold does');
  if (now.toISOString() >= request.hold.expires) return refused('its time is over');
  return { kind: 'request', ...request, message, host };
}

/** @param seal for the `replyTo` of the request */
export async function sealAnswer(
  message: MailboxLabel,
  signed: SignedAnswer,
  seal: Seal,
): Promise<MailboxAnswer> {
  const content = await seal(JSON.stringify(signed), aboutAnswer(message));
  return { schema: 'skillgate.mailbox-answer/2', id: message.id, content };
}

/**
 * An answer that opens and is about this message; whether it counts, the gate judges. Undefined for
 * anything else.
 * @param open with the private part of `replyTo`
 */
export async function readAnswer(
  signed: SignedBy<MailboxAnswer>,
  label: MailboxLabel,
  open: Open,
): Promise<SignedAnswer | undefined> {
  if (signed.said.id !== label.id || mailboxSigner(signed) !== label.to) return undefined;
  const text = await open(signed.said.content, aboutAnswer(label));
  return text === undefined ? undefined : parsed(signedAnswerShape, text);
}

const digest = v.custom<Digest>(isDigest, 'is not a digest');
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'is not an id'));
const time = v.pipe(v.string(), v.isoTimestamp());
const base64 = (charsMax: number) =>
  v.pipe(v.string(), v.base64('is not base64'), v.maxLength(charsMax, 'is too long'));
const sealedShape = exactObject({ enc: base64(100), ciphertext: base64(20_000) });
const signedOf = <Said extends v.GenericSchema>(said: Said) =>
  exactObject({ said, publicKey: spkiShape, signature: base64(200) });

export const mailboxMessageShape = signedOf(
  exactObject({
    schema: v.literal('skillgate.mailbox/2'),
    id,
    to: digest,
    hold: digest,
    expires: time,
    content: sealedShape,
  }),
);
export const mailboxAnswerShape = signedOf(
  exactObject({ schema: v.literal('skillgate.mailbox-answer/2'), id, content: sealedShape }),
);
export const mailboxQuestionShape = signedOf(
  exactObject({
    schema: v.literal('skillgate.mailbox-question/1'),
    at: time,
    base: v.exactOptional(v.pipe(v.string(), v.maxLength(300))),
  }),
);
const requestShape = exactObject({
  hold: holdShape,
  approver: v.pipe(v.string(), v.maxLength(100)),
  replyTo: spkiShape,
});

/** @throws Problem `request-invalid` */
export function parseForMailbox<Schema extends v.GenericSchema>(
  shape: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  return parseShape(shape, unplaced(value, 'message'), 'request-invalid', 'the message');
}

function parsed<Schema extends v.GenericSchema>(
  shape: Schema,
  text: string,
): v.InferOutput<Schema> | undefined {
  try {
    return parseShape(shape, parseJson(Buffer.from(text), 'message'), 'request-invalid', 'message');
  } catch {
    return undefined;
  }
}

function aboutRequest({ expires, hold, id: name, to }: MailboxLabel): string {
  return canonicalJson({ schema: 'skillgate.mailbox/2', id: name, to, hold, expires });
}

function aboutAnswer({ hold, id: name, to }: MailboxLabel): string {
  return canonicalJson({ schema: 'skillgate.mailbox-answer/2', id: name, to, hold });
}

function signedBytes(said: Signable): Buffer {
  return Buffer.from(`${said.schema}\n${canonicalJson(said)}`);
}
