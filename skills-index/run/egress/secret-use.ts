/**
 * The ways in which a request uses a secret: where the placeholder may stand, and which value
 * replaces the placeholder when the request leaves. Pure.
 */
import { createHash, createHmac } from 'node:crypto';
import { standsInPath } from '../../skill/capability.ts';
import type { PlannedSecret } from '../plan/plan.ts';

/** Header names and values, in the order in which they were sent. */
export type SentHeaders = readonly (readonly [string, string])[];

/** The placeholder of a secret, and the places in a request where the placeholder may stand. */
export interface BoundPlaceholder
  extends Pick<PlannedSecret, 'name' | 'hosts' | 'methods' | 'places' | 'as'> {
  readonly placeholder: string;
  /** An `address` up to its placeholder, `https://HOST/PATH/`: where the approved egress ends. */
  readonly prefix?: string;
}

/** What a program gets for a secret. For an `address` it is an address with the placeholder. */
export function givenFor({ placeholder, prefix = '' }: BoundPlaceholder): string {
  return prefix + placeholder;
}

/** A request that is about to leave the sandbox. */
export interface OutgoingRequest {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  /** Every header of the request, `Host` included. */
  readonly headers: SentHeaders;
  /** The whole body when `needsWholeBody` returns true; otherwise unused. */
  readonly body: Uint8Array;
  readonly now: Date;
}

type Used = Pick<BoundPlaceholder, 'as' | 'placeholder' | 'prefix'>;

/** Whether the secret signs the request's body. The body must be complete before the signing. */
export function needsWholeBody({ as }: Pick<Used, 'as'>): boolean {
  return as === 'sigv4' || as.startsWith('hmac:');
}

/** Whether the placeholder stands in the body: such a body is read whole as well. */
export function isForBody({ as }: Pick<Used, 'as'>): boolean {
  return /^(form|json):/.test(as);
}

/**
 * Returns the only header in which the secret's placeholder may stand, in lower case; undefined
 * where it stands in no header.
 */
export function headerOf({ as }: Pick<Used, 'as'>): string | undefined {
  if (standsInPath(as) || /^((query|form|json):|postgres$)/.test(as)) return undefined;
  const [, name] = /^(?:header|hmac):(.*)$/.exec(as) ?? [];
  return name?.toLowerCase() ?? 'authorization';
}

/**
 * Whether a placeholder stands in the path or query as the use of its secret demands, and once.
 * @param prefixes of paths that the plan leaves open: a value in a path follows one of them, since
 * any other place could be that of another customer of the host
 */
export function isInTarget(
  target: string,
  { as, placeholder, prefix }: Used,
  prefixes: readonly string[],
): boolean {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  if (timesIn(target, placeholder) !== 1) return false;
  // A longer last segment would be another address.
  if (prefix !== undefined)
    return (
      new RegExp(`^${placeholder}(/|$)`).test(path.slice(new URL(prefix).pathname.length)) &&
      path.startsWith(new URL(prefix).pathname)
    );
  if (as === 'path') return prefixes.some((one) => path.startsWith(one + placeholder));
  const name = nameIn(as, 'query');
  return name !== undefined && query.split('&').includes(`${name}=${placeholder}`);
}

/**
 * Whether a secret can stand in bodies of a type.
 * @param type the value of `Content-Type`
 */
export function fitsType({ as }: Pick<Used, 'as'>, type: string): boolean {
  return as.startsWith('form:')
    ? /^application\/x-www-form-urlencoded *(;|$)/i.test(type)
    : /^application\/(?!grpc|connect\+)([\w.+-]+\+)?json *(;|$)/i.test(type);
}

/**
 * Whether a placeholder stands in a whole body as the use of its secret demands, and once.
 * @param body Latin-1, of a type that fits
 */
