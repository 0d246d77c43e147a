/**
 * A registry as a mailbox for holds. This file defines the message that a host leaves for one
 * approver (`skillgate.mailbox/2`) and the approver's answer (`skillgate.mailbox-answer/2`). The
 * registry sees the recipient, the host, the expiry time and the size, but never a hold or a
 * verdict. Encryption and decryption are parameters, because encryption needs randomness.
 */
import { verify } from 'node:crypto';
import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type Hold, holdDigest, holdShape, type SignedAnswer, signedAnswerShape } from './hold.ts';
import { readP256, spkiShape } from './hold-policy.ts';

/** The size of the largest message, as JSON. The registry rejects larger messages. */
export const mailboxBytesMax = 16 * 1024;

/**
 * A text that only one key can decrypt: HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. Both members are base64.
 */
export interface SealedMessage {
  /** The encapsulated key of HPKE. */
  readonly enc: string;
  readonly ciphertext: string;
}

/**
 * Encrypts a text.
 * @param about the `info` of HPKE; decryption with any other `info` fails
 */
export type Seal = (text: string, about: string) => Promise<SealedMessage>;

/**
 * Decrypts a text. Undefined when the message is for another key, has another `info`, or was
 * changed.
 */
export type Open = (sealed: SealedMessage, about: string) => Promise<string | undefined>;

/**
 * The label that identifies a message: its random id, recipient, hold and expiry time. The
 * encryption binds the whole label to the content.
 */
export interface MailboxLabel {
  /** The message's id: 32 random hex digits. Whoever knows the id may fetch the answer. */
  readonly id: string;
  /**
   * The id of the approver's signing key, which asks for the message and signs the answer. The
   * content is encrypted for the approver's mailbox key instead.
   */
  readonly to: Digest;
  /** The digest of the hold. */
  readonly hold: Digest;
  /** The expiry time of the hold, in ISO 8601. */
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

/** Asks the registry for the messages that wait for a key. */
export interface MailboxQuestion {
  readonly schema: 'skillgate.mailbox-question/1';
  /** The time of the question, in ISO 8601. The registry accepts the question for a few minutes. */
  readonly at: string;
  /** The address of the registry as the asker knows it. */
  readonly base: string;
}

type Signable = MailboxMessage | MailboxAnswer | MailboxQuestion;

export interface SignedMailboxText<What extends Signable> {
  readonly said: What;
  /** The signer's public key, SPKI DER in base64: the host's audit key or the approver's key. */
  readonly publicKey: string;
  /**
   * The signature of the message: ECDSA over P-256 with SHA-256, DER in base64. The signed bytes
   * are the schema, a line feed and the RFC 8785 form of `said`.
   */
  readonly signature: string;
}

/** The signer of a mailbox message: the host's audit key or the approver's key. */
export interface MailboxSigner {
  /** The signer's public key, as SPKI DER. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

export async function signForMailbox<What extends Signable>(
  said: What,
  by: MailboxSigner,
): Promise<SignedMailboxText<What>> {
  const signature = Buffer.from(await by.sign(signedBytes(said))).toString('base64');
  return { said, publicKey: Buffer.from(by.publicKey).toString('base64'), signature };
}

/** Returns the id of the key that signed the message; undefined when the signature is not valid. */
export function mailboxSigner({
  publicKey,
  said,
  signature,
}: SignedMailboxText<Signable>): Digest | undefined {
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

/**
 * The encrypted content of a message: the hold that an approver sees, and the data that the
 * approver needs to answer.
 */
export interface MailboxRequest {
  readonly hold: Hold;
  /** The name of this approver in the host's policy. */
  readonly approver: string;
  /**
   * The host's public key, as SPKI DER in base64. The approver encrypts the answer for this key,
   * and only the host has the private part of the key.
   */
  readonly replyTo: string;
}

/** @param seal encrypts for the approver's mailbox key */
export async function sealRequest(
  label: MailboxLabel,
  request: MailboxRequest,
  seal: Seal,
): Promise<MailboxMessage> {
  const { expires, hold, id, to } = label;
  const content = await seal(JSON.stringify(request), aboutRequest(label));
  return { schema: 'skillgate.mailbox/2', id, to, hold, expires, content };
}

export type OpenedRequest =
  | (MailboxRequest & {
      readonly kind: 'request';
      readonly message: MailboxMessage;
      readonly host: Digest;
    })
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Opens a message and checks everything that an approver relies on. The named host signed the
 * message, the message is for this key, and the message contains the hold whose digest was signed.
 * An answer names that digest, so an approver always answers the hold that the approver saw.
 * @param own id of the approver's signing key
 * @param open decrypts with the private part of the mailbox key
 */
export async function readRequest(
  signed: SignedMailboxText<MailboxMessage>,
  own: Digest,
  open: Open,
  now: Date,
): Promise<OpenedRequest> {
  const refused = (why: string): OpenedRequest => ({ kind: 'refused', why });
  const { said: message } = signed;
  const host = mailboxSigner(signed);
  if (host === undefined)
    return refused('no host signed the message, or it was changed after signing');
  if (message.to !== own) return refused('the message is for another key');
  const text = await open(message.content, aboutRequest(message));
  if (text === undefined)
    return refused('the mailbox key cannot decrypt the message, or the message was changed');
  const request = parsed(requestShape, text);
  if (request === undefined) return refused('the message is not the request of a hold');
  if (holdDigest(request.hold) !== message.hold)
    return refused('the message shows another hold than the one whose digest was signed');
  if (request.hold.expires !== message.expires)
    return refused('the message and its hold expire at different times');
  if (now.toISOString() >= request.hold.expires) return refused('the hold has expired');
  return { kind: 'request', ...request, message, host };
}

/** @param seal encrypts for the `replyTo` key of the request */
export async function sealAnswer(
  message: MailboxLabel,
  signed: SignedAnswer,
  seal: Seal,
): Promise<MailboxAnswer> {
  const content = await seal(JSON.stringify(signed), aboutAnswer(message));
  return { schema: 'skillgate.mailbox-answer/2', id: message.id, content };
}

/**
 * Returns the answer, when the answer decrypts and belongs to this message; otherwise undefined.
 * The gate decides whether the answer counts.
 * @param open decrypts with the private part of `replyTo`
 */
export async function readAnswer(
  signed: SignedMailboxText<MailboxAnswer>,
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
    base: v.pipe(v.string(), v.maxLength(300)),
  }),
);
const requestShape = exactObject({
  hold: holdShape,
  approver: v.pipe(v.string(), v.maxLength(100)),
  replyTo: spkiShape,
});

/** @throws Problem `request-invalid` when the value does not have the shape */
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
