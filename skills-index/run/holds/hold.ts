/**
 * A hold: an action that waits for a person, and the answer that counts, `skillgate.hold/1` and
 * `skillgate.hold-answer/1`. Pure formats.
 */
import * as v from 'valibot';
import { canonicalDigest, canonicalJson } from '../../skill/canonical-json.ts';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { exactObject } from '../../skill/shape.ts';

/**
 * What may have to wait. `capabilities` in the words of `printCapability`. Of a hold's own: long
 * texts are cut, with the digest of the whole.
 */
export type GatedAction =
  | {
      readonly kind: 'start';
      readonly capabilities: readonly string[];
      readonly holds: readonly PlannedHold[];
      readonly command: string;
      readonly args: readonly string[];
      /** In the words of who asked; empty where nobody said. */
      readonly why: string;
    }
  | {
      readonly kind: 'egress';
      readonly host: string;
      readonly port: number;
      readonly method: string;
      readonly path: string;
      /** What follows `?`. */
      readonly query?: string;
      /**
       * Of the whole request; absent where it is not known beforehand, and then more than any rule
       * allows.
       */
      readonly bytes?: number;
      /** Digest of its body, where that is known beforehand. */
      readonly body?: Digest;
      /** Every header that leaves, as `Name: value`; a secret's name in the place of its value. */
      readonly headers?: readonly string[];
      /** What its body says, where that is text. */
      readonly text?: string;
      /**
       * Digest of the whole request as it would leave (`held-request.ts`); absent where nobody is
       * asked about it, and in holds of before.
       */
      readonly request?: Digest;
      /** What is sent when it is open is asked about no more. */
      readonly opens?: 'websocket' | 'tunnel';
    }
  /** Changes of a copy-on-write mount; `digest` of what is to be applied. */
  | {
      readonly kind: 'apply';
      readonly target: string;
      readonly changes: number;
      readonly digest: Digest;
    }
  | { readonly kind: 'install'; readonly capabilities: readonly string[] };

/** `denied` names the code of the failure and says in plain words why. */
export type GateAnswer =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'denied';
      readonly code: 'hold-unsupported' | 'hold-denied' | 'hold-expired';
      readonly why: string;
    };

/** An action with all that belongs to it, and its bytes for people to look at. */
export interface WholeAction {
  readonly action: GatedAction;
  readonly request: Uint8Array;
}

/** Reads what is not here yet of an action; undefined when it does not come to its end. */
export type WholeReader = () => Promise<WholeAction | undefined>;

/**
 * Asked before each action that could have to wait; answers at once where no rule wants a person.
 */
export interface Gate {
  /** @param whole read when a person is to be asked: then the answer is for all of it */
  ask(action: GatedAction, signal?: AbortSignal, whole?: WholeReader): Promise<GateAnswer>;
  /** Told of the bytes that leave. */
  sent?(bytes: number): void;
}

/** What people are reached by; the core knows neither terminals nor webhooks. */
export interface HoldHands {
  readonly notify?: (hold: Hold) => void;
  /**
   * The operator's own yes, typed at a terminal; asked only where host policy names nobody who
   * could sign.
   */
  readonly confirm?: (hold: Hold, signal: AbortSignal) => Promise<boolean>;
}

/** Why a start waits, as its plan says it. */
export interface PlannedHold {
  /** Name of the rule in host policy, or one of ours: `rw-mount`. */
  readonly rule: string;
  readonly seconds: number;
  readonly reason: string;
}

/** Who wants it: the same for all holds of a run. */
export interface HoldSubject {
  readonly run: string;
  readonly agent: string;
  readonly skill: string;
  readonly version: string;
  /** Digest of the plan; absent before there is one. */
  readonly plan?: Digest | undefined;
}

export interface Hold extends HoldSubject {
  readonly schema: 'skillgate.hold/1';
  /** For people to type: the first characters of `nonce`. */
  readonly id: string;
  /** 128 random bits in hex: no two holds have one digest. */
  readonly nonce: string;
  readonly rule: string;
  readonly kind: GatedAction['kind'] | 'breaker';
  /** What would happen, in one line; parts of it come from the skill. */
  readonly what: string;
  /**
   * Digest of what an allowance for a time would cover; `what` and this are made of `action` and
   * `grants`.
   */
  readonly scope: Digest;
  /** Absent for a breaker. */
  readonly action?: GatedAction | undefined;
  /** Digest of what the run is given. */
  readonly grants?: Digest | undefined;
  /** ISO 8601. After `expires` the answer is no. */
  readonly created: string;
  readonly expires: string;
  /** Process that waits: pid and start time. */
  readonly holder: string;
}

