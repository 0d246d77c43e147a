/**
 * Makes tokens from a stored credential: one table of the kinds, and the request to the one token
 * endpoint that gets the credential. Loaded when a secret renews.
 */
import { randomUUID, sign } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import * as v from 'valibot';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { isHostName } from '../../skills-index/network/host-name.ts';
import { denialOfFailure, denials } from '../../skills-index/run/egress/denial.ts';
import { authorizationV4, sha256, valueAt } from '../../skills-index/run/egress/secret-use.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject } from '../../skills-index/skill/shape.ts';
import type { RevealedSecret } from '../egress/secrets.ts';
import type { UpstreamProxy } from '../egress/settings.ts';
import { openUpstream } from '../egress/upstream.ts';
import { readPrivateFile } from '../files/private-file.ts';
import { readAuthorities } from '../host/host-policy.ts';
import { refused, whyNotValue } from './secret-value.ts';

/** For a whole answer: an endpoint may send a byte now and then. */
const mintMillisMax = 10_000;

const mintBytesMax = 64 * 1024;

/** The life of a token whose answer does not say it: the shortest that Salesforce can set. */
const unsaidLifeMillis = 15 * 60_000;

/** A larger number is a time since 1970, not a life. */
const lifeSecondsMax = 1_000_000_000;

/** Our clock may be ahead of the service's. */
const jwtBackSeconds = 60;
const jwtLifeSeconds = 540;

/** How this host reaches token endpoints. */
export interface MintWay {
  readonly policy: HostPolicy;
  readonly openProxy?: (() => Promise<UpstreamProxy>) | undefined;
}

export interface Minted extends RevealedSecret {
  readonly expires: number;
  /** The credential that takes the place of the stored one; absent where that stays. */
  readonly next?: string;
}

interface TokenRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is JSON. */
  readonly body: URLSearchParams | string;
  readonly parse?: (text: string) => unknown;
  /** Whether the answer is about what was asked. */
  readonly isOurs?: (answer: unknown) => boolean;
}

interface Kind {
  readonly members: string;
  /** @throws an error for a credential that does not have the members */
  readonly ask: (stored: unknown) => TokenRequest;
}

function kindOf<Stored>(
  shape: v.GenericSchema<unknown, Stored> & { readonly entries: v.ObjectEntries },
  ask: (stored: Stored) => TokenRequest,
): Kind {
  const members = Object.entries(shape.entries).map(([name, { type }]) =>
    type === 'exact_optional' ? `[${name}]` : name,
  );
  return { members: members.join(', '), ask: (stored) => ask(v.parse(shape, stored)) };
}

const text = v.string();
const optional = v.exactOptional(text);
const id = v.union([text, v.number()]);
const client = {
  token_url: text,
  token_endpoint_auth_method: v.exactOptional(
    v.picklist(['client_secret_basic', 'client_secret_post']),
  ),
  scope: optional,
  audience: optional,
  resource: optional,
};

const stsCredential = exactObject({
  access_key_id: text,
  secret_access_key: text,
  session_token: optional,
  region: text,
  role_arn: text,
  external_id: optional,
  policy: v.exactOptional(v.record(text, v.unknown())),
  duration_seconds: v.exactOptional(v.number()),
  token_url: optional,
});

