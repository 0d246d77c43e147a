/**
 * The part of host policy about holds: which actions wait for a person, who may answer, who is
 * notified, and how much misbehaviour stops a skill.
 */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { isHostPattern } from '../../network/host-name.ts';
import { isNamePart } from '../../skill/name.ts';
import { boundedList, exactObject } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { publicKey } from '../../statement/field-shapes.ts';
import { pae } from '../../statement/signature-formats/envelope.ts';
import {
  type BreakerCounter,
  type BreakerThresholds,
  breakerTable,
  breakerThresholdMax,
} from '../agents/breaker.ts';

// The mailbox key: a P-256 key for which hosts encrypt holds for an approver, and which has no
// other use. The approver's signing key signs the mailbox key and never encrypts. So anybody who
// reads host policy can verify that both keys belong to the same approver.

export interface MailboxKey {
  /** The mailbox key: a P-256 key, as SPKI DER in base64. */
  readonly spki: string;
  /** The signing key's signature over `mailboxKeyBytes`: ECDSA with SHA-256, DER in base64. */
  readonly signature: string;
}

const base64 = v.pipe(v.string(), v.base64('is not base64'), v.maxLength(200, 'is too long'));

/** The shape of a P-256 key: SPKI DER, in base64. */
export const spkiShape = base64;
const mailboxKeyShape = exactObject({ spki: spkiShape, signature: base64 });

/**
 * Returns the bytes that the signing key signs: a DSSE envelope's encoding of signing key id and
 * mailbox key.
 */
export function mailboxKeyBytes(signingKeyId: string, spki: string): Uint8Array {
  const signed = { schema: 'skillgate.mailbox-key/1', signingKey: signingKeyId, mailboxKey: spki };
  return pae('application/vnd.skillgate.mailbox-key+json', Buffer.from(canonicalJson(signed)));
}

/**
 * Whether the signing key signed this mailbox key, and the signing key and the mailbox key are
 * different P-256 keys.
 */
export function isMailboxKeyOf(
  signingKey: { readonly keyId: string; readonly spki: string },
  { signature, spki }: MailboxKey,
): boolean {
  try {
    const own = readP256(Buffer.from(signingKey.spki, 'base64'));
    if (readP256(Buffer.from(spki, 'base64')).equals(own)) return false;
    return verify(
      'sha256',
      mailboxKeyBytes(signingKey.keyId, spki),
      own,
      Buffer.from(signature, 'base64'),
    );
  } catch {
    return false;
  }
}

/**
 * Whether an approver has a signing key but no mailbox key. Such a policy was written before
 * mailbox keys existed.
 */
export function lacksMailboxKey(approver: {
  readonly key?: unknown;
  readonly mailboxKey?: MailboxKey;
}): boolean {
  return approver.key !== undefined && approver.mailboxKey === undefined;
}

/** @throws Error when the bytes are not a public key on P-256 */
export function readP256(spki: Uint8Array): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}

/** The seconds for which an action waits when the action's rule names no time. */
export const holdSecondsDefault = 120;
const holdSecondsMax = 3_600;
const rulesMax = 200;

/**
 * The condition of a hold rule; every given member must match. A condition on a request is checked
 * at each request, any other condition at the start of a run.
 */
export interface HoldCondition {
  /**
   * The beginning of a capability as `printCapability` writes it: `exec`, `exec git`, `mount rw`,
   * `secret CRM_TOKEN`.
   */
  readonly capability?: string;
  /** `@scope/name`, or `@scope/*` for every skill of a scope. */
  readonly skill?: string;
  readonly agent?: string;
  /** A host name; `*.` matches every name below a domain. */
  readonly host?: string;
  readonly method?: string;
  /** The path of a request; a `*` at the end matches any text. */
  readonly path?: string;
  /** Matches when the run has sent more bytes than this number, the current request included. */
  readonly bytesOver?: number;
  /** Matches when the run has made more requests than this number, the current request included. */
  readonly countOver?: number;
  readonly tag?: 'high-stakes';
}

