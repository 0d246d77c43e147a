/**
 * A hold is an action that waits for a person. This file defines the formats of holds and of their
 * answers: `skillgate.hold/1` and `skillgate.hold-answer/1`. Pure.
 */
import * as v from 'valibot';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { exactObject } from '../../skill/shape.ts';
import { canonicalDigest, canonicalJson } from '../../skill/text/canonical-json.ts';

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
      /** The caller's reason for the start in the caller's words; empty without a reason. */
      readonly why: string;
    }
  | {
      readonly kind: 'egress';
      readonly host: string;
      readonly port: number;
      readonly method: string;
      readonly path: string;
      /** The part of the request target behind `?`. */
      readonly query?: string;
      /**
       * Why the agent asks for a request that no rule allows, in its words; empty where it did not
       * ask. Absent where a rule allows the request.
       */
      readonly asks?: string;
      /**
       * The size of the whole request; absent while the size is unknown. An unknown size counts as
       * more than any rule allows.
       */
      readonly bytes?: number;
      /** The digest of the body; absent when the proxy has not read the whole body. */
      readonly body?: Digest;
      /**
       * Every header that leaves, as `Name: value`. The name of a secret stands in the place of the
       * secret's value.
       */
      readonly headers?: readonly string[];
      /** The body of the request, where the body is readable text. */
      readonly text?: string;
      /**
       * The digest of the whole request as the request would leave (`held-request.ts`). Absent
       * where the gate asks nobody, and in holds of older versions.
       */
      readonly request?: Digest;
      /**
       * The request opens a tunnel or a WebSocket. The gate asks nobody about the content of an
       * open tunnel or WebSocket.
       */
      readonly opens?: 'websocket' | 'tunnel';
    }
  /**
   * Changes of a copy-on-write mount that wait to be applied; `digest` identifies the change set.
   */
  | {
      readonly kind: 'apply';
      readonly target: string;
      /** How many files and folders change. */
      readonly changes: number;
      readonly digest: Digest;
      /** What happens to each branch and tag: `move branch main in /w by 1 commit`. */
      readonly refs?: readonly string[];
      /** Changed paths that hosts or agents obey, each named by whoever asks. */
      readonly include?: readonly string[];
      /** Branches and tags that whoever asks had to name: `/workspace/.:refs/heads/main`. */
      readonly includeRefs?: readonly string[];
      /**
       * Patterns of the only other changes, where whoever asks named some; empty for references
       * alone.
       */
      readonly paths?: readonly string[];
    }
  | { readonly kind: 'install'; readonly capabilities: readonly string[] };

/** The gate's decision about an action. `denied` has the code of the failure and an explanation. */
export type GateAnswer =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'denied';
      readonly code: 'hold-unsupported' | 'hold-denied' | 'hold-expired';
      readonly why: string;
    };

/** An action with every detail, and the bytes of the action's request for people to read. */
export interface WholeAction {
  readonly action: GatedAction;
  readonly request: Uint8Array;
}

/** Reads the missing parts of an action; returns undefined when the request ends too early. */
export type WholeReader = () => Promise<WholeAction | undefined>;

/**
 * The gate decides before each action that may have to wait. Where no rule demands an approver, the
 * gate answers at once.
 */
export interface Gate {
  /**
   * Decides whether an action may happen.
   * @param whole reads the whole action before the gate asks an approver, so that the approver's
   * answer covers the whole action
   */
  ask(action: GatedAction, signal?: AbortSignal, whole?: WholeReader): Promise<GateAnswer>;
  /** Reports the bytes that leave the sandbox. */
  sent?(bytes: number): void;
}

/** The means to reach people. The core of the runner itself has neither terminals nor webhooks. */
export interface HoldHands {
  readonly notify?: (hold: Hold) => void;
  /**
   * Asks the operator for a typed yes at a terminal. The gate uses `confirm` only where host policy
   * names no approver.
   */
  readonly confirm?: (hold: Hold, signal: AbortSignal) => Promise<boolean>;
}