export function isInBody(body: string, { as, placeholder }: Used): boolean {
  if (timesIn(body, placeholder) !== 1) return false;
  const name = nameIn(as, 'form');
  // Some hosts ignore the type.
  if (name !== undefined)
    return (
      !/^\s*[{["<]/.test(body) &&
      [name, encodeURIComponent(name)].some((one) =>
        body.split('&').includes(`${one}=${placeholder}`),
      )
    );
  const pointer = nameIn(as, 'json');
  if (pointer === undefined) return false;
  // The value goes where the placeholder stands as it is. So another text there has to arrive at
  // the pointer: a placeholder that is escaped, or in a member that a later one hides, is another.
  // No body contains its own digest.
  const marker = sha256(body);
  const marked = Buffer.from(body.replace(placeholder, marker), 'latin1').toString();
  try {
    return valueAt(JSON.parse(marked), pointer) === marker;
  } catch {
    return false;
  }
}

// Servers decode a query and a form before they read them.
function timesIn(text: string, placeholder: string): number {
  return Math.max(...[text, decoded(text)].map((one) => one.split(placeholder).length - 1));
}

/** Without the percent-encoding, byte by byte. */
export function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function nameIn(as: string, kind: 'form' | 'json' | 'query'): string | undefined {
  return as.startsWith(`${kind}:`) ? as.slice(kind.length + 1) : undefined;
}

/** The value that a JSON pointer names (RFC 6901). */
export function valueAt(json: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? value[part as keyof typeof value]
          : undefined,
      json,
    );
}

/**
 * Returns the path with its query, or the body, with the secret in the place of its placeholder.
 * Returns undefined for a value that would make another path.
 */
export function filledText(
  { as, placeholder }: Used,
  revealed: string,
  text: string,
): string | undefined {
  if (as === 'address') {
    const [own = '', ownQuery] = revealed.split(/\?(.*)/s);
    const [path = '', query] = text.replace(placeholder, () => own).split(/\?(.*)/s);
    // Which of two values for one name counts is the server's to choose, and what is one name.
    const names = new Set(readingsIn(ownQuery));
    const asksTwice = readingsIn(query).some((name) => names.has(name) || !/^[ -~]*$/.test(name));
    if (names.size > 0 && asksTwice) return undefined;
    const asked = [ownQuery, query].filter((one) => one !== undefined);
    return asked.length === 0 ? path : `${path}?${asked.join('&')}`;
  }
  if (as === 'path')
    return fitsPath(revealed) ? text.replace(placeholder, () => revealed) : undefined;
  const value = as.startsWith('json:')
    ? Buffer.from(JSON.stringify(revealed).slice(1, -1)).toString('latin1')
    : encodeURIComponent(revealed);
  return text.replace(placeholder, () => value);
}

// How servers read the names of a query: some end a parameter at `;`, a name at its first sign
// that is no letter, or put `_` there.
function readingsIn(query = ''): string[] {
  const parts = query.split(/[&;]/).filter((part) => part !== '');
  return parts.flatMap((part) => {
    const raw = part.replace(/=.*/s, '').replaceAll('+', ' ').toLowerCase();
    const name = decoded(raw).replace(/^[^\w\x80-\uffff-]+/, '');
    return [name.replace(/[^\w\x80-\uffff-].*/s, ''), name.replace(/[^\w\x80-\uffff-]/g, '_')];
  });
}

/**
 * Whether a value can stand in a path. A slash, a dot segment or an escape would name another place
 * than the proxy judged.
 */
export function fitsPath(value: string): boolean {
  return /^[\w.~:@!$&'()*+,=-]*[A-Za-z0-9][\w.~:@!$&'()*+,=-]*$/.test(value);
}

/**
 * Whether a placeholder stands in the header, and in the form, that the use of its secret demands.
 */
export function isWellPlaced(name: string, value: string, secret: Used): boolean {
  const { as, placeholder } = secret;
  if (name !== headerOf(secret)) return false;
  if (as === 'bearer')
    return value.replace(/^bearer +/i, '') === placeholder && value !== placeholder;
  if (as === 'sigv4') return scopeOf(value, placeholder) !== undefined;
  return as === 'basic'
    ? isCredentialWith(placeholder, credentialOf(value))
    : value.includes(placeholder);
}

// Control characters are forbidden in a credential (RFC 7617 §2). A line break in the credential
// would end the list of headers that a person sees.
function isCredentialWith(placeholder: string, credential: string): boolean {
  return credential.includes(placeholder) && !/[\0-\x1f\x7f]/.test(credential);
}

/**
 * Returns the headers with the secret in the place of its placeholder. Returns undefined when the
 * request cannot be signed.
 */
export function applySecret(
  secret: Used,
  revealed: string,
  request: OutgoingRequest,
): SentHeaders | undefined {
  const { as, placeholder } = secret;
  const header = headerOf(secret);
  const change = (to: (value: string) => string): SentHeaders =>
    request.headers.map(
      ([name, value]) => [name, name.toLowerCase() === header ? to(value) : value] as const,
    );
  if (as === 'sigv4') return signedV4(placeholder, revealed, request);
  if (as === 'basic')
    return change((value) => {
      const credential = credentialOf(value).replaceAll(placeholder, () => revealed);
      return `Basic ${Buffer.from(credential, 'latin1').toString('base64')}`;
    });
  const given = as.startsWith('hmac:')
    ? createHmac('sha256', revealed).update(request.body).digest('hex')
    : revealed;
  return change((value) => value.replaceAll(placeholder, () => given));
}

/**
 * Returns the parts of a secret that are useful on their own. A response must not echo any of these
 * parts.
 */
export function echoedParts({ as }: Pick<Used, 'as'>, revealed: string): string[] {
  if (as === 'sigv4') return revealed.split(':');
  return as === 'address' ? [...new Set([revealed, decoded(revealed)])] : [revealed];
}

/** Returns the decoded credential of a `Basic …` header value; empty for any other value. */
export function credentialOf(value: string): string {
  const [, encoded] = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(value) ?? [];
  return encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('latin1');
}

// Reads region and service from the `Authorization` header as every AWS SDK writes the header. The
// SDK signed with the placeholder, or with nothing; the proxy signs anew.
function scopeOf(
  value: string,
  placeholder: string,
): { readonly region: string; readonly service: string } | undefined {
  const form = new RegExp(
    `^AWS4-HMAC-SHA256 Credential=${placeholder}/\\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request(?:,|$)`,
  );
  const [, region, service] = form.exec(value) ?? [];
  return region === undefined || service === undefined ? undefined : { region, service };
}

const madeAnew = /^(authorization|x-amz-(date|security-token|content-sha256))$/i;
// The word for a body whose chunks are not signed and whose checksums follow the body.
const unsignedTrailer = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/**
 * Signs with the runner's clock. A date that the sandbox chose would make a signature that is valid
 * on another day.
 */
function signedV4(
  placeholder: string,
  revealed: string,
  request: OutgoingRequest,
): SentHeaders | undefined {
  const { body, headers, method, now, target } = request;
  const headerNamed = (wanted: string): string =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
  const scope = scopeOf(headerNamed('authorization'), placeholder);
  const [id = '', secret = '', token] = revealed.split(':');
  const payloadHash = headerNamed('x-amz-content-sha256');
  if (scope === undefined || secret === '' || payloadHash.startsWith('STREAMING-AWS4-'))
    return undefined;
  const payload = payloadHash === unsignedTrailer ? payloadHash : sha256(body);
  const date = now.toISOString().replace(/[:-]|\.\d+/g, '');
  const sent: SentHeaders = [
    ...headers.filter(([name]) => !madeAnew.test(name)),
    ['X-Amz-Date', date],
    ['X-Amz-Content-Sha256', payload],
    ...(token === undefined ? [] : [['X-Amz-Security-Token', token] as const]),
  ];
  const signed = sent.filter(([name]) => /^(host|content-type|content-md5|x-amz-.*)$/i.test(name));
  const authorization = authorizationV4(
    { method, target, headers: signed, payload, date, ...scope },
    { id, secret },
  );
  return authorization === undefined ? undefined : [...sent, ['Authorization', authorization]];
}

// AWS Signature Version 4, carried in the `Authorization` header
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Pure.

export interface SignedRequest {
  readonly method: string;
  /** The path with its query, as the client sent them. */
  readonly target: string;
  /** The headers that the signature covers. */
  readonly headers: readonly (readonly [string, string])[];
  /**
   * SHA-256 of the body in hexadecimal, or the word that the service accepts instead of a digest.
   */
  readonly payload: string;
  /** The time in the form of `x-amz-date`: `20150830T123600Z`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

interface AwsKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * Returns the value of the `Authorization` header; undefined when servers could read the request
 * target in two ways.
 */
export function authorizationV4(
  request: SignedRequest,
  { id, secret }: AwsKey,
): string | undefined {
  const { date, headers, method, payload, region, service, target } = request;
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const canonical = [canonicalPath(path, service), canonicalQuery(query)];
  if (canonical.includes(undefined)) return undefined;
  const byName = Map.groupBy(headers, ([name]) => name.toLowerCase());
  const names = [...byName.keys()].sort();
  const lines = names.map(
    (name) => `${name}:${(byName.get(name) ?? []).map(([, value]) => trimmed(value)).join(',')}\n`,
  );
  const whole = [method, ...canonical, lines.join(''), names.join(';'), payload].join('\n');
  const scope = [date.slice(0, 8), region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((under, part) => hmac(under, part), `AWS4${secret}`);
  const signature = hmac(
    key,
    ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(whole)].join('\n'),
  ).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function trimmed(value: string): string {
  return value.trim().replace(/ +/g, ' ');
}

// Every AWS service but S3 encodes the already encoded path once more.
function canonicalPath(path: string, service: string): string | undefined {
  const parts = path.split('/').map((part) => encoded(part, /^s3(-|$)/.test(service)));
  return parts.includes(undefined) ? undefined : parts.join('/');
}

// A `+` in a query means a space to some servers (the rule of HTML forms) and a plus sign to
// others. So the proxy does not sign such a query.
function canonicalQuery(query: string): string | undefined {
  const parts = (query === '' ? [] : query.split('&')).map((pair) =>
    pair
      .split(/=(.*)/s)
      .slice(0, 2)
      .map((part) => encoded(part)),
  );
  if (query.includes('+') || parts.flat().includes(undefined)) return undefined;
  const ordered = parts.map(([name, value = '']) => `${name}\0${value}`).sort();
  return ordered.map((pair) => pair.replace('\0', '=')).join('&');
}

/** Encodes every character but the unreserved characters as `%XX` (RFC 3986 §2.3). */
function encoded(part: string, decode = true): string | undefined {
  try {
    const plain = decodeURIComponent(part);
    return encodeURIComponent(decode ? plain : part).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    return undefined;
  }
}