/** The members have the names of RFC 6749, RFC 8693, GitHub, Google and AWS. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    'oauth-client': kindOf(
      exactObject({ ...client, client_id: text, client_secret: text }),
      (stored) => oauthRequest(stored, { grant_type: 'client_credentials' }),
    ),
    'oauth-refresh': kindOf(
      exactObject({ ...client, client_id: text, client_secret: optional, refresh_token: text }),
      (stored) => oauthRequest(stored, { grant_type: 'refresh_token' }),
    ),
    'token-exchange': kindOf(
      exactObject({
        ...client,
        client_id: optional,
        client_secret: optional,
        subject_token_file: text,
        subject_token_type: optional,
        requested_token_type: optional,
      }),
      ({ subject_token_file, ...stored }) =>
        oauthRequest(stored, {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          // Whoever gives the file renews it.
          subject_token: readToken(subject_token_file),
          subject_token_type: stored.subject_token_type ?? 'urn:ietf:params:oauth:token-type:jwt',
        }),
    ),
    'github-app': kindOf(
      exactObject({
        app_id: id,
        installation_id: id,
        private_key: text,
        repositories: v.exactOptional(v.array(text)),
        permissions: v.exactOptional(v.record(text, text)),
        api_url: optional,
      }),
      ({ api_url = 'https://api.github.com', app_id, installation_id, private_key, ...asked }) => ({
        url: `${api_url}/app/installations/${encodeURIComponent(installation_id)}/access_tokens`,
        headers: { Authorization: `Bearer ${signedJwt(private_key, { iss: String(app_id) })}` },
        body: JSON.stringify(asked),
        isOurs: (answer) => isNarrow(answer, asked),
      }),
    ),
    'google-service-account': kindOf(
      // Google's file has more members.
      v.object({ client_email: text, private_key: text, token_uri: text, scope: text }),
      ({ client_email, private_key, scope, token_uri }) =>
        oauthRequest(
          { token_url: token_uri },
          {
            grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            assertion: signedJwt(private_key, { iss: client_email, aud: token_uri, scope }),
          },
        ),
    ),
    'aws-sts': kindOf(stsCredential, stsRequest),
  }),
);

// Kubernetes leads to the token by links, which no other user may have made.
function readToken(file: string): string {
  const rule = { bytesMax: mintBytesMax, secret: false, code: 'secret-refused' } as const;
  const { uid } = lstatSync(file);
  if (uid !== 0 && uid !== process.getuid?.())
    throw new Problem(
      rule.code,
      `Cannot use ${file}: it belongs to another user; name a file of this user or of root`,
    );
  return String(readPrivateFile(realpathSync(file), rule) ?? '').trim();
}

/** A program prints the token itself. */
export const programKind = 'program';

export const kindNames = [...kinds.keys(), programKind];

/** Where value and expiry stand in answers, and in what programs print. */
const places: readonly (readonly [expires: string, ...values: string[]])[] = [
  ['/expires_in', '/access_token'], // OAuth
  ['/expires_at', '/token'], // GitHub
  ['/Expiration', '/AccessKeyId', '/SecretAccessKey', '/SessionToken'], // AWS, `credential_process`
  ['/status/expirationTimestamp', '/status/token'], // Kubernetes, `ExecCredential`
  ['/credential/token_expiry', '/credential/access_token'], // gcloud config config-helper
  ['/expires_on', '/accessToken'], // az account get-access-token
];

/**
 * Makes a token.
 * @param credential JSON with the members of the kind; for `program` the answer itself
 * @throws Problem `secret-refused`, without any of the credential or the answer
 */
export async function mint(
  name: string,
  kind: string,
  credential: string,
  way: MintWay,
  milliseconds = mintMillisMax,
): Promise<Minted> {
  const fail = (why: string): never => {
    throw refused(
      name,
      why,
      `${kind} takes JSON: ${kinds.get(kind)?.members ?? 'a token and its expiry'}; skillgate help secret set explains it`,
    );
  };
  const parsed = (json: string): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      return undefined;
    }
  };
  const stored = parsed(credential);
  let answer = stored;
  let from = 'its program';
  let isOurs = (_: unknown): boolean => true;
  if (kind !== programKind) {
    const asked = requestFor(kind, stored);
    if (typeof asked === 'string') return fail(asked);
    from = URL.parse(asked.url)?.host ?? 'its token_url';
    const got = await post(asked, way, milliseconds).catch((cause) =>
      fail(`${from}: ${meaningOf(cause)}`),
    );
    if (got === undefined) return fail(`the answer of ${from} is too large`);
    answer = (asked.parse ?? parsed)(got.body);
    if (got.status < 200 || got.status > 299)
      return fail(`${from} answered with status ${got.status}${oauthError(answer)}`);
    isOurs = asked.isOurs ?? isOurs;
  }
  const token = tokenIn(answer);
  if (typeof token === 'string') return fail(`${from} ${token}`);
  if (!isOurs(answer)) return fail(`${from} gave a token for something else than what was asked`);
  // An endpoint that echoes must not make a credential of the host one of an API.
  if (kind !== programKind && credential.includes(token.value))
    return fail(`${from} gave back the credential itself`);
  const next = kind === 'oauth-refresh' ? valueAt(answer, '/refresh_token') : undefined;
  if (next === undefined) return token;
  if (typeof next !== 'string' || whyNotValue(next) !== undefined)
    return fail(`${from} gave a refresh token that is none`);
  return { ...token, next: JSON.stringify({ ...(stored as object), refresh_token: next }) };
}

