/**
 * An identity provider (OpenID Connect) of the tests: real signatures, codes that count once, PKCE.
 * A test can make it lie.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Who sits in front of the browser. */
export interface ProviderPerson {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface Lies {
  /** Replaces claims of the ID token; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Makes the ID token by itself. */
  readonly token?: (payload: Record<string, unknown>) => Promise<string>;
  /** Replaces parts of the discovery document. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Answers no request. */
  readonly down?: boolean;
}

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  person: ProviderPerson;
  lies: Lies;
  /** Answers a request, as a server would. */
  answer(request: Request): Promise<Response>;
  readonly fetch: typeof fetch;
  /** Signs a payload with the provider's own key. */
  sign(payload: Record<string, unknown>): Promise<string>;
  /** A token whose signature uses the public key as a shared secret (HS256). */
  signWithPublicKey(payload: Record<string, unknown>): Promise<string>;
  /** What the provider was asked, path by path. */
  readonly asked: string[];
}

interface Code {
  readonly challenge: string;
  readonly redirect: string;
  readonly nonce: string | null;
  readonly person: ProviderPerson;
}

export async function makeProvider(
  issuer: string,
  now: () => Date = () => new Date(),
): Promise<TestProvider> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const codes = new Map<string, Code>();
  const clientId = 'skillgate';
  const clientSecret = 'the secret of the desk';
  const header = { alg: 'ES256', kid: 'test', typ: 'JWT' };

  const metadata = (): Record<string, unknown> => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    ...provider.lies.metadata,
  });

  const authorize = (query: URLSearchParams): Response => {
    const redirect = query.get('redirect_uri') ?? '';
    const code = randomUUID();
    codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      redirect,
      nonce: query.get('nonce'),
      person: provider.person,
    });
    const back = new URL(redirect);
    for (const [name, value] of Object.entries({ code, state: query.get('state'), iss: issuer }))
      if (value !== null) back.searchParams.set(name, value);
    return new Response(null, { status: 302, headers: { location: back.href } });
  };

  const token = async (request: Request): Promise<Response> => {
    const form = new URLSearchParams(await request.text());
    const basic = `Basic ${btoa(`${clientId}:${encodeURIComponent(clientSecret).replaceAll('%20', '+')}`)}`;
    if (request.headers.get('authorization') !== basic) return failure(401, 'invalid_client');
    const key = form.get('code') ?? '';
    const code = codes.get(key);
    codes.delete(key);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code?.challenge !== challenge || code.redirect !== form.get('redirect_uri'))
      return failure(400, 'invalid_grant');
    const seconds = Math.floor(now().getTime() / 1_000);
    const payload = {
      iss: issuer,
      aud: clientId,
      iat: seconds,
      exp: seconds + 300,
      nonce: code.nonce,
      ...code.person,
      ...provider.lies.claims,
    };
    const idToken = await (provider.lies.token ?? provider.sign)(payload);
    return Response.json({ access_token: 'unused', token_type: 'Bearer', id_token: idToken });
  };

  const provider: TestProvider = {
    issuer,
    clientId,
    clientSecret,
    person: { sub: 'rita' },
    lies: {},
    asked: [],
    sign: (payload) => new SignJWT(payload).setProtectedHeader(header).sign(privateKey),
    signWithPublicKey: async (payload) => {
      const parts = [{ ...header, alg: 'HS256' }, payload].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      const mac = createHmac('sha256', JSON.stringify(jwk)).update(parts.join('.'));
      return [...parts, mac.digest('base64url')].join('.');
    },
    answer: async (request) => {
      const url = new URL(request.url);
      const path = url.pathname.slice(new URL(issuer).pathname.replace(/\/$/, '').length);
      provider.asked.push(path);
      if (provider.lies.down === true) return new Response('down', { status: 503 });
      switch (path) {
        case '/.well-known/openid-configuration':
          return Response.json(metadata());
        case '/authorize':
          return authorize(url.searchParams);
        case '/token':
          return token(request);
        case '/jwks':
          return Response.json({ keys: [jwk] });
      }
      return new Response('not found', { status: 404 });
    },
    fetch: async (input, init) => {
      if (provider.lies.down === true) throw new TypeError('connection refused');
      return provider.answer(new Request(input, init));
    },
  };
  return provider;
}

function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

/** A token that says it needs no signature. */
export async function unsigned(payload: Record<string, unknown>): Promise<string> {
  const parts = [{ alg: 'none', typ: 'JWT' }, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `${parts.join('.')}.`;
}
