/**
 * Decides whether an answer to a hold counts. Pure: the author of the answer's file and the
 * validity of the answer's proof are parameters.
 */
import { type Digest, digestOf } from '../../skill/digest.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import {
  type GatedAction,
  type Hold,
  type HoldAnswer,
  type HoldSubject,
  holdDigest,
  type SignedAnswer,
} from './hold.ts';
import type { Approver } from './hold-policy.ts';

/** The longest time for which an answer may allow further actions. */
const allowanceSecondsMax = 86_400;

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
 * Whether a valid answer also applies to further actions of this scope and run. A denial always
 * applies. An allowance applies when the approver gave the allowance for a time. An answer about a
 * breaker never applies to further actions.
 */
export function isStanding(
  { answer }: SignedAnswer,
  hold: Hold,
  { run, scope }: Pick<Hold, 'run' | 'scope'>,
): boolean {
  if (hold.scope !== scope || !isAsShown(hold)) return false;
  if (answer.verdict === 'deny') return true;
  return answer.seconds > 0 && (answer.run !== true || hold.run === run);
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
  return `${answer.approver} by ${how}${allowanceText(answer)}`;
}

/** `, for 3600 seconds`; empty for an answer to one action. */
export function allowanceText({ run, seconds }: Pick<HoldAnswer, 'run' | 'seconds'>): string {
  return run === true ? ', for this run' : seconds === 0 ? '' : `, for ${seconds} seconds`;
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

// Describes the action of a hold, and the range of actions that a timed allowance covers. The
// description and the range derive from the hold's own fields, so a forged text is detected. Pure.

// Longest texts of a hold, in characters, so that a hold fits into a file, into a mailbox message
// and on a screen.
const pathMax = 1_000;
const listMax = 2_000;
const whyMax = 300;

/**
 * The facts about a request, besides its destination, that an approver sees.
 * @param bytes size of the whole request; NaN when the size is not known yet
 * @param body the whole body; absent while parts are missing
 */
export function shownRequest(
  target: string,
  bytes: number,
  body: Uint8Array | undefined,
  upgrades: boolean,
): Pick<Extract<GatedAction, { kind: 'egress' }>, 'bytes' | 'body' | 'query' | 'opens'> {
  const mark = target.indexOf('?');
  return {
    ...(Number.isNaN(bytes) ? {} : { bytes }),
    ...(body === undefined || body.length === 0 ? {} : { body: digestOf(body) }),
    ...(mark < 0 ? {} : { query: target.slice(mark + 1) }),
    ...(upgrades ? { opens: 'websocket' } : {}),
  };
}

/**
 * Returns the action in the form that a hold stores. A text that is too long is cut, and the digest
 * of the whole text follows the cut text.
 */
export function shownAction(action: GatedAction): GatedAction {
  switch (action.kind) {
    case 'start': {
      const { args, capabilities, command, holds, kind, why } = action;
      const reasons = holds
        .slice(0, 20)
        .map((one) => ({ ...one, reason: cut(one.reason, whyMax) }));
      return {
        kind,
        command: cut(command, whyMax),
        args: cutList(args, pathMax),
        why: cut(why, whyMax),
        capabilities: cutList(capabilities, listMax),
        holds: reasons,
      };
    }
    case 'install':
      return { ...action, capabilities: cutList(action.capabilities, listMax) };
    case 'apply': {
      const { include, includeRefs, paths, refs, target } = action;
      return {
        ...action,
        target: cut(target, pathMax),
        ...(refs === undefined ? {} : { refs: cutList(refs, listMax) }),
        ...(include === undefined ? {} : { include: cutList(include, listMax) }),
        ...(includeRefs === undefined ? {} : { includeRefs: cutList(includeRefs, listMax) }),
        ...(paths === undefined ? {} : { paths: cutList(paths, listMax) }),
      };
    }
    case 'egress': {
      const { asks, headers, path, query, text } = action;
      return {
        ...action,
        path: cut(path, pathMax),
        ...(asks === undefined ? {} : { asks: cut(asks, whyMax) }),
        ...(query === undefined ? {} : { query: cut(query, pathMax) }),
        ...(headers === undefined ? {} : { headers: cutList(headers, listMax) }),
        ...(text === undefined ? {} : { text: cut(text, pathMax) }),
      };
    }
  }
}

/**
 * Describes an action in one line, for people, webhooks and the audit log. Query, headers, body and
 * arguments appear as digests only: webhooks and logs must not get secrets. An approver on this
 * host sees the full query, headers, body and arguments in the action itself.
 */
function describeAction(action: GatedAction): string {
  switch (action.kind) {
    case 'start': {
      const { args, capabilities, command, why } = action;
      const given =
        args.length === 0 ? '' : ` with ${args.length} arguments (${canonicalDigest(args)})`;
      const reason =
        why === '' ? 'no reason was given' : `the reason given: ${JSON.stringify(why)}`;
      return `start ${command}${given}; ${reason}; capabilities: ${joinList(capabilities)}`;
    }
    case 'install':
      return `install for the agent, in this version alone, with: ${joinList(action.capabilities)}`;
    case 'apply': {
      const { digest, include = [], paths } = action;
      const listed = (names: readonly string[]): string =>
        names.map((name) => JSON.stringify(name)).join('; ');
      const only =
        paths === undefined || paths.length === 0 ? '' : `, of the paths ${listed(paths)}`;
      const obeyed =
        include.length === 0 ? '' : `, with files that hosts or agents obey: ${listed(include)}`;
      return `${appliedText(action)}${only}${obeyed}, change set ${digest}`;
    }
    case 'egress': {
      const { asks, body, bytes, host, method, opens, path, port, query, request } = action;
      const reason =
        asks === undefined ? '' : `; no grant covers it; the reason given: ${JSON.stringify(asks)}`;
      const all = `${request === undefined ? '' : `, request ${request}`}${reason}`;
      const queried =
        query === undefined ? '' : `?… (${query.length} characters, ${digestOf(query)})`;
      const place = `${host}:${port}${path}${queried}`;
      if (opens === 'tunnel')
        return `open a tunnel to ${place}, through which anything may be sent unseen`;
      if (opens === 'websocket')
        return `open a WebSocket to ${place}, through which any number of bytes may be sent${all}`;
      const sent = body === undefined ? '' : `, body ${body}`;
      return `${method} ${place} with ${bytes ?? 'an unknown number of'} bytes${sent}${all}`;
    }
  }
}

/** `move branch main in /workspace by 1 commit, and apply 2 changes to /workspace`. */
export function appliedText({
  changes,
  refs = [],
  target,
}: Extract<GatedAction, { kind: 'apply' }>): string {
  const files = `apply ${changes === 1 ? '1 change' : `${changes} changes`} to ${target}`;
  if (refs.length === 0) return files;
  const moves = refs.join(', ');
  return changes === 0 ? moves : `${moves}, and ${files}`;
}

/**
 * Returns the digest of everything that a timed allowance covers: agent, skill, version, rule and
 * grants. For a request, the digest also covers host, port, method and the folder of the path. An
 * allowance covers every action with the same digest.
 */
function holdScope(
  action: GatedAction,
  rule: string,
  subject: HoldSubject,
  grants: Digest | undefined,
): Digest {
  const { agent, skill, version } = subject;
  return canonicalDigest({
    agent,
    skill,
    version,
    rule,
    grants: grants ?? null,
    action: scopeOf(action),
  });
}

/** Returns the fields of a hold that derive from the hold's action. */
export function holdFieldsOf(
  asked: GatedAction,
  rule: string,
  subject: HoldSubject,
  grants: Digest | undefined,
): Pick<Hold, 'kind' | 'what' | 'scope' | 'action' | 'grants'> {
  const action = shownAction(asked);
  const about = {
    kind: action.kind,
    what: describeAction(action),
    scope: holdScope(action, rule, subject, grants),
    action,
  };
  return grants === undefined ? about : { ...about, grants };
}

/**
 * Returns the action of a finished hold, without headers and body text. The host keeps sent content
 * no longer than an approver needs the content.
 */
export function withoutContent(action: GatedAction): GatedAction {
  if (action.kind !== 'egress') return action;
  const { headers: _, text: __, ...rest } = action;
  return rest;
}

/**
 * Whether a hold's description and scope match its action. A forged hold could describe one action
 * and cover another.
 */
export function isAsShown(hold: Hold): boolean {
  const { action, grants, kind, rule, scope, what } = hold;
  if (action === undefined || kind !== action.kind) return false;
  return what === describeAction(action) && scope === holdScope(action, rule, hold, grants);
}

function scopeOf(action: GatedAction): unknown {
  switch (action.kind) {
    case 'start': {
      const { capabilities, command, holds, kind } = action;
      return { kind, capabilities, command, holds };
    }
    case 'egress': {
      const { host, kind, method, opens, path, port } = action;
      return { kind, host, port, method, opens: opens ?? null, folder: folderOf(path) };
    }
    default:
      return action;
  }
}

// A path that was cut counts as its own folder, because a cut path gives only the digest of its
// rest.
export function folderOf(path: string): string {
  return path.length > pathMax ? path : path.slice(0, path.lastIndexOf('/') + 1);
}

function joinList(list: readonly string[]): string {
  return list.join('; ') || 'no capability';
}

// A cut text is always longer than the limit, and an uncut text is never longer. So neither can
// imitate the other.
function cut(text: string, max: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  return `${whole.slice(0, max).toWellFormed()}… (${whole.length} characters, ${digestOf(whole)})`;
}

function cutList(list: readonly string[], max: number): string[] {
  const shown: string[] = [];
  let size = 0;
  for (const text of list.map((one) => cut(one, max / 4))) {
    size += text.length + 2;
    if (size > max)
      return [
        ...shown,
        `… ${list.length - shown.length} more, of ${canonicalDigest(list.map((one) => one.toWellFormed()))}`,
      ];
    shown.push(text);
  }
  return shown;
}
