/**
 * Decides whether one request may leave. The plan must allow the request's scheme, host, port,
 * method and path. The placeholder of each secret must stand where the plan allows the placeholder.
 * Pure.
 */

import { isUtf8 } from 'node:buffer';
import { coversHost, isHostName } from '../../network/host-name.ts';
import { addressClass } from '../../network/network-address.ts';
import { standsInPath } from '../../skill/capability.ts';
import { coversPath } from '../../skill/egress-target.ts';
import type { PinnedAddress, PlannedEgress } from '../plan/plan.ts';
import type { Denial } from './denial.ts';
import {
  type BoundPlaceholder,
  credentialOf,
  decoded,
  isForBody,
  isInTarget,
  isWellPlaced,
  type SentHeaders,
} from './secret-use.ts';

const targetBytesMax = 8 * 1024;

export interface EgressRequest {
  readonly method: string;
  /** The request target exactly as the sandbox sent it. */
  readonly target: string;
  readonly headers: SentHeaders;
  /** The host and port of the CONNECT tunnel that carries the request; absent outside a tunnel. */
  readonly tunnel?: Tunnel;
  /**
   * Whether Node's HTTP parser treats the request as an upgrade, after which no further request
   * follows.
   */
  readonly upgrades?: boolean;
}

export interface Authority {
  readonly host: string;
  readonly port: number;
}

export interface Tunnel extends Authority {
  readonly scheme: 'http' | 'https';
}

/** The destination of a request, as far as the proxy could parse the request. */
export interface RequestPlace extends Authority {
  readonly path: string;
}

export interface EgressRules {
  readonly egress: readonly PlannedEgress[];
  readonly secrets: readonly BoundPlaceholder[];
  /**
   * Set where a person may be asked about a request that no rule allows: the addresses that host
   * policy pins.
   */
  readonly asks?: Readonly<Record<string, PinnedAddress>> | undefined;
}

export interface Allowed extends RequestPlace, Tunnel {
  readonly kind: 'allowed';
  /** Whether the request asks to become a WebSocket. */
  readonly upgrades: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1). */
  readonly expects: boolean;
  /** The path with its query, as the proxy sends it to the host. */
  readonly target: string;
  /** The address that host policy pins for the requested host; undefined when DNS decides. */
  readonly pinned: PinnedAddress | undefined;
  /** The secrets whose placeholders stand in the headers, path or query to which they are bound. */
  readonly secrets: readonly BoundPlaceholder[];
  /** The secrets whose placeholders may stand in the body, in one place. */
  readonly forBody: readonly BoundPlaceholder[];
  /** The names of the secrets whose placeholders the body may contain. */
  readonly inBody: readonly string[];
  /** Where no rule allows the request: why not, and why the agent asks for it, in its words. */
  readonly undeclared?: { readonly why: Denial; readonly asks: string };
}

export type EgressDecision =
  | Allowed
  | (RequestPlace & { readonly kind: 'denied'; readonly why: Denial });

/** Decides about a request that a client sent to the proxy itself or through a tunnel. */
export function judgeRequest(request: EgressRequest, rules: EgressRules): EgressDecision {
  const parsed = withPlainName(parseTarget(request), rules);
  const where = {
    host: parsed?.host ?? request.tunnel?.host ?? '',
    port: parsed?.port ?? request.tunnel?.port ?? 0,
  };
  const denied = (why: Denial): EgressDecision => ({
    kind: 'denied',
    why,
    ...where,
    path: parsed?.path ?? '',
  });
  if (!/^[A-Z]{1,20}$/.test(request.method) || hasTwoReadings(request.headers))
    return denied('malformed');
  if (parsed === undefined) return denied('bad-target');
  if (!isHostName(parsed.host)) return denied('bad-host');
  if (!namesHost(request.headers, parsed)) return denied('host-mismatch');
  if (!isClearPath(parsed.path)) return denied('bad-path');
  const upgrades = valuesOf(request.headers, 'upgrade').length > 0;
  if (upgrades !== (request.upgrades ?? false) || (upgrades && !isWebSocket(request)))
    return denied('upgrade-denied');

  const judged = rules.egress.filter(
    (rule) => rule.mode === 'intercept' && rule.scheme === parsed.scheme,
  );
  const found = matchRule(judged, parsed, request.method);
  const mayAsk = rules.asks !== undefined && parsed.scheme === 'https';
  if (typeof found === 'string' && !mayAsk) return denied(found);
  const rule = typeof found === 'string' ? undefined : found;
  const open = judged.filter(
    ({ host, path, port }) =>
      coversHost(host, parsed.host) && port === parsed.port && path.endsWith('*'),
  );
  const prefixes = open.map(({ path }) => path.slice(0, -1));
  const used = placeholdersIn(request, parsed, rules.secrets, prefixes);
  if (used === undefined) return denied('secret-unbound');
  // Somebody else may own what lies beside the secret's place: another bot, another webhook.
  const isClosed = rule?.keyed?.includes(parsed.host) === true && rule.path.endsWith('*');
  if (isClosed && !used.some((one) => standsInPath(one.as))) return denied('secret-missing');
  return {
    kind: 'allowed',
    upgrades,
    expects: valuesOf(request.headers, 'expect').length > 0,
    ...parsed,
    pinned: pinOf(rule?.pinned ?? rules.asks, parsed.host),
    secrets: used,
    forBody: rules.secrets.filter((one) => isForBody(one) && isBound(one, request.method, parsed)),
    inBody: rule?.mayNamePlaceholders === true ? rules.secrets.map(({ name }) => name) : [],
    ...(typeof found === 'string'
      ? { undeclared: { why: found, asks: textOf(valuesOf(request.headers, askHeader)[0]) } }
      : {}),
  };
}

