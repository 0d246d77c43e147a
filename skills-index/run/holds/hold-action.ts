/**
 * What a hold says of its action, and what an allowance for a time lets through: both made of what
 * stands in the hold, so that neither can be told otherwise. Pure.
 */
import { canonicalDigest } from '../../skill/canonical-json.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import type { GatedAction, Hold, HoldSubject } from './hold.ts';

// So many characters, so that a hold fits into a file, a mailbox and what a person reads.
const pathMax = 1_000;
const listMax = 2_000;
const whyMax = 300;

/**
 * What a person is told of a request beside its place.
 * @param bytes of all of it; NaN where nobody knows yet
 * @param body absent where it is not wholly here
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

/** The action as it stands in a hold: what is too long is cut, with the digest of the whole. */
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
    case 'apply':
      return { ...action, target: cut(action.target, pathMax) };
    case 'egress': {
      const { headers, path, query, text } = action;
      return {
        ...action,
        path: cut(path, pathMax),
        ...(query === undefined ? {} : { query: cut(query, pathMax) }),
        ...(headers === undefined ? {} : { headers: cutList(headers, listMax) }),
        ...(text === undefined ? {} : { text: cut(text, pathMax) }),
      };
    }
  }
}

/**
 * What an action is, in one line, for people, webhooks and the audit log: query, headers, body and
 * arguments are told by their digest, since they may say what those should not. Who answers on this
 * host is shown them, as they stand in the action.
 */
export function sayAction(action: GatedAction): string {
  switch (action.kind) {
    case 'start': {
      const { args, capabilities, command, why } = action;
      const given =
        args.length === 0 ? '' : ` with ${args.length} arguments (${canonicalDigest(args)})`;
      const said = why === '' ? 'no reason was given' : `the reason given: ${JSON.stringify(why)}`;
      return `start ${command}${given}; ${said}; capabilities: ${sayList(capabilities)}`;
    }
    case 'install':
      return `install for the agent, in this version alone, with: ${sayList(action.capabilities)}`;
    case 'apply':
      return `apply ${action.changes} changed files to ${action.target}, change set ${action.digest}`;
    case 'egress': {
      const { body, bytes, host, method, opens, path, port, query, request } = action;
      const all = request === undefined ? '' : `, request ${request}`;
      const asks = query === undefined ? '' : `?… (${query.length} characters, ${digestOf(query)})`;
      const place = `${host}:${port}${path}${asks}`;
      if (opens === 'tunnel')
        return `open a tunnel to ${place}, through which anything may be sent unseen`;
      if (opens === 'websocket')
        return `open a WebSocket to ${place}, through which any number of bytes may be sent${all}`;
      const sent = body === undefined ? '' : `, body ${body}`;
      return `${method} ${place} with ${bytes ?? 'an unknown number of'} bytes${sent}${all}`;
    }
  }
}

/** What `--for` lets through unasked, beside the same agent, skill, version, rule and grants. */
export function sayCovered(action: GatedAction): string {
  switch (action.kind) {
    case 'start':
      return `each start of ${action.command}, with any arguments and for any reason`;
    case 'install':
      return 'the install of this version';
    case 'apply':
      return `this change set alone, ${action.digest}`;
    case 'egress': {
      const { host, method, opens, path, port } = action;
      if (opens === 'tunnel') return `each tunnel to ${host}:${port}, whatever is sent through it`;
      const place = `${host}:${port}${folderOf(path)}`;
      if (opens === 'websocket')
        return `each WebSocket to a path directly in ${place}, whatever is sent through it`;
      return `each ${method} to a path directly in ${place}, with any query, any headers and any body`;
    }
  }
}

/**
 * What an allowance for a time covers: the same agent, skill and version under the same grants, and
 * of a request the same host, port, method and folder of the path. Nothing else has this digest.
 */
export function holdScope(
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

/** What stands in a hold of an action. */
export function aboutAction(
  asked: GatedAction,
  rule: string,
  subject: HoldSubject,
  grants: Digest | undefined,
): Pick<Hold, 'kind' | 'what' | 'scope' | 'action' | 'grants'> {
  const action = shownAction(asked);
  const about = {
    kind: action.kind,
    what: sayAction(action),
    scope: holdScope(action, rule, subject, grants),
    action,
  };
  return grants === undefined ? about : { ...about, grants };
}

/**
 * The action of a hold that nobody is asked about any more: what was sent is kept no longer than
 * people need it.
 */
export function withoutContent(action: GatedAction): GatedAction {
  if (action.kind !== 'egress') return action;
  const { headers: _, text: __, ...rest } = action;
  return rest;
}

/**
 * Whether a hold's words and scope are those of its action: one that somebody else wrote may say
 * one thing and cover another.
 */
export function isAsShown(hold: Hold): boolean {
  const { action, grants, kind, rule, scope, what } = hold;
  if (action === undefined || kind !== action.kind) return false;
  return what === sayAction(action) && scope === holdScope(action, rule, hold, grants);
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

// One that was cut is its own folder: its rest is known by its digest alone.
function folderOf(path: string): string {
  return path.length > pathMax ? path : path.slice(0, path.lastIndexOf('/') + 1);
}

function sayList(list: readonly string[]): string {
  return list.join('; ') || 'no capability';
}

// What is cut is longer than what is not: neither can be taken for the other.
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