export interface HoldAnswer {
  readonly schema: 'skillgate.hold-answer/1';
  /** Digest of the whole hold. */
  readonly hold: Digest;
  readonly verdict: 'allow' | 'deny';
  /** How long the same may be done without asking; 0 for this once. */
  readonly seconds: number;
  /** Name in host policy. */
  readonly approver: string;
  /**
   * Id of the host's audit key that the approver was shown; absent where they answered on the host
   * itself, and in answers from before.
   */
  readonly host?: Digest;
  readonly at: string;
}

/**
 * An answer with its proof: a signature by a key, an assertion by a passkey, or neither where the
 * kernel says who wrote the file.
 */
export interface SignedAnswer {
  readonly answer: HoldAnswer;
  /** Base64, ECDSA over P-256 with SHA-256 in DER, over `answerBytes`. */
  readonly signature?: string;
  readonly assertion?: {
    readonly credentialId: string;
    readonly authenticatorData: string;
    readonly clientDataJSON: string;
    readonly signature: string;
  };
}

/** What a new hold is made of beside the action. */
export interface HoldMaterial {
  readonly now: Date;
  /** 32 hex digits. */
  readonly nonce: string;
  readonly holder: string;
}

/** A hold that nobody has seen: its nonce makes every answer to another one worthless. */
export function newHold(
  subject: HoldSubject,
  { rule, seconds }: PlannedHold,
  about: Pick<Hold, 'kind' | 'what' | 'scope' | 'action' | 'grants'>,
  { holder, nonce, now }: HoldMaterial,
): Hold {
  const { run, agent, skill, version, plan } = subject;
  return {
    schema: 'skillgate.hold/1',
    id: nonce.slice(0, 12),
    nonce,
    run,
    agent,
    skill,
    version,
    rule,
    ...about,
    ...(plan === undefined ? {} : { plan }),
    created: now.toISOString(),
    expires: new Date(now.getTime() + seconds * 1_000).toISOString(),
    holder,
  };
}

export const holdAnswerType = 'application/vnd.skillgate.hold-answer+json';

export function holdDigest(hold: Hold): Digest {
  return canonicalDigest(hold);
}

/** What is signed, before DSSE's pre-authentication encoding with `holdAnswerType`. */
export function answerBytes(answer: HoldAnswer): Uint8Array {
  return Buffer.from(canonicalJson(answer));
}

const text = v.pipe(v.string(), v.maxLength(8_000, 'is too long'));
const texts = v.pipe(v.array(text), v.maxLength(1_000, 'are too many'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const digest = v.custom<Digest>(isDigest, 'is not a digest');
const time = v.pipe(v.string(), v.isoTimestamp());

const actionShape = v.variant('kind', [
  exactObject({
    kind: v.literal('start'),
    capabilities: texts,
    holds: v.array(exactObject({ rule: text, seconds: count, reason: text })),
    command: text,
    args: texts,
    why: text,
  }),
  exactObject({
    kind: v.literal('egress'),
    host: text,
    port: count,
    method: text,
    path: text,
    query: v.exactOptional(text),
    bytes: v.exactOptional(count),
    body: v.exactOptional(digest),
    headers: v.exactOptional(texts),
    text: v.exactOptional(text),
    request: v.exactOptional(digest),
    opens: v.exactOptional(v.picklist(['websocket', 'tunnel'])),
  }),
  exactObject({ kind: v.literal('apply'), target: text, changes: count, digest }),
  exactObject({ kind: v.literal('install'), capabilities: texts }),
]);

/** Of a hold's file: what a person is shown. The runner that waits never reads its own back. */
export const holdShape = exactObject({
  schema: v.literal('skillgate.hold/1'),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'is not an id')),
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'is not a nonce')),
  rule: text,
  kind: v.picklist(['start', 'egress', 'apply', 'install', 'breaker']),
  what: text,
  scope: digest,
  action: v.exactOptional(actionShape),
  grants: v.exactOptional(digest),
  created: time,
  expires: time,
  holder: text,
  run: text,
  agent: text,
  skill: text,
  version: text,
  plan: v.exactOptional(digest),
});

export const signedAnswerShape = exactObject({
  answer: exactObject({
    schema: v.literal('skillgate.hold-answer/1'),
    hold: digest,
    verdict: v.picklist(['allow', 'deny']),
    seconds: count,
    approver: text,
    host: v.exactOptional(digest),
    at: time,
  }),
  signature: v.exactOptional(text),
  assertion: v.exactOptional(
    exactObject({
      credentialId: text,
      authenticatorData: text,
      clientDataJSON: text,
      signature: text,
    }),
  ),
});