/** The header in which an agent says why it needs a request that no rule allows. */
export const askHeader = 'skillgate-ask';

// Node reads headers as Latin-1. Most clients send UTF-8.
function textOf(header = ''): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}

/** An allowed CONNECT request. */
export type Connect = Authority &
  Pick<Allowed, 'kind' | 'pinned'> &
  Pick<PlannedEgress, 'mode' | 'scheme'>;

export type ConnectDecision =
  | Connect
  | (Authority & { readonly kind: 'denied'; readonly why: Denial });

/**
 * Decides about the target of a CONNECT request: the plan must have a rule for the name and port. A
 * rule that leaves TLS closed (`tunnel`) wins over other rules.
 */
export function judgeConnect(target: string, { asks, egress }: EgressRules): ConnectDecision {
  const authority = target.includes(':') ? parseAuthority(target) : undefined;
  if (authority === undefined) return { kind: 'denied', why: 'bad-target', host: '', port: 0 };
  const denied = (why: Denial): ConnectDecision => ({ kind: 'denied', why, ...authority });
  if (!isHostName(authority.host)) return denied('bad-host');
  const order = ({ mode, scheme }: PlannedEgress): number =>
    mode === 'tunnel' ? 0 : scheme === 'https' ? 1 : 2;
  const rule = matchRule(
    egress.toSorted((a, b) => order(a) - order(b)),
    authority,
  );
  // Which request a person would be asked about stands inside the tunnel.
  if (typeof rule === 'string')
    return asks === undefined
      ? denied(rule)
      : { kind: 'allowed', scheme: 'https', mode: 'intercept', ...authority, pinned: undefined };
  return {
    kind: 'allowed',
    scheme: rule.scheme,
    mode: rule.mode,
    ...authority,
    pinned: pinOf(rule.pinned, authority.host),
  };
}

/**
 * Returns why a run must not connect to a host's addresses; undefined when the run may. Rejects a
 * name when DNS gives even one address that is not public. A name with both public and private
 * addresses is an attack: a second lookup could choose the private address.
 * @param own addresses of this host; a request to them counts as private in any network
 */
export function whyNotOutside(
  addresses: readonly string[],
  own: readonly string[],
): Denial | undefined {
  const isOutside = (address: string): boolean =>
    addressClass(address) === 'public' && !own.includes(address);
  return addresses.length > 0 && addresses.every(isOutside) ? undefined : 'address-denied';
}

function pinOf(pins: PlannedEgress['pinned'] = {}, host: string): PinnedAddress | undefined {
  return Object.hasOwn(pins, host) ? pins[host] : undefined;
}

// A WebSocket begins with a GET request without a body (RFC 6455 §4.2.1). The proxy denies every
// other upgrade (RFC 9110 §7.8).
function isWebSocket({ headers, method }: EgressRequest): boolean {
  const is = (name: string, value: string): boolean =>
    valuesOf(headers, name).join().trim().toLowerCase() === value;
  const hasBody = ['content-length', 'transfer-encoding'].some(
    (name) => valuesOf(headers, name).length > 0,
  );
  return (
    method === 'GET' && is('upgrade', 'websocket') && is('sec-websocket-version', '13') && !hasBody
  );
}