export interface HoldRule {
  readonly name: string;
  readonly when: HoldCondition;
  readonly seconds: number;
}

/**
 * A person who may answer holds: by a key with a passphrase, by a passkey, or as another user of
 * this host. Such a user writes answers into a folder of their own.
 */
export interface Approver {
  readonly name: string;
  /** The approver's signing key: a P-256 key, as SPKI DER in base64. */
  readonly key?: { readonly keyId: string; readonly spki: string };
  /**
   * The key for which a host encrypts mailbox messages to this approver. An approver without a
   * mailbox key gets no message in a mailbox.
   */
  readonly mailboxKey?: MailboxKey;
  /** The approver's passkey as WebAuthn created the passkey; binary members are base64url. */
  readonly passkey?: {
    readonly credentialId: string;
    readonly publicKey: string;
    readonly rpId: string;
    readonly origin: string;
  };
  readonly user?: { readonly uid: number; readonly folder: string };
}

export interface HoldPolicy {
  /** The rules that make an action wait for a person. */
  readonly holds: readonly HoldRule[];
  readonly approvers: readonly Approver[];
  /** Webhooks that hear of each hold. A webhook cannot answer a hold. */
  readonly webhooks: readonly { readonly url: string }[];
  /**
   * The registry that serves as a mailbox. The host leaves holds in the mailbox, encrypted for each
   * approver who has a mailbox key, and fetches the answers. Without a mailbox, approvers answer
   * holds on this host only.
   */
  readonly mailbox?: string;
  /** Skills (`@scope/name`, `@scope/*`) whose runs carry the tag `high-stakes`. */
  readonly highStakes: readonly string[];
  /** The workspaces that a run may mount `rw` before an approver has answered. */
  readonly writable: readonly string[];
  /** Thresholds that replace the thresholds of `breakerTable`. */
  readonly breakers: BreakerThresholds;
}

const checked = (isValid: (text: string) => boolean, message: string) =>
  v.pipe(v.string(), v.check(isValid, message));
const skill = checked(
  (text) => /^@[a-z0-9-]+\/([a-z0-9-]+|\*)$/.test(text),
  'is not a skill: write @scope/name, or @scope/* for all of a scope',
);
const count = v.pipe(
  v.number(),
  v.integer('is not a whole number'),
  v.minValue(0, 'is less than 0'),
);
const plainText = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(500, 'is too long'));
const name = checked(isNamePart, 'is not a name in lower case');

const requestMembers = ['host', 'method', 'path', 'bytesOver', 'countOver'] as const;

/** Whether the gate checks a rule at each request, rather than at the start of a run. */
export function isAboutRequests(when: HoldCondition): boolean {
  return requestMembers.some((member) => when[member] !== undefined);
}

