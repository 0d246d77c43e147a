/** Which headers go on through the proxy, and what stands in them. Pure. */
import { type Allowed, readName } from './egress-judge.ts';
import type { SentHeaders } from './secret-use.ts';
import { applySecret, credentialOf, headerOf } from './secret-use.ts';

/** An allowed request, as far as it was read. */
export interface ReadRequest {
  readonly decision: Allowed;
  readonly method: string;
  readonly headers: SentHeaders;
  /** What of the body was read: all of it where it has `ended`. */
  readonly held: Buffer;
  readonly ended: boolean;
}

// Hop by hop (RFC 9110 §7.6.1), or ours to say.
const hopByHop =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|host|content-length|accept-encoding|expect|sec-websocket-extensions)$/;
// Some servers take method, host, path, client or user from these, in the place of what was judged.
// A proxy in front of them usually sets them.
const saysOtherwise = [
  /^x-(http-)?method(-override)?$/,
  /^(x-)?forwarded(-.*)?$|^proxy$|^(.*-)?forward(ed)?-for$/,
  /^x-(.*-)?host(name)?(-.*)?$/,
  /^x-(.*-)?([a-z0-9]*(url|uri|path)|(url|uri|path)[a-z0-9]*)(-.*)?$/,
  /^x-(original|rewrite|override|envoy|accel|sendfile|arr|webauth|auth-request|authenticated|client-(cert|verify|dn|s-dn))(-.*)?$/,
  /^x-(ms-client-principal|amzn-oidc|goog-authenticated-user)(-.*)?$/,
  /^(x-)?ssl-.*$/,
  /^(.*-)?remote-(user|group|extra|addr|host|ip|ident)(-.*)?$|^remote-(groups|email|name)$|^impersonate-.*$/,
  /^x-(script-name|scheme|authentik-.*|appengine-user-.*|middleware-subrequest)$|^oidc-claim-.*$/,
  /^(x-real|x-originating|true-client|(.*-)?client|(.*-)?connecting)-ip$|^(.*-)?clientip$/,
];
// Names that services ask for under these names, and that no proxy or framework obeys.
const ofService = /^x-(rapidapi-host|callback-url|webhook-url|datadog-hostname|mailgun-host)$/;
// What the owner of an object notes about it is data, whatever it is called.
const ofObject = /^x-(amz|goog|ms|oss|object|container)-meta-/;
// A part of an answer could carry a part of a secret that no redactor knows.
const asksForPart = /^((if|request)-)?range$|^x-[a-z]+-.*range$/;
// A delta of an answer (RFC 3229) is coded in a way that nobody looks into.
const asksForDelta = /^a-im$/;

/**
 * To the host, secrets in the place of their placeholders; undefined for a request that cannot be
 * signed.
 * @param hides whether the run has any secret: what one request left at a host another could fetch
 * in parts
 */
export function headersToHost(
  request: ReadRequest,
  reveal: (name: string) => string,
  now: Date,
  hides = request.decision.secrets.length > 0,
): SentHeaders | undefined {
  const { decision, held, method } = request;
  const { secrets, target } = decision;
  // What signs the headers comes after what stands in them.
  const ordered = secrets.toSorted((a, b) => Number(a.as === 'sigv4') - Number(b.as === 'sigv4'));
  return ordered.reduce<SentHeaders | undefined>(
    (all, secret) =>
      all &&
      applySecret(secret, reveal(secret.name), { method, target, headers: all, body: held, now }),
    withPlaceholders(request, hides),
  );
}

/**
 * The same for people: a secret's name stands in the place of its value. What a secret signs is
 * made when the request leaves.
 */
export function shownHeaders(request: ReadRequest, hides: boolean): string[] {
  const shown = (value: string): string =>
    request.decision.secrets.reduce(
      (text, { name, placeholder }) => text.replaceAll(placeholder, () => `<secret ${name}>`),
      value,
    );
  return withPlaceholders(request, hides).map(([name, value]) => {
    const credential = credentialOf(value);
    const isBasic = request.decision.secrets.some(({ placeholder }) =>
      credential.includes(placeholder),
    );
    return `${name}: ${isBasic ? `Basic base64 of ${shown(credential)}` : shown(value)}`;
  });
}

function withPlaceholders(request: ReadRequest, hides: boolean): SentHeaders {
  const { decision, ended, headers, held } = request;
  const { host, port, scheme, upgrades } = decision;
  const hop = headers
    .filter(([name]) => readName(name) === 'connection')
    .flatMap(([, value]) => value.split(',').map((one) => readName(one.trim())));
  const dropped = droppedHeaders(request);
  const isDropped = (name: string): boolean =>
    [...hop, ...dropped].includes(name) ||
    [hopByHop, asksForDelta, ...(hides ? [asksForPart] : [])].some((one) => one.test(name));
  const kept = headers.filter(([name]) => !isDropped(readName(name)));
  const said = headers.find(([name]) => readName(name) === 'content-length')?.[1];
  const length = ended && (held.length > 0 || said !== undefined) ? String(held.length) : said;
  const upgrade = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
  ] as const;
  return [
    ['Host', port === { http: 80, https: 443 }[scheme] ? host : `${host}:${port}`],
    ...kept,
    ['Accept-Encoding', 'identity'],
    ...(upgrades ? upgrade : [['Connection', 'keep-alive'] as const]),
    ...(!ended && length === undefined ? [['Transfer-Encoding', 'chunked'] as const] : []),
    ...(length === undefined ? [] : [['Content-Length', length] as const]),
  ];
}

/**
 * Names of the headers that are left out because a server could obey them in the place of what was
 * judged.
 */
export function droppedHeaders({
  decision,
  headers,
  method,
}: Pick<ReadRequest, 'decision' | 'headers' | 'method'>): string[] {
  const bound = decision.secrets.map(headerOf);
  const names = new Set(headers.map(([name]) => readName(name)));
  return [...names].filter((name) => namesAnother(name, method) && !bound.includes(name));
}

// A person approved the header that a secret is bound to. COPY and MOVE of WebDAV, where they are
// granted, say their other place in `Destination` (RFC 4918 §10.3).
function namesAnother(name: string, method: string): boolean {
  if (name === 'destination') return method !== 'COPY' && method !== 'MOVE';
  return (
    saysOtherwise.some((one) => one.test(name)) && !ofObject.test(name) && !ofService.test(name)
  );
}

/** To the sandbox: those of the answer that are not of the hop. */
export function headersToSandbox(rawHeaders: readonly string[]): SentHeaders {
  return pairsOf(rawHeaders).filter(([name]) => !hopByHop.test(name.toLowerCase()));
}

/** Names and values that Node gives in one list. */
export function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? '']] : [],
  );
}

/**
 * Whether a body is a part, or coded in any way but in chunks (RFC 9112 §7), so that a value in it
 * could not be seen.
 */
export function isPacked(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): boolean {
  const coding = (name: string): string => String(headers[name] ?? '').toLowerCase();
  if (headers['content-range'] !== undefined) return true;
  return (
    !['', 'identity'].includes(coding('content-encoding')) ||
    !['', 'chunked'].includes(coding('transfer-encoding'))
  );
}
