/**
 * AWS Signature Version 4, carried in the `Authorization` header
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Pure.
 */
import { createHash, createHmac } from 'node:crypto';

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

export interface AwsKey {
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
