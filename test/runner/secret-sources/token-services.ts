/** Services on loopback that make tokens: an OAuth server as it is, and strict doubles. */
import { createHash, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { jwtVerify, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import type { MintWay } from '../../../runner/secret-sources/mint.ts';
import type { RunAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';

export const serviceHost = 'login.example';
export const tokenUrl = `http://${serviceHost}/token`;

export interface Service {
  readonly port: number;
  /** Host policy leads the service's name here. */
  readonly way: MintWay;
  /** All requests: first line, headers and body. */
  readonly seen: string[];
  close(): void;
}

export type Answer = (
  asked: { readonly request: IncomingMessage; readonly body: string },
  response: ServerResponse,
) => unknown;

export async function startService(answer: Answer, authority?: RunAuthority): Promise<Service> {
  const seen: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request).catch(() => '');
    seen.push([request.method, request.url, ...request.rawHeaders, body].join('\n'));
    await answer({ request, body }, response);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(request, response).catch((cause) => response.writeHead(400).end(String(cause)));
  const server =
    authority === undefined
      ? createServer(listener)
      : createTlsServer(authority.leafFor(serviceHost), listener);
  return await serviceOf(server, seen);
}

async function serviceOf(
  server: ReturnType<typeof createServer>,
  seen: string[],
): Promise<Service> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const hosts = { [serviceHost]: { address: '127.0.0.1', port } };
  return {
    port,
    seen,
    way: { policy: { ...emptyHostPolicy, hosts } },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const json =
  (value: unknown, status = 200): Answer =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

export const oauthClient = { client_id: 'robot', client_secret: 'correct-horse-battery' };

/** An OAuth server whose refresh tokens count once: a second use ends the grant. */
export async function startOauth(
  seconds = 3_600,
  method: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
): Promise<Service & { refreshToken(): Promise<string>; isValid(token: string): boolean }> {
  const warn = console.warn;
  const info = console.info;
  // It warns of memory, keys and accounts that are fit for tests alone.
  console.warn = console.info = () => undefined;
  const provider = new Provider(`http://${serviceHost}`, {
    clients: [
      {
        ...oauthClient,
        token_endpoint_auth_method: method,
        grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
        redirect_uris: ['https://robot.example/back'],
      },
    ],
    scopes: ['openid', 'offline_access', 'deals:read'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    ttl: {
      AccessToken: seconds,
      ClientCredentials: seconds,
      Grant: 9_000,
      IdToken: 9_000,
      RefreshToken: 9_000,
    },
    rotateRefreshToken: true,
  });
  // To the millisecond: the server itself counts in seconds.
  const ends = new Map<string, number>();
  const save = ({ jti }: { readonly jti: string }): unknown =>
    ends.set(jti, Date.now() + seconds * 1_000);
  provider.on('access_token.saved', save).on('client_credentials.saved', save);
  const service = await serviceOf(createServer(provider.callback()), []);
  return {
    ...service,
    refreshToken: async () => {
      const client = await provider.Client.find(oauthClient.client_id);
      const grant = new provider.Grant({ accountId: 'ann', clientId: oauthClient.client_id });
      grant.addOIDCScope('openid offline_access');
      const made = new provider.RefreshToken({
        ...{ accountId: 'ann', client, grantId: await grant.save() },
        ...{ gty: 'authorization_code', scope: 'openid offline_access' },
      } as ConstructorParameters<typeof provider.RefreshToken>[0]);
      return await made.save();
    },
    isValid: (token) => Date.now() < (ends.get(token) ?? 0),
    close: () => {
      service.close();
      Object.assign(console, { warn, info });
    },
  };
}

export const robot = generateKeyPairSync('rsa', { modulusLength: 2_048 });
/** As GitHub gives it; Google gives PKCS #8. */
export const pkcs1 = String(robot.privateKey.export({ type: 'pkcs1', format: 'pem' }));
export const pkcs8 = String(robot.privateKey.export({ type: 'pkcs8', format: 'pem' }));

async function claimsOf(jwt: string, secondsMax: number, key: KeyObject = robot.publicKey) {
  const { payload, protectedHeader } = await jwtVerify(jwt, key, {
    algorithms: ['RS256'],
    requiredClaims: ['iss', 'iat', 'exp'],
  });
  const life = (payload.exp ?? 0) - (payload.iat ?? 0);
  if (life > secondsMax || protectedHeader.typ !== 'JWT') throw new Error('lives too long');
  return payload;
}

/** docs.github.com: at most ten minutes, an answer with 201 and rights with metadata. */
export const github =
  (more: object = {}): Answer =>
  async ({ body, request }, response) => {
    const jwt = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { iss } = await claimsOf(jwt, 600);
    if (iss !== '4711' || request.url !== '/app/installations/42/access_tokens')
      return json({ message: 'Not Found' }, 404)({ body, request }, response);
    const { permissions = { issues: 'write' }, repositories } = JSON.parse(body);
    const answer = {
      token: 'ghs_0123456789abcdefghijABCDEFGHIJ012345',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions: { ...permissions, metadata: 'read' },
      ...(repositories && { repositories: repositories.map((name: string) => ({ name, id: 1 })) }),
      ...more,
    };
    return json(answer, 201)({ body, request }, response);
  };

/** developers.google.com/identity/protocols/oauth2/service-account */
export const google: Answer = async (asked, response) => {
  const form = new URLSearchParams(asked.body);
  const { aud, iss, scope } = await claimsOf(form.get('assertion') ?? '', 3_600);
  const isRight =
    form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
    `${iss} ${aud} ${scope}` === `robot@p.iam.example ${tokenUrl} sheets.readonly`;
  return json(
    isRight
      ? { access_token: 'ya29.c.0123456789', expires_in: 3_599, token_type: 'Bearer' }
      : { error: 'invalid_grant' },
    isRight ? 200 : 400,
  )(asked, response);
};

const cluster = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** What a cluster writes into a file for a pod. */
export async function subjectToken(): Promise<string> {
  return await new SignJWT({ sub: 'system:serviceaccount:bots:finance' })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer('https://cluster.example')
    .setIssuedAt()
    .setExpirationTime('10 minutes')
    .sign(cluster.privateKey);
}

/** RFC 8693. */
export const exchange: Answer = async (asked, response) => {
  const form = new URLSearchParams(asked.body);
  const { iss } = await claimsOf(form.get('subject_token') ?? '', 600, cluster.publicKey);
  const isRight =
    iss === 'https://cluster.example' &&
    form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:token-exchange' &&
    form.get('subject_token_type') === 'urn:ietf:params:oauth:token-type:jwt' &&
    form.get('audience') === 'deals';
  return json(
    isRight
      ? {
          access_token: 'exchanged-0123456789',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'bearer',
          expires_in: '600',
        }
      : { error: 'invalid_request' },
    isRight ? 200 : 400,
  )(asked, response);
};

const awsKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
export const awsClient = { access_key_id: 'AKIDEXAMPLE', secret_access_key: awsKey };

/** AssumeRole of STS, which verifies the signature (Signature Version 4) by itself. */
export const sts =
  (arn?: string): Answer =>
  ({ body, request }, response) => {
    const { authorization = '', 'x-amz-date': date = '', host } = request.headers;
    const day = String(date).slice(0, 8);
    const hex = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');
    const scope = `${day}/eu-central-1/sts/aws4_request`;
    const canonical = `POST\n/\n\nhost:${host}\nx-amz-date:${date}\n\nhost;x-amz-date\n${hex(body)}`;
    const key = [day, 'eu-central-1', 'sts', 'aws4_request'].reduce<string | Buffer>(
      (under, part) => createHmac('sha256', under).update(part).digest(),
      `AWS4${awsKey}`,
    );
    const signature = createHmac('sha256', key)
      .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hex(canonical)}`)
      .digest('hex');
    const wanted = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
    const form = new URLSearchParams(body);
    const isNow = Math.abs(Date.now() - Date.parse(isoOf(String(date)))) < 300_000;
    if (authorization !== wanted || !isNow || form.get('Action') !== 'AssumeRole')
      return response.writeHead(403).end('<ErrorResponse><Error><Code>SignatureDoesNotMatch');
    const role = `arn:aws:sts::123456789012:assumed-role/${form.get('RoleArn')?.split('/').at(-1)}`;
    return response
      .writeHead(200, { 'Content-Type': 'text/xml' })
      .end(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROA123EXAMPLE123:${form.get('RoleSessionName')}</AssumedRoleId>
      <Arn>${arn ?? `${role}/${form.get('RoleSessionName')}`}</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>anotherSecretKey/K7MDENG</SecretAccessKey>
      <SessionToken>AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW</SessionToken>
      <Expiration>${new Date(Date.now() + 900_000).toISOString()}</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
</AssumeRoleResponse>`);
  };

function isoOf(date: string): string {
  return date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
}
