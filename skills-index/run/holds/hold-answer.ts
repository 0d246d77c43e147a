/**
 * Whether an answer to a hold counts. Pure: who wrote its file and whether its proof holds are
 * told.
 */
import type { Digest } from '../../skill/digest.ts';
import { type Hold, type HoldAnswer, holdDigest, type SignedAnswer } from './hold.ts';
import { isAsShown } from './hold-action.ts';
import type { Approver } from './hold-policy.ts';

/** The longest allowance for a time. */
export const allowanceSecondsMax = 86_400;

/** For how long a person's no is the answer to the same again, and asks of an agent are counted. */
export const refusalSeconds = 600;

/** Who wrote a file, as the kernel says it of what was opened. */
export interface Writer {
  /** Folder in which it lay. */
  readonly folder: string;
  readonly uid: number;
  /** Whether only this user could have written to file and folder. */
  readonly alone: boolean;
}

export interface AnswerQuestion {
  readonly hold: Hold;
  readonly signed: SignedAnswer;
  readonly writer: Writer;
  readonly approvers: readonly Approver[];
  /** Users that are the runner or its sandbox: none of them is somebody else. */
  readonly ownUids: readonly number[];
  readonly now: Date;
  /** Why key or passkey did not sign it; empty when it did. */
  readonly whyNotSigned: (approver: Approver, signed: SignedAnswer) => readonly string[];
}

/** Whether somebody who is not the agent can answer at all. */
export function canAnswer({ key, passkey, user }: Approver, ownUids: readonly number[]): boolean {
  return (
    key !== undefined ||
    passkey !== undefined ||
    (user !== undefined && !ownUids.includes(user.uid))
  );
}

/** Every reason why an answer does not count for this hold now; none when it does. */
export function whyNotAnswered(question: AnswerQuestion): string[] {
  const { approvers, hold, now, signed } = question;
  const { answer } = signed;
  const approver = approvers.find((one) => one.name === answer.approver);
  if (approver === undefined)
    return [`host policy names no approver ${JSON.stringify(answer.approver)}`];
  return [
    ...(answer.hold === holdDigest(hold)
      ? []
      : ['it answers another hold, or the hold was changed']),
    ...(answer.at >= hold.created && answer.at < hold.expires
      ? []
      : ['it was given outside the time of the hold']),
    ...(answer.seconds <= allowanceSecondsMax
      ? []
      : [`it allows for more than ${allowanceSecondsMax} seconds`]),
    ...(now.getTime() < endOf(hold, answer) ? [] : ['its time is over']),
    ...whyNotProven(question, approver),
  ];
}

/**
 * Whether an answer that counts is one to the same again: for a time, and to exactly this. A no
 * always is; of a breaker there is none.
 */
export function isStanding({ answer }: SignedAnswer, hold: Hold, scope: Digest): boolean {
  if (hold.scope !== scope || !isAsShown(hold)) return false;
  return answer.verdict === 'deny' || answer.seconds > 0;
}

/** Milliseconds since 1970 at which neither the hold nor its answer holds any more. */
export function endOf(hold: Hold, answer: HoldAnswer | undefined): number {
  if (answer?.verdict === 'deny')
    return Date.parse(answer.at) + Math.max(answer.seconds, refusalSeconds) * 1_000;
  if (answer === undefined || answer.seconds === 0) return Date.parse(hold.expires);
  return Date.parse(answer.at) + answer.seconds * 1_000;
}

/** By whom and how, for the audit log. */
export function sayAnswered({ answer, signature, assertion }: SignedAnswer): string {
  const how =
    assertion !== undefined ? 'passkey' : signature !== undefined ? 'key' : 'user of this host';
  return `${answer.approver} by ${how}${answer.seconds === 0 ? ', once' : `, for ${answer.seconds} seconds`}`;
}

function whyNotProven(
  { ownUids, signed, whyNotSigned, writer }: AnswerQuestion,
  approver: Approver,
): readonly string[] {
  const { user } = approver;
  if (user === undefined) return whyNotSigned(approver, signed);
  return [
    ...(writer.folder === user.folder && writer.uid === user.uid
      ? []
      : [`user ${user.uid} did not write it into ${user.folder}`]),
    ...(writer.alone ? [] : ['others could have written it']),
    ...(ownUids.includes(user.uid)
      ? ['its writer is the user of the runner or of the sandbox']
      : []),
  ];
}
