/**
 * Chooses the headers that the proxy forwards, and puts secrets in the place of their placeholders.
 * Pure.
 */
import { type Allowed, isClearPath, readName } from './egress-judge.ts';
import {
  applySecret,
  type BoundPlaceholder,
  credentialOf,
  filledText,
  headerOf,
  type SentHeaders,
} from './secret-use.ts';

/** An allowed request and the part of its body that the proxy has read. */
export interface ReadRequest {
  readonly decision: Allowed;
  readonly method: string;
  readonly headers: SentHeaders;
  /**
   * The bytes of the body that the proxy has read so far. When `ended` is true, these bytes are the
   * whole body.
   */
  readonly held: Buffer;
  readonly ended: boolean;
  /** The secrets whose placeholders stand in the body, each in its place. */
  readonly inBody?: readonly BoundPlaceholder[];
}

// Headers that concern one connection only (RFC 9110 §7.6.1), and headers that the proxy sets
// itself.
const hopByHop =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|host|content-length|((grpc|connect)-)?accept-encoding|expect|skillgate-ask|sec-websocket-extensions)$/;
// Some servers take the method, host, path, client address or user from these headers instead of
// the request line that the proxy judged. Usually a proxy in front of a server sends such headers.
const contradictsRequestLine = [
  /^x-(http-)?method(-override)?$/,
  /^(x-)?forwarded(-.*)?$|^proxy$|^(.*-)?forward(ed)?-for$/,
  /^x-(.*-)?host(name)?(-.*)?$/,
  /^x-(.*-)?([a-z0-9]*(url|uri|path)|(url|uri|path)[a-z0-9]*)(-.*)?$/,
  /^x-(original|rewrite|override|envoy|accel|sendfile|arr|webauth|auth-request|authenticated|client-(verify|dn|s-dn))(-.*)?$/,
  /^x-(ms-client-principal|amzn-oidc|goog-authenticated-user)(-.*)?$/,
  /^(x-)?(ssl|tls)-.*$|^(x-)?client-cert(-.*)?$/,
  /^(.*-)?remote-(user|group|extra|addr|host|ip|ident)(-.*)?$|^remote-(groups|email|name)$/,
  /^x-(script-name|scheme|authentik-.*|appengine-user-.*|middleware-subrequest)$|^oidc-claim-.*$/,
  // The user: as gateways and sign-in proxies name one, and as services let an administrator act.
  /^(x-)?((auth|authenticated|current|login|consumer|credential)-)?user(-?(id|name|email|login|groups?|roles?))?$/,
  /^x-((anonymous-)?consumer|credential-identifier|pomerium|vouch)(-.*)?$|^tailscale-.*$|^(iv|sm)-.*$|^smuser.*$/,
  /^cf-access-(?!client-(id|secret)$).*$/,
  /^(x-)?((.*-)?sudo|(.*-)?run-?as(-user)?|act-as|on-behalf-of|impersonat(e|ed|ion)(-.*)?)$/,
  /^x-hasura-(role|user-id)$|^mscrmcallerid$|^callerobjectid$|^as-user$|^dropbox-api-select-(user|admin)$/,
  /^(x-)?(redmine-)?switch-user$|^api-username$|^x-scope-orgid$|^logon-user$|^x-(trino|proxy)-(user|roles?)$|^x-auth-couchdb-.*$|^es-secondary-authorization$|^x-jwt-assertion$|^x-(.*-)?userinfo$/,
  /^(x-real|x-originating|true-client|(.*-)?client|(.*-)?connecting)-ip$|^(.*-)?clientip$/,
];
// Headers that services ask for under these names, and that no proxy or framework obeys.
const ofService = /^x-(rapidapi-host|callback-url|webhook-url|datadog-hostname|mailgun-host)$/;
// Metadata that a client stores with an object is data, whatever its name.
const ofObject = /^x-(amz|goog|ms|oss|object|container)-meta-/;
// The response to a range request is a part of the whole resource. The part could contain a part of
// a secret that the redactor does not recognise.
const asksForPart = /^((if|request)-)?range$|^x-[a-z]+-.*range$/;
// The proxy cannot search a delta-encoded response (RFC 3229) for secrets.
const asksForDelta = /^a-im$/;

/** What leaves for the host. */
export interface FilledRequest {
  readonly headers: SentHeaders;
  readonly target: string;
  /** The bytes of the body that were read so far. */
  readonly held: Buffer;
}

