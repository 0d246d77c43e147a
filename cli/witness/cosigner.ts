/**
 * A witness: checks that each head of a log continues the previous one, and signs it. It stores the
 * head before it answers.
 */
import {
  type JudgedSubmission,
  judgeSubmission,
  parseSubmission,
  printHead,
  type Submission,
} from '../../skills-index/log/add-checkpoint.ts';
import { type Checkpoint, parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { ownNote } from '../../skills-index/log/own-note.ts';
import { signCosignature } from '../../skills-index/log/sign-cosignature.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { witnessTriesMax } from '../limits.ts';
import type { Heads, KeptLog } from './heads.ts';
import type { WitnessKey } from './key.ts';

/** A watched log. */
export interface WatchedLog {
  readonly origin: string;
  /** Ed25519, SPKI DER. */
  readonly key: Uint8Array;
}

export interface CosigningWitness {
  readonly key: WitnessKey;
  readonly logs: readonly WatchedLog[];
  readonly heads: Heads;
  readonly now: () => Date;
  /** Output for people: warnings, one line each. */
  readonly alarm: (line: string) => void;
  /** Output of cosigned heads, one line each. */
  readonly say?: (line: string) => void;
  /**
   * Called when another key than the known one signed a log; returns undefined without a newer key.
   */
  readonly renew?: (log: WatchedLog) => Promise<WatchedLog | undefined>;
  /**
   * Why a head is not cosigned, although it continues the previous one; absent for witnesses
   * without a replay.
   */
  readonly whyHeld?: (origin: string, size?: number) => string | undefined;
  /**
   * Why the map of names of a head is not cosigned; absent for witnesses without a replay. Status
   * 422 is for a map that differs from the entries of the head.
   */
  readonly whyMapRefused?: (head: Checkpoint) => Promise<RefusedMap | undefined>;
  /** The registry's status at the last replay: a second source of it for hosts. */
  readonly statusOf?: (origin: string) => Uint8Array | undefined;
}

/** Answers to a log. The statuses are those of C2SP tlog-witness; 503 is for a stopped log. */
export type Answered =
  | { readonly status: 200; readonly line: string }
  | {
      readonly status: 400 | 403 | 404 | 409 | 422 | 503;
      readonly why: string;
      readonly size?: number;
    };

/** Answers to a head whose map is wrong, or could not be computed now. */
export type RefusedMap = { readonly status: 422 | 503; readonly why: string };

/** Parses the body of an `add-checkpoint` request. */
export async function takeSubmission(witness: CosigningWitness, text: string): Promise<Answered> {
  let submission: Submission;
  let head: Checkpoint;
  try {
    submission = parseSubmission(text);
    head = parseCheckpoint(submission.note);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { status: 400, why: cause.message };
  }
  const log = witness.logs.find((one) => one.origin === head.origin);
  if (log === undefined) return { status: 404, why: 'this log is not watched here' };
  const answered = await consider(witness, log, submission);
  const renewed = answered.status === 403 ? await witness.renew?.(log) : undefined;
  return renewed === undefined ? answered : consider(witness, renewed, submission);
}

/** Cosigns, or returns the reason for a refusal. */
export async function consider(
  witness: CosigningWitness,
  log: WatchedLog,
  submission: Submission,
): Promise<Answered> {
  for (let tries = 0; tries < witnessTriesMax; tries++) {
    const kept = await witness.heads.read(log.origin);
    if (kept.stopped !== undefined) return stoppedAnswer(log, kept.stopped);
    const judged = judgeSubmission(submission, { kept: kept.head, log });
    switch (judged.kind) {
      case 'refused': {
        const { status, why } = judged;
        if (status === 409) reportOlderHead(witness, log, { kept, note: submission.note });
        return status === 409 ? { status, why, size: kept.head?.size ?? 0 } : { status, why };
      }
      case 'forked':
        return stop(witness, log, { kept, judged, note: submission.note });
      case 'cosign': {
        const held = witness.whyHeld?.(log.origin, judged.head.size);
        if (held !== undefined) return { status: 503, why: held };
        const note = ownNote(submission.note, log);
        const refused = await witness.whyMapRefused?.(judged.head);
        if (refused !== undefined) {
          if (refused.status === 422) await keepMap(witness, log, { kept, why: refused.why, note });
          return refused;
        }
        if (!(await isKept(witness, log, { kept, head: judged.head, note }))) continue;
        if (kept.head?.size !== judged.head.size)
          witness.say?.(`cosigned ${log.origin}: ${printHead(judged.head)}`);
        return { status: 200, line: await cosign(witness, note) };
      }
    }
  }
  return { status: 503, why: 'too many heads of this log at once; try again' };
}

// The log's signature over the wrong map convicts the registry: everybody can read the entries.
async function keepMap(
  { heads, now }: CosigningWitness,
  { origin }: WatchedLog,
  { kept, why, note }: { readonly kept: KeptLog; readonly why: string; readonly note: string },
): Promise<void> {
  const at = now().toISOString();
  await heads.keepEvidence(origin, { why, kept: kept.head?.note ?? '', sent: note, at });
}

/** The newest head with a fresh cosignature; undefined for an unknown, stopped or held log. */
export async function cosignedHead(
  witness: CosigningWitness,
  log: WatchedLog,
): Promise<string | undefined> {
  const { head, stopped } = await witness.heads.read(log.origin);
  return head === undefined ||
    stopped !== undefined ||
    witness.whyHeld?.(log.origin, head.size) !== undefined ||
    (await witness.whyMapRefused?.(parseCheckpoint(head.note))) !== undefined
    ? undefined
    : head.note + (await cosign(witness, head.note));
}

/** Stops cosigning a log with two histories; both notes are stored. */
export async function stop(
  witness: CosigningWitness,
  log: WatchedLog,
  found: {
    readonly kept: KeptLog;
    readonly judged: Extract<JudgedSubmission, { readonly kind: 'forked' }>;
    readonly note: string;
  },
): Promise<Answered> {
  const { judged, kept } = found;
  const evidence = {
    why: judged.why,
    kept: kept.head?.note ?? '',
    sent: ownNote(found.note, log),
    at: witness.now().toISOString(),
  };
  await witness.heads.stop(log.origin, evidence);
  witness.alarm(
    `ALARM ${log.origin}: ${judged.why}. This witness cosigns nothing of this log until a person removes stopped.json.`,
  );
  return { status: judged.status, why: judged.why };
}

/** A log that shows an older head than before is refused, and the note is stored. */
export async function keepRollback(
  witness: CosigningWitness,
  log: WatchedLog,
  seen: { kept: KeptLog; note: string },
): Promise<string> {
  const { head } = seen.kept;
  const sent = parseCheckpoint(seen.note);
  const why = `the log went back: ${head === undefined ? 'nothing' : printHead(head)} was cosigned, and it now shows ${printHead(sent)}`;
  const evidence = {
    why,
    kept: head?.note ?? '',
    sent: ownNote(seen.note, log),
    at: witness.now().toISOString(),
  };
  const file = await witness.heads.keepEvidence(log.origin, evidence);
  witness.alarm(`ALARM ${log.origin}: ${why}. Kept in ${file}`);
  return why;
}

const tellsMax = 100;
const toldOlder = new WeakMap<CosigningWitness, Set<number>>();

// A checkpoint is public, so the sender of an old one proves nothing. It is reported once, stops
// nothing and fills no disk.
function reportOlderHead(
  witness: CosigningWitness,
  { origin }: WatchedLog,
  { kept, note }: { kept: KeptLog; note: string },
): void {
  const sent = parseCheckpoint(note);
  const told = toldOlder.get(witness) ?? new Set();
  if (
    kept.head === undefined ||
    sent.size >= kept.head.size ||
    told.has(sent.size) ||
    told.size >= tellsMax
  )
    return;
  toldOlder.set(witness, told.add(sent.size));
  witness.alarm(
    `ALARM ${origin}: an older head arrived: ${printHead(kept.head)} was cosigned, and now ${printHead(sent)} arrived. If the registry shows the older head as well, it was restored from an older copy: tell its operator`,
  );
}

/** The answer to a stopped log. */
export function stoppedAnswer(log: WatchedLog, stopped: NonNullable<KeptLog['stopped']>): Answered {
  return {
    status: 503,
    why: `${log.origin} is stopped until a person has checked it: ${stopped.why}`,
  };
}

// A stored head is signed again with the current time, and nothing is written.
async function isKept(
  { heads }: CosigningWitness,
  { origin }: WatchedLog,
  {
    kept,
    head,
    note,
  }: { readonly kept: KeptLog; readonly head: Checkpoint; readonly note: string },
): Promise<boolean> {
  const isNew =
    kept.head?.size !== head.size || (kept.head.map === undefined && head.map !== undefined);
  return !isNew || heads.follow(origin, kept.place, note);
}

function cosign({ key, now }: CosigningWitness, note: string): Promise<string> {
  return signCosignature(note, {
    name: key.name,
    seconds: Math.floor(now().getTime() / 1000),
    key,
  });
}