const condition = v.pipe(
  exactObject({
    capability: v.exactOptional(
      v.pipe(
        plainText,
        v.check(
          isCapability,
          'is not the beginning of a capability: mount [ro|rw|cow …], egress [GET …], secret [NAME …], env [NAME] or exec [PROGRAM], and nothing after a program',
        ),
      ),
    ),
    skill: v.exactOptional(skill),
    agent: v.exactOptional(name),
    host: v.exactOptional(checked(isHostPattern, 'is not a host in lower case')),
    method: v.exactOptional(
      checked((text) => /^[A-Z]{1,20}$/.test(text), 'is not an HTTP method in capital letters'),
    ),
    path: v.exactOptional(
      v.pipe(
        checked(
          (text) => /^\/[^*]*\*?$/.test(text),
          'is not a path that begins with / and has * at its end only',
        ),
        v.check(
          (text) => !/[?#]/.test(text),
          'has a query, but rules compare only the path before the query',
        ),
      ),
    ),
    bytesOver: v.exactOptional(count),
    countOver: v.exactOptional(count),
    tag: v.exactOptional(v.literal('high-stakes')),
  }),
  v.check(
    (when) => when.capability === undefined || !isAboutRequests(when),
    'names a capability and a request: write two rules, one for starts and one for requests',
  ),
);

const approver = v.pipe(
  exactObject({
    name,
    key: v.exactOptional(
      v.message(
        publicKey,
        'is not a key as NAME.pub.json holds it: copy the entry that skillgate key approver NAME prints',
      ),
    ),
    mailboxKey: v.exactOptional(mailboxKeyShape),
    passkey: v.exactOptional(
      exactObject({
        credentialId: plainText,
        publicKey: plainText,
        rpId: plainText,
        origin: plainText,
      }),
    ),
    user: v.exactOptional(
      exactObject({
        uid: count,
        folder: checked(
          (path) => /^(\/[^/\0]+)+$/.test(path),
          'is not an absolute folder in plain form',
        ),
      }),
    ),
  }),
  v.check(
    (one) => [one.key, one.passkey, one.user].filter((proof) => proof !== undefined).length === 1,
    'needs exactly one of key, passkey and user',
  ),
  v.check(
    ({ key, mailboxKey }) =>
      mailboxKey === undefined || (key !== undefined && isMailboxKeyOf(key, mailboxKey)),
    'has a mailboxKey that the approver’s key did not sign: copy the whole entry that skillgate key approver NAME prints',
  ),
);

const counters = Object.keys(breakerTable) as BreakerCounter[];
const threshold = v.pipe(
  count,
  v.minValue(1, 'is less than 1'),
  v.maxValue(breakerThresholdMax, 'is more than the highest threshold'),
);

/** The members of host policy that concern holds. */
export const holdPolicyEntries = {
  holds: v.optional(
    namedOnce(
      exactObject({
        name,
        when: condition,
        seconds: v.optional(
          v.pipe(
            count,
            v.minValue(1, 'is less than 1'),
            v.maxValue(holdSecondsMax, `is more than ${holdSecondsMax}`),
          ),
          holdSecondsDefault,
        ),
      }),
      'a rule',
    ),
    [],
  ),
  approvers: v.optional(namedOnce(approver, 'an approver'), []),
  webhooks: v.optional(
    boundedList(
      exactObject({ url: checked(isWebhook, 'is not an http or https address without a user') }),
      10,
    ),
    [],
  ),
  mailbox: v.exactOptional(
    checked(isMailbox, 'is not https://HOST[:PORT], or http: on this machine'),
  ),
  highStakes: v.optional(boundedList(skill, rulesMax), []),
  writable: v.optional(boundedList(name, rulesMax), []),
  breakers: v.optional(
    exactObject(Object.fromEntries(counters.map((one) => [one, v.exactOptional(threshold)]))),
    {},
  ),
};

// An answer to a hold names the rule, so one name may not stand for two.
function namedOnce<Item extends { readonly name: string }>(
  item: v.GenericSchema<unknown, Item>,
  what: string,
) {
  return v.pipe(
    boundedList(item, rulesMax),
    v.check(
      (all) => new Set(all.map((one) => one.name)).size === all.length,
      `names ${what} twice`,
    ),
  );
}

// The forms of `printCapability`. A rule that matches no such form would never hold anything, so
// the parser rejects such a rule.
const words: readonly RegExp[] = [
  /^mount( (ro|rw|cow)( .+)?)?$/,
  /^egress( [A-Z]+(,[A-Z]+)*( .+)?)?$/,
  /^secret( [A-Z][A-Z0-9_]*( .+)?)?$/,
  /^env( [A-Za-z_][A-Za-z0-9_]*)?$/,
  /^exec( [^ ]+)?$/,
];

function isCapability(text: string): boolean {
  return words.some((one) => one.test(text));
}

function isMailbox(text: string): boolean {
  const url = URL.parse(text);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url?.hostname ?? '');
  return isWebhook(text) && url?.search === '' && (url.protocol === 'https:' || isHere);
}

function isWebhook(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.hash === ''
  );
}