function parseTarget({
  target,
  tunnel,
}: EgressRequest): (RequestPlace & Tunnel & { readonly target: string }) | undefined {
  if (
    Buffer.byteLength(target) > targetBytesMax ||
    !/^[\x21-\x7e]+$/.test(target) ||
    target.includes('#')
  )
    return undefined;
  const [, written, rest] =
    tunnel === undefined ? (/^http:\/\/([^/?]+)(\/.*)?$/i.exec(target) ?? []) : ['', '', target];
  const authority = tunnel ?? parseAuthority(written ?? '');
  const local = rest ?? '/';
  if (authority === undefined || !local.startsWith('/')) return undefined;
  return { scheme: 'http', ...authority, target: local, path: local.split('?')[0] ?? '' };
}

// npm's clients encode the slash of a scope: `/@types%2fnode`. Only the runner itself reads this
// path, so the path has one reading.
function withPlainName<Place extends RequestPlace & { readonly target: string }>(
  place: Place | undefined,
  { egress }: EgressRules,
): Place | undefined {
  if (!egress.some(({ host, index }) => index === 'npm' && host === place?.host)) return place;
  const plain = (text: string): string => text.replace(/^((?:\/[\w.~-]+)*\/@[\w.~-]+)%2f/i, '$1/');
  return place && { ...place, path: plain(place.path), target: plain(place.target) };
}