/** A reason why a start waits, as the plan lists the reason. */
export interface PlannedHold {
  /** The name of a rule in host policy, or of a built-in rule such as `rw-mount`. */
  readonly rule: string;
  readonly seconds: number;
  readonly reason: string;
}

/** The run that makes the hold, with the same values in every hold of the run. */
export interface HoldSubject {
  readonly run: string;
  readonly agent: string;
  readonly skill: string;
  readonly version: string;
  /** The digest of the run's plan; absent before a plan exists. */
  readonly plan?: Digest | undefined;
}

export interface Hold extends HoldSubject {
  readonly schema: 'skillgate.hold/1';
  /** The hold's id, which people type: the first characters of `nonce`. */
  readonly id: string;
  /** 128 random bits in hex, so that no two holds have the same digest. */
  readonly nonce: string;
  readonly rule: string;
  readonly kind: GatedAction['kind'] | 'breaker';
  /** One line that describes the action. Parts of the line come from the skill. */
  readonly what: string;
  /**
   * The digest of the actions that a timed allowance would cover. `what` and `scope` both derive
   * from `action` and `grants`.
   */
  readonly scope: Digest;
  /** The action that waits; absent in the hold of a breaker. */
  readonly action?: GatedAction | undefined;
  /** The digest of the capabilities that the run gets. */
  readonly grants?: Digest | undefined;
  /**
   * The times of the hold's begin and end, in ISO 8601. After `expires` the hold counts as denied.
   */
  readonly created: string;
  readonly expires: string;
  /** The process that waits for the answer: its pid and start time. */
  readonly holder: string;
}

export interface HoldAnswer {
  readonly schema: 'skillgate.hold-answer/1';
  /** The digest of the whole hold that the answer is about. */
  readonly hold: Digest;
  readonly verdict: 'allow' | 'deny';
  /**
   * The seconds for which the same action is allowed without asking; 0 allows the held action only.
   */
  readonly seconds: number;
  /** Whether an allowance for a time ends with the run of the hold. */
  readonly run?: true;
  /** The approver's name in host policy. */
  readonly approver: string;
  /**
   * The id of the audit key of the host whose hold the approver saw. Absent where the approver
   * answered on the host itself, and in answers of older versions.
   */
  readonly host?: Digest;
  readonly at: string;
}

/**
 * An answer with its proof: a signature by a key, or an assertion by a passkey. An answer needs no
 * proof where the kernel reports the author of the answer's file.
 */
export interface SignedAnswer {
  readonly answer: HoldAnswer;
  /** The signature over `answerBytes`: ECDSA over P-256 with SHA-256, DER in base64. */
  readonly signature?: string;
  readonly assertion?: {
    readonly credentialId: string;
    readonly authenticatorData: string;
    readonly clientDataJSON: string;
    readonly signature: string;
  };
}

/** The present time, the nonce of a new hold, and the process that waits for the answer. */
export interface HoldMaterial {
  readonly now: Date;
  /** The hold's nonce: 32 hex digits. */
  readonly nonce: string;
  readonly holder: string;
}

/**
 * Makes a new hold. The hold's random nonce makes the answer to any other hold worthless for the
 * new hold.
 */
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
 * Returns the signed bytes of an answer, before DSSE's pre-authentication encoding with
 * `holdAnswerType`.
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
    asks: v.exactOptional(text),
    bytes: v.exactOptional(count),
    body: v.exactOptional(digest),
    headers: v.exactOptional(texts),
    text: v.exactOptional(text),
    request: v.exactOptional(digest),
    opens: v.exactOptional(v.picklist(['websocket', 'tunnel'])),
  }),
  exactObject({
    kind: v.literal('apply'),
    target: text,
    changes: count,
    digest,
    refs: v.exactOptional(texts),
    include: v.exactOptional(texts),
    includeRefs: v.exactOptional(texts),
    paths: v.exactOptional(texts),
  }),
  exactObject({ kind: v.literal('install'), capabilities: texts }),
]);

/**
 * The shape of a hold's file, which an approver reads. The waiting runner never reads its own hold
 * back.
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
    run: v.exactOptional(v.literal(true)),
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