function requestFor(kind: string, stored: unknown): TokenRequest | string {
  try {
    return kinds.get(kind)?.ask(stored) ?? `there is no kind ${kind}, only ${kindNames.join(', ')}`;
  } catch (cause) {
    if (cause instanceof Problem || (cause instanceof Error && 'syscall' in cause))
      return cause.message;
    // Other messages could quote a part of the credential, as could an unknown name.
    const found = v.isValiError(cause) ? cause.issues.map((issue) => v.getDotPath(issue)) : [];
    const known = kinds.get(kind)?.members.replace(/[[\]]/g, '').split(', ') ?? [];
    const names = known.filter((one) => found.includes(one)).join(', ');
    return `it is no ${kind}: ${names === '' ? 'it has other members' : `${names} is missing or not valid`}`;
  }
}

/** The values and the expiry of an answer, or why it has none. */
function tokenIn(answer: unknown): (RevealedSecret & { readonly expires: number }) | string {
  const [expiry, ...pointers] =
    places.find(([, first = '']) => valueAt(answer, first) !== undefined) ?? [];
  if (expiry === undefined) return 'gave no token';
  const values = pointers.map((pointer) => valueAt(answer, pointer));
  const value = values.join(':');
  if (values.some((one) => typeof one !== 'string') || whyNotValue(value) !== undefined)
    return 'gave a token that is not one line of printable ASCII';
  const type = valueAt(answer, '/token_type') ?? 'bearer';
  if (String(type).toLowerCase() !== 'bearer') return 'gave a token that is not of type bearer';
  const expires = expiryOf(valueAt(answer, expiry));
  if (!(expires > Date.now())) return 'gave a token that has expired, or has no valid expiry';
  return { value, expires };
}

function expiryOf(said: unknown): number {
  if (said === undefined) return Date.now() + unsaidLifeMillis;
  // Some services write numbers as texts.
  if (!/^\d+$/.test(String(said))) return Date.parse(String(said));
  const seconds = Number(said);
  return 1_000 * seconds + (seconds < lifeSecondsMax ? Date.now() : 0);
}

async function post(
  { body, headers, url: address }: TokenRequest,
  { openProxy, policy }: MintWay,
  milliseconds: number,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  const {
    host,
    hostname,
    pathname,
    port: named,
    protocol,
    search,
    username,
  } = URL.parse(address) ?? new URL('about:blank');
  const pinned = Object.hasOwn(policy.hosts, hostname) ? policy.hosts[hostname] : undefined;
  const scheme = protocol === 'http:' && pinned !== undefined ? 'http' : 'https';
  if (protocol !== `${scheme}:` || !isHostName(hostname) || username !== '')
    throw new Problem(
      'secret-refused',
      'a token endpoint has an https address with a host name, or http where host policy pins it',
    );
  const upstream = openUpstream({
    authorities: readAuthorities(policy),
    proxy: await openProxy?.(),
    rules: { egress: [], secrets: [], asks: policy.hosts },
  });
  try {
    const port = Number(named || (scheme === 'https' ? 443 : 80));
    const start = scheme === 'https' ? tlsRequest : plainRequest;
    const type = typeof body === 'string' ? 'json' : 'x-www-form-urlencoded';
    return await new Promise((resolve, reject) => {
      start({
        ...upstream.optionsFor({ scheme, host: hostname, port, pinned }),
        method: 'POST',
        path: pathname + search,
        headers: {
          Host: host,
          Accept: 'application/json',
          'Content-Type': `application/${type}`,
          'User-Agent': 'skillgate',
          ...headers,
        },
        signal: AbortSignal.timeout(milliseconds),
      })
        .on('error', reject)
        .on('response', (answer) => {
          const status = answer.statusCode ?? 0;
          readBoundedBody(answer, mintBytesMax).then(
            (read) => resolve(read && { status, body: read.toString() }),
            reject,
          );
        })
        .end(String(body));
    });
  } finally {
    upstream.close();
  }
}