/**
 * Returns the request for the host, with secrets in the place of their placeholders. Returns
 * undefined when the request cannot be signed, or a value fits into no path.
 * @param hides whether the run has any secret; if so, range headers are dropped, because a later
 * request could fetch in parts what an earlier request stored at the host
 */
export function requestToHost(
  request: ReadRequest,
  reveal: (name: string) => string,
  now: Date,
  hides = request.decision.secrets.length > 0,
): FilledRequest | undefined {
  const { decision, inBody = [], method } = request;
  const inHeader = (one: BoundPlaceholder): boolean => headerOf(one) !== undefined;
  const fill = (text: string | undefined, secret: BoundPlaceholder): string | undefined =>
    text === undefined ? undefined : filledText(secret, reveal(secret.name), text);
  const target = decision.secrets.filter((one) => !inHeader(one)).reduce(fill, decision.target);
  const body = inBody.reduce(fill, request.held.toString('latin1'));
  if (target === undefined || body === undefined || !isClearPath(target.split('?')[0] ?? ''))
    return undefined;
  const held = inBody.length === 0 ? request.held : Buffer.from(body, 'latin1');
  // A `sigv4` secret signs the other headers, so the signature is made last.
  const headers = decision.secrets
    .filter(inHeader)
    .toSorted((a, b) => Number(a.as === 'sigv4') - Number(b.as === 'sigv4'))
    .reduce<SentHeaders | undefined>(
      (all, secret) =>
        all &&
        applySecret(secret, reveal(secret.name), { method, target, headers: all, body: held, now }),
      withPlaceholders({ ...request, held }, hides),
    );
  return headers && { headers, target, held };
}

/**
 * Returns the headers for people: the name of each secret stands in the place of the secret's
 * value. The proxy computes signatures only when the request leaves.
 */
export function shownHeaders(request: ReadRequest, hides: boolean): string[] {
  const shown = (value: string): string => withNames(value, request.decision.secrets);
  return withPlaceholders(request, hides).map(([name, value]) => {
    const credential = credentialOf(value);
    const isBasic = request.decision.secrets.some(({ placeholder }) =>
      credential.includes(placeholder),
    );
    return `${name}: ${isBasic ? `Basic base64 of ${shown(credential)}` : shown(value)}`;
  });
}

/** Returns a text with the names of secrets in the place of their placeholders, for people. */
export function withNames(text: string, secrets: readonly BoundPlaceholder[]): string {
  return secrets.reduce(
    (shown, { name, placeholder }) => shown.replaceAll(placeholder, () => `<secret ${name}>`),
    text,
  );
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
  const declaredLength = headers.find(([name]) => readName(name) === 'content-length')?.[1];
  const length =
    ended && (held.length > 0 || declaredLength !== undefined)
      ? String(held.length)
      : declaredLength;
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
 * Returns the names of the headers that the proxy drops: a server could obey such a header instead
 * of the request line that the proxy judged.
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

// A header to which a secret is bound stays, because a reviewer approved that header. WebDAV's COPY
// and MOVE name their second path in `Destination` (RFC 4918 §10.3), so `Destination` stays where
// COPY or MOVE is granted.
function namesAnother(name: string, method: string): boolean {
  if (name === 'destination') return method !== 'COPY' && method !== 'MOVE';
  return (
    contradictsRequestLine.some((form) => form.test(name)) &&
    !ofObject.test(name) &&
    !ofService.test(name)
  );
}

/**
 * Returns the headers of a host's response for the sandbox, without headers that concern one
 * connection only.
 */
export function headersToSandbox(rawHeaders: readonly string[]): SentHeaders {
  return pairsOf(rawHeaders).filter(([name]) => !hopByHop.test(name.toLowerCase()));
}

/** Returns pairs of name and value, from the flat list of headers that Node gives. */
export function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? '']] : [],
  );
}

/**
 * Whether a body is only a part of a resource, or has an encoding other than chunks (RFC 9112 §7).
 * The proxy cannot find a secret in such a body.
 */
export function isPacked(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): boolean {
  const coding = (name: string): string => String(headers[name] ?? '').toLowerCase();
  if (headers['content-range'] !== undefined) return true;
  return (
    ['content', 'grpc', 'connect-content'].some(
      (of) => !['', 'identity'].includes(coding(`${of}-encoding`)),
    ) || !['', 'chunked'].includes(coding('transfer-encoding'))
  );
}