function parseAuthority(text: string, scheme: Tunnel['scheme'] = 'http'): Authority | undefined {
  const [, host, port] = /^([^:@/?#\\\s]+)(?::(\d{1,5}))?$/.exec(text.toLowerCase()) ?? [];
  const number = port === undefined ? { http: 80, https: 443 }[scheme] : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? undefined : { host, port: number };
}

// Returns the first rule that matches a request, or the first property of the request that no rule
// allows. A tunnel has no method and no path, so only host and port are compared.
function matchRule(
  egress: readonly PlannedEgress[],
  at: Authority & { readonly path?: string },
  method?: string,
): PlannedEgress | Denial {
  const isReached = (rule: PlannedEgress): boolean =>
    rule.scheme !== 'http' || Object.hasOwn(rule.pinned, at.host);
  const byHost = egress.filter((rule) => coversHost(rule.host, at.host) && isReached(rule));
  const byPort = byHost.filter((rule) => rule.port === at.port);
  const byPath = byPort.filter(
    (rule) => method === undefined || coversPath(rule.path, at.path ?? ''),
  );
  const [fits] = byPath.filter((rule) => method === undefined || rule.methods.includes(method));
  if (fits !== undefined) return fits;
  return byPath.length > 0
    ? 'method-denied'
    : byPort.length > 0
      ? 'path-denied'
      : byHost.length > 0
        ? 'port-denied'
        : 'host-denied';
}

// Whether all servers read a path in the same way. A server may decode an encoded letter, slash,
// dot or percent sign before or after choosing a path (RFC 3986 §6.2.2). The same holds for bytes
// that are not UTF-8 and for characters that another Unicode form turns into such signs. Some
// servers cut blanks and dots from the end of a segment, so `..%20` is `..` to them.
export function isClearPath(path: string): boolean {
  const plain = /^\/[\x21-\x7e]*$/.test(path) && !/[\\;]|\/\.{1,2}(\/|$)|\/\//.test(path);
  const escapes = path.match(/%.{0,2}/g) ?? [];
  if (
    !plain ||
    !escapes.every((one) =>
      /^%(?:2[0-246-9A-C]|3[AC-E]|40|5[BDE]|60|7[B-D]|[89A-F][0-9A-F])$/i.test(one),
    )
  )
    return false;
  try {
    const text = decodeURIComponent(path);
    return text.normalize('NFKC') === text && !/\/[\s\p{C}]*\.[.\s\p{C}]*(?:\/|$)/u.test(text);
  } catch {
    return false;
  }
}

/**
 * Takes an address apart that is a secret: its host, the part to where the approved egress goes,
 * and the secret rest with its query. Undefined for an address that the plan does not reach, or
 * that has two readings.
 */
export function placeOfAddress(
  address: string,
  hosts: readonly string[],
  egress: readonly PlannedEgress[],
): { readonly hosts: [string]; readonly prefix: string; readonly value: string } | undefined {
  const [, scheme, authority = '', path = '', query = ''] =
    /^(https?):\/\/([^/?#]+)(\/[^?#]*)(\?[!-"$-~]+)?$/.exec(address) ?? [];
  const at = parseAuthority(authority, scheme === 'http' ? 'http' : 'https');
  if (at === undefined || !hosts.includes(at.host) || !isClearPath(path)) return undefined;
  const approved = egress
    .filter(
      (rule) =>
        rule.mode === 'intercept' &&
        rule.scheme === scheme &&
        rule.port === at.port &&
        rule.path.endsWith('*') &&
        coversHost(rule.host, at.host),
    )
    .map((rule) => rule.path.slice(0, -1))
    .filter((one) => path.startsWith(one) && path.length > one.length)
    .toSorted((a, b) => b.length - a.length)[0];
  return approved === undefined
    ? undefined
    : {
        hosts: [at.host],
        prefix: `${scheme}://${authority}${approved}`,
        value: path.slice(approved.length) + query,
      };
}

function namesHost(headers: SentHeaders, { host, port, scheme }: Tunnel): boolean {
  const [one, ...more] = valuesOf(headers, 'host');
  const named = one === undefined ? undefined : parseAuthority(one.trim(), scheme);
  return more.length === 0 && named?.host === host && named.port === port;
}

const single = [
  'host',
  'content-length',
  'transfer-encoding',
  'authorization',
  'content-type',
  'content-encoding',
  'expect',
  askHeader,
];

// Whether Node's parser accepts headers that another parser could read differently (request
// smuggling).
function hasTwoReadings(headers: SentHeaders): boolean {
  const coding = valuesOf(headers, 'transfer-encoding');
  const length = valuesOf(headers, 'content-length');
  return (
    single.some((name) => valuesOf(headers, name).length > 1) ||
    (coding.length > 0 && length.length > 0) ||
    coding.some((value) => value.toLowerCase() !== 'chunked') ||
    valuesOf(headers, 'expect').some((value) => value.toLowerCase() !== '100-continue') ||
    length.some((value) => !/^\d{1,15}$/.test(value)) ||
    headers.some(([name, value]) => /[^!-9;-~]/.test(name) || /[\0\r\n]/.test(value))
  );
}

// Returns the secrets whose placeholders stand where the plan allows; undefined when a placeholder
// stands anywhere else.
function placeholdersIn(
  { headers, method, target }: EgressRequest,
  place: RequestPlace & Tunnel,
  secrets: EgressRules['secrets'],
  prefixes: readonly string[],
): BoundPlaceholder[] | undefined {
  const found = headers.flatMap(([name, value]) =>
    secrets
      .filter((one) => holds(name, one) || holds(value, one))
      .map((secret) => ({ secret, isRight: isWellPlaced(name.toLowerCase(), value, secret) })),
  );
  const inTarget = secrets
    .filter((one) => holds(target, one))
    .map((secret) => ({ secret, isRight: isInTarget(target, secret, prefixes) }));
  const all = [...found, ...inTarget];
  const here = new URL(`${place.scheme}://${place.host}:${place.port}`).origin;
  const isHere = ({ prefix = here }: BoundPlaceholder): boolean => new URL(prefix).origin === here;
  if (
    !all.every(({ isRight, secret }) => isRight && isHere(secret) && isBound(secret, method, place))
  )
    return undefined;
  return [...new Set(all.map((one) => one.secret))];
}

function isBound(
  { hosts, methods, places }: BoundPlaceholder,
  method: string,
  { host, path }: RequestPlace,
): boolean {
  const place = `${host}${path}`;
  return (
    hosts.includes(host) &&
    (methods ?? [method]).includes(method) &&
    (places ?? [place]).some((one) => coversPath(one, place))
  );
}

function holds(text: string, { placeholder }: BoundPlaceholder): boolean {
  return [text, decoded(text), credentialOf(text)].some((one) => one.includes(placeholder));
}

function valuesOf(headers: SentHeaders, wanted: string): string[] {
  return headers.filter(([name]) => readName(name) === wanted).map(([, value]) => value);
}

/**
 * Returns a header's name in the form that servers compare. CGI and its successors turn each
 * character that is not a letter or digit into the same separator (RFC 3875 §4.1.18).
 */
export function readName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}