function meaningOf(cause: unknown): string {
  if (cause instanceof Problem) return cause.message;
  return denials[denialOfFailure(cause)].means.replace('it is allowed, but ', '');
}

const oauthErrors =
  /^(invalid_(request|client|grant|scope|target)|unauthorized_client|unsupported_grant_type)$/;

// Another text of an answer could hold a part of the credential.
function oauthError(answer: unknown): string {
  const code = String(valueAt(answer, '/error'));
  return oauthErrors.test(code) ? ` ${code}` : '';
}

interface OauthClient {
  readonly token_url: string;
  readonly token_endpoint_auth_method?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
}

function oauthRequest(
  { client_id, client_secret, token_endpoint_auth_method, token_url, ...more }: OauthClient,
  grant: Readonly<Record<string, string>>,
): TokenRequest {
  // RFC 6749 §2.3.1: each server takes the first.
  const isBasic =
    client_secret !== undefined && token_endpoint_auth_method !== 'client_secret_post';
  const basic = [client_id ?? '', client_secret ?? ''].map(encodeURIComponent).join(':');
  return {
    url: token_url,
    ...(isBasic && {
      headers: { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
    }),
    body: form({ ...more, ...grant, ...(!isBasic && { client_id, client_secret }) }),
  };
}

function stsRequest(stored: v.InferOutput<typeof stsCredential>): TokenRequest {
  const { policy, region, role_arn, token_url = `https://sts.${region}.amazonaws.com/` } = stored;
  const session = `skillgate-${randomUUID()}`;
  const body = form({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role_arn,
    RoleSessionName: session,
    ExternalId: stored.external_id,
    Policy: policy && JSON.stringify(policy),
    DurationSeconds: stored.duration_seconds?.toString(),
  });
  const { host, pathname: target } = new URL(token_url);
  const date = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
  const signed = Object.entries({
    Host: host,
    'X-Amz-Date': date,
    ...(stored.session_token && { 'X-Amz-Security-Token': stored.session_token }),
  });
  const payload = sha256(String(body));
  const authorization = authorizationV4(
    { method: 'POST', target, headers: signed, payload, date, region, service: 'sts' },
    { id: stored.access_key_id, secret: stored.secret_access_key },
  );
  const role = `:assumed-role/${role_arn.split('/').at(-1)}/${session}`;
  return {
    url: token_url,
    headers: { ...Object.fromEntries(signed), Authorization: authorization ?? '' },
    body,
    // The answer is XML without attributes.
    parse: (xml) =>
      Object.fromEntries(
        [...xml.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name, value]) => [name, value]),
      ),
    isOurs: (answer) => String(valueAt(answer, '/Arn')).endsWith(role),
  };
}

function form(members: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const filled = Object.entries(members).filter(([, value]) => value !== undefined);
  return new URLSearchParams(filled as [string, string][]);
}

function signedJwt(key: string, claims: Readonly<Record<string, string>>): string {
  const iat = Math.floor(Date.now() / 1_000) - jwtBackSeconds;
  const exp = iat + jwtBackSeconds + jwtLifeSeconds;
  const text = [
    { alg: 'RS256', typ: 'JWT' },
    { ...claims, iat, exp },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

const githubAnswer = v.object({
  permissions: v.exactOptional(v.record(text, text), {}),
  repositories: v.exactOptional(v.array(v.object({ name: text })), []),
});

/** Whether an answer of GitHub opens no more than what was asked. */
function isNarrow(
  answer: unknown,
  {
    permissions,
    repositories,
  }: {
    readonly repositories?: readonly string[];
    readonly permissions?: Readonly<Record<string, string>>;
  },
): boolean {
  const got = v.safeParse(githubAnswer, answer);
  return (
    got.success &&
    // GitHub adds the right to read metadata.
    Object.entries(permissions === undefined ? {} : got.output.permissions).every(
      ([name, level]) => name === 'metadata' || permissions?.[name] === level,
    ) &&
    got.output.repositories.every(({ name }) => repositories?.includes(name) ?? true)
  );
}
