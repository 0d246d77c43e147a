/**
 * Decides whether an answer to a hold counts. Pure: the author of the answer's file and the
 * validity of the answer's proof are parameters.
 */
import type { Digest } from '../../skill/digest.ts';
import { type Hold, type HoldAnswer, holdDigest, type SignedAnswer } from './hold.ts';
import { isAsShown } from './hold-action.ts';
import type { Approver } from './hold-policy.ts';

/** The longest time for which an answer may allow further actions. */
export const allowanceSecondsMax = 86_400;

/**
 * For so many seconds, a person's denial also answers the same question again. The gate counts the
 * questions of one agent over the same seconds.
 */
export const refusalSeconds = 600;

/** The author of an answer's file, as the kernel reports the owner of the opened file. */
export interface Writer {
  /** The folder in which the answer's file lay. */
  readonly folder: string;
  readonly uid: number;
  /** Whether no other user could have written to the answer's file or to the file's folder. */
  readonly alone: boolean;
}

export interface AnswerQuestion {
  readonly hold: Hold;
  readonly signed: SignedAnswer;
  readonly writer: Writer;
  readonly approvers: readonly Approver[];
  /**
   * The users of the runner and of the runner's sandbox. An answer from such a user proves nothing,
   * because the agent may control the user.
   */
  readonly ownUids: readonly number[];
  readonly now: Date;
  /**
   * Returns why the approver's key or passkey did not sign the answer; empty when the signature is
   * valid.
   */
  readonly whyNotSigned: (approver: Approver, signed: SignedAnswer) => readonly string[];
}

/** Whether this approver can answer independently of the agent. */
export function canAnswer({ key, passkey, user }: Approver, ownUids: readonly number[]): boolean {
  return (
    key !== undefined ||
    passkey !== undefined ||
    (user !== undefined && !ownUids.includes(user.uid))
  );
}

/**
 * Returns every reason why an answer does not count for this hold now; empty when the answer
 * counts.
 */
export function whyNotAnswered(question: AnswerQuestion): string[] {
  const { approvers, hold, now, signed } = question;
  const { answer } = signed;
  const approver = approvers.find((one) => one.name === answer.approver);
  if (approver === undefined)
    return [`host policy names no approver ${JSON.stringify(answer.approver)}`];
  return [
    ...(answer.hold === holdDigest(hold)
      ? []
      : ['the answer is for another hold, or the hold was changed']),
    ...(answer.at >= hold.created && answer.at < hold.expires
      ? []
      : ['the answer was not given while the hold waited']),
    ...(answer.seconds <= allowanceSecondsMax
      ? []
      : [`the answer allows for more than ${allowanceSecondsMax} seconds`]),
    ...(now.getTime() < endOf(hold, answer) ? [] : ['the answer has expired']),
    ...whyNotProven(question, approver),
  ];
}

/**
 * Whether a valid answer also applies to further actions of this scope. A denial always applies. An
 * allowance applies when the approver gave the allowance for a time. An answer about a breaker
 * never applies to further actions.
 */
export function isStanding({ answer }: SignedAnswer, hold: Hold, scope: Digest): boolean {
  if (hold.scope !== scope || !isAsShown(hold)) return false;
  return answer.verdict === 'deny' || answer.seconds > 0;
}

/**
 * Returns the time, in milliseconds since 1970, at which the hold and the hold's answer have both
 * expired.
 */
export function endOf(hold: Hold, answer: HoldAnswer | undefined): number {
  if (answer?.verdict === 'deny')
    return Date.parse(answer.at) + Math.max(answer.seconds, refusalSeconds) * 1_000;
  if (answer === undefined || answer.seconds === 0) return Date.parse(hold.expires);
  return Date.parse(answer.at) + answer.seconds * 1_000;
}

/** Describes who answered a hold and by which proof, for the audit log. */
export function describeAnswer({ answer, signature, assertion }: SignedAnswer): string {
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
      : [`user ${user.uid} did not write the answer into ${user.folder}`]),
    ...(writer.alone ? [] : ['other users could have written the answer']),
    ...(ownUids.includes(user.uid)
      ? ['the user of the runner or of the sandbox wrote the answer']
      : []),
  ];
}
