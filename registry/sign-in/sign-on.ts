/**
 * Single sign-on: an organisation's identity provider (OpenID Connect) says who a person is and in
 * which groups. The answer opens the desk for reading. No approval, member or key rests on it.
 */
import * as oauth from 'oauth4webapi';
import type { Registry } from '../context.ts';
import { clockSkewMs, signOnMs } from '../limits.ts';
import { providerOptions, readProvider } from './provider.ts';
import { issueTicket, takeTicket } from './sessions.ts';
import { groupsIn, subjectIn } from './sign-on-claims.ts';
import { callbackOf, type ProviderServer, type SignOn } from './sign-on-config.ts';
import { failureOf, failureOfBrowser, misconfigured, notBegun } from './sign-on-failures.ts';

/** What an identity provider says about a person. */
export interface SignedOnPerson {
  readonly issuer: string;
  /** The claim that member statements name, such as the verified mail address. */
  readonly subject: string;
  /** Those of the person's groups that the operator gave a role. */
  readonly groups: readonly string[];
}

/** A sign-in that began in this browser. */
export interface BegunSignOn {
  /** Address at the identity provider. */
  readonly url: string;
  /** The secret for a cookie of this browser. */
  readonly secret: string;
}

/**
 * Begins a sign-in.
 * @throws Problem `sign-on-refused`, `sign-on-down`
 */
export async function beginSignOn(registry: Registry, signOn: SignOn): Promise<BegunSignOn> {
  const { server } = await readProvider(registry, signOn);
  const { config } = signOn;
  if (server.authorization_endpoint === undefined)
    throw misconfigured(signOn, { message: `${config.issuer} names no address for sign-ins` });
  const secret = await issueTicket(registry, 'sign-on', config.issuer, signOnMs);
  const { state, nonce, verifier } = await proofsOf(secret);
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: callbackOf(registry.config.base),
    scope: config.scopes.join(' '),
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }))
    url.searchParams.set(name, value);
  return { url: url.href, secret };
}

/** The sign-in to which an answer belongs, by the answer's `state`. */
export async function findBegun<Begun extends { readonly secret: string }>(
  begun: readonly Begun[],
  state: string | null,
): Promise<Begun | undefined> {
  for (const one of begun) if ((await proofsOf(one.secret)).state === state) return one;
  return undefined;
}

/**
 * Ends a sign-in: the code of the identity provider becomes a person.
 * @param secret from the cookie of the browser; it counts once
 * @param query the parameters that the identity provider added to the callback
 * @throws Problem `sign-on-refused`, `sign-on-down`
 */
export async function finishSignOn(
  registry: Registry,
  signOn: SignOn,
  { secret, query }: { readonly secret: string; readonly query: URLSearchParams },
): Promise<SignedOnPerson> {
  const { issuer } = signOn.config;
  // Taken first: whatever follows, nobody tries a second time with the same secret.
  if ((await takeTicket(registry, 'sign-on', secret)) !== issuer) throw notBegun();
  const provider = await readProvider(registry, signOn);
  const claims = await verified(registry, signOn, provider, { secret, query });
  const subject = subjectIn(signOn, claims);
  return { issuer, subject, groups: groupsIn(signOn, claims, subject) };
}

async function verified(
  registry: Registry,
  signOn: SignOn,
  { server, client, authentication }: ProviderServer,
  { secret, query }: { readonly secret: string; readonly query: URLSearchParams },
): Promise<oauth.IDToken> {
  const { state, nonce, verifier } = await proofsOf(secret);
  const options = providerOptions(signOn);
  const own = {
    ...client,
    // The library reads the machine's clock. Sessions and tests use the registry's clock.
    [oauth.clockSkew]: Math.round((registry.now().getTime() - Date.now()) / 1_000),
    [oauth.clockTolerance]: Math.round(clockSkewMs / 1_000),
  };
  const code = answerOf(() => oauth.validateAuthResponse(server, own, query, state));
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      own,
      authentication,
      code,
      callbackOf(registry.config.base),
      verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, own, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    // The library trusts TLS for this answer. The signature also holds where a proxy ends TLS.
    await oauth.validateApplicationLevelSignature(server, response, options);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    if (claims === undefined)
      throw misconfigured(signOn, { message: 'The identity provider sent no ID token' });
    return claims;
  } catch (error) {
    throw failureOf(signOn, error);
  }
}

/** The answer that the browser brought, checked before anybody asks the provider. */
function answerOf(validate: () => URLSearchParams): URLSearchParams {
  try {
    const answer = validate();
    const [code = '', ...others] = answer.getAll('code');
    // RFC 6749 §A.11. A provider may fail over anything else.
    if (others.length === 0 && /^[\x20-\x7e]{1,4000}$/.test(code)) return answer;
  } catch (error) {
    throw failureOfBrowser(error);
  }
  throw failureOfBrowser(new Error('it has no code, or several'));
}

/**
 * State, nonce and PKCE verifier of a sign-in. All follow from the secret in the browser's cookie,
 * so the database stores nothing with which somebody could finish another person's sign-in.
 */
async function proofsOf(
  secret: string,
): Promise<{ readonly state: string; readonly nonce: string; readonly verifier: string }> {
  const proof = async (use: string): Promise<string> => {
    const bytes = new TextEncoder().encode(`skillgate sign-on ${use} ${secret}`);
    return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('base64url');
  };
  const [state, nonce, verifier] = await Promise.all(['state', 'nonce', 'verifier'].map(proof));
  if (state === undefined || nonce === undefined || verifier === undefined)
    throw new Error('a digest is missing');
  return { state, nonce, verifier };
}
