/**
 * A hold is an action that waits for a person. This file defines the formats of holds and of their
 * answers: `skillgate.hold/1` and `skillgate.hold-answer/1`. Pure.
 */
import * as v from 'valibot';
import { canonicalDigest, canonicalJson } from '../../skill/canonical-json.ts';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { exactObject } from '../../skill/shape.ts';

/**
 * An action that may have to wait. `capabilities` has the form of `printCapability`. Inside a hold,
 * long texts are cut and end with the digest of the whole text.
 */
export type GatedAction =
  | {
      readonly kind: 'start';
      readonly capabilities: readonly string[];
      readonly holds: readonly PlannedHold[];
      readonly command: string;
      readonly args: readonly string[];
      /** The reason in the caller's words; empty when none was given. */
      readonly why: string;
    }
  | {
      readonly kind: 'egress';
      readonly host: string;
      readonly port: number;
      readonly method: string;
      readonly path: string;
      /** The part of the target behind `?`. */
      readonly query?: string;
      /**
       * The size of the whole request. Absent while the size is unknown; it then counts as more
       * than any rule allows.
       */
      readonly bytes?: number;
      /** Digest of the body, where the body is known beforehand. */
      readonly body?: Digest;
      /**
       * Every header that leaves, as `Name: value`; the name of a secret stands in the place of its
       * value.
       */
      readonly headers?: readonly string[];
      /** The body, where it is readable text. */
      readonly text?: string;
      /**
       * Digest of the whole request as it would leave (`held-request.ts`). Absent where nobody is
       * asked, and in holds of older versions.
       */
      readonly request?: Digest;
      /** A tunnel or WebSocket; once it is open, nobody is asked about its content. */
      readonly opens?: 'websocket' | 'tunnel';
    }
  /** Changes of a copy-on-write mount; `digest` identifies the change set to be applied. */
  | {
      readonly kind: 'apply';
      readonly target: string;
      readonly changes: number;
      readonly digest: Digest;
    }
  | { readonly kind: 'install'; readonly capabilities: readonly string[] };

/** The gate's decision. `denied` has the code of the failure and an explanation. */
export type GateAnswer =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'denied';
      readonly code: 'hold-unsupported' | 'hold-denied' | 'hold-expired';
      readonly why: string;
    };

/** An action with every detail, and the bytes of its request for people to read. */
export interface WholeAction {
  readonly action: GatedAction;
  readonly request: Uint8Array;
}

/** Reads the missing parts of an action; undefined when the request ends too early. */
export type WholeReader = () => Promise<WholeAction | undefined>;

/**
 * The gate is asked before each action that may have to wait. It answers at once where no rule
 * demands a person.
 */
export interface Gate {
  /**
   * @param whole reads the whole action before a person is asked, so that the answer is about all
   * of it
   */
  ask(action: GatedAction, signal?: AbortSignal, whole?: WholeReader): Promise<GateAnswer>;
  /** Reports the bytes that leave the sandbox. */
  sent?(bytes: number): void;
}

/** The means to reach people. The core itself has neither terminals nor webhooks. */
export interface HoldHands {
  readonly notify?: (hold: Hold) => void;
  /**
   * Asks the operator for a typed yes at a terminal. Used only where host policy names no approver.
   */
  readonly confirm?: (hold: Hold, signal: AbortSignal) => Promise<boolean>;
}

/** Why a start waits, as its plan says. */
export interface PlannedHold {
  /** The name of a rule in host policy, or of a built-in rule such as `rw-mount`. */
  readonly rule: string;
  readonly seconds: number;
  readonly reason: string;
}

/** The run that asks: the same values in every hold of the run. */
export interface HoldSubject {
  readonly run: string;
  readonly agent: string;
  readonly skill: string;
  readonly version: string;
  /** Digest of the plan; absent before a plan exists. */
  readonly plan?: Digest | undefined;
}

export interface Hold extends HoldSubject {
  readonly schema: 'skillgate.hold/1';
  /** The id that people type: the first characters of `nonce`. */
  readonly id: string;
  /** 128 random bits in hex, so that no two holds have the same digest. */
  readonly nonce: string;
  readonly rule: string;
  readonly kind: GatedAction['kind'] | 'breaker';
  /** One line that describes the action; parts of it come from the skill. */
  readonly what: string;
  /**
   * Digest of the actions that a timed allowance would cover. `what` and `scope` both derive from
   * `action` and `grants`.
   */
  readonly scope: Digest;
  /** The action; absent for a breaker. */
  readonly action?: GatedAction | undefined;
  /** Digest of the capabilities that the run is given. */
  readonly grants?: Digest | undefined;
  /** ISO 8601. After `expires` the hold counts as denied. */
  readonly created: string;
  readonly expires: string;
  /** The process that waits: its pid and start time. */
  readonly holder: string;
}

export interface HoldAnswer {
  readonly schema: 'skillgate.hold-answer/1';
  /** Digest of the whole hold. */
  readonly hold: Digest;
  readonly verdict: 'allow' | 'deny';
  /**
   * The seconds for which the same action is allowed without asking; 0 allows this one action only.
   */
  readonly seconds: number;
  /** The approver's name in host policy. */
  readonly approver: string;
  /**
   * Id of the audit key of the host that the approver was shown. Absent where the approver answered
   * on the host itself, and in answers of older versions.
   */
  readonly host?: Digest;
  readonly at: string;
}

/**
 * An answer with its proof: a signature by a key, or an assertion by a passkey. There is no proof
 * where the kernel reports the author of the file.
 */
export interface SignedAnswer {
  readonly answer: HoldAnswer;
  /** ECDSA over P-256 with SHA-256, DER in base64, over `answerBytes`. */
  readonly signature?: string;
  readonly assertion?: {
    readonly credentialId: string;
    readonly authenticatorData: string;
    readonly clientDataJSON: string;
    readonly signature: string;
  };
}

/** The parts of a new hold besides its action. */
export interface HoldMaterial {
  readonly now: Date;
  /** 32 hex digits. */
  readonly nonce: string;
  readonly holder: string;
}

/** A new hold. Its random nonce makes the answer to any other hold worthless for this one. */
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

/**
 * The signed bytes of an answer, before DSSE's pre-authentication encoding with `holdAnswerType`.
 */
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

/**
 * The shape of a hold's file, which is shown to a person. The waiting runner never reads its own
 * hold back.
 */
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
