/**
 * Single sign-on: an organisation's identity provider (OpenID Connect) says who a person is and in
 * which groups. The answer opens the desk for reading. No approval, member or key rests on it.
 */
import * as oauth from 'oauth4webapi';
import type { Registry } from '../context.ts';
import { clockSkewMs, signOnMs } from '../limits.ts';
import { providerOptions, readProvider } from './provider.ts';
import { issueTicket, takeTicket } from './sessions.ts';
import { callbackOf, type ProviderServer, type SignOn } from './sign-on-config.ts';
import { failureOf, misconfigured, refused } from './sign-on-failures.ts';

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
    throw misconfigured(signOn, `${config.issuer} names no address for sign-ins`);
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

/**
 * Ends a sign-in: the code of the identity provider becomes a person.
 * @param secret the cookie of the browser; it counts once
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
  if ((await takeTicket(registry, 'sign-on', secret)) !== issuer)
    throw refused('This sign-in did not begin in this browser, was used before, or took too long');
  const provider = await readProvider(registry, signOn);
  const claims = await verified(registry, signOn, provider, { secret, query });
  return { issuer, subject: subjectIn(signOn, claims), groups: groupsIn(signOn, claims) };
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
  try {
    const code = oauth.validateAuthResponse(server, own, query, state);
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
    if (claims === undefined) throw misconfigured(signOn, 'The identity provider sent no ID token');
    return claims;
  } catch (error) {
    throw failureOf(signOn, error);
  }
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

function subjectIn(signOn: SignOn, claims: oauth.IDToken): string {
  const { personClaim } = signOn.config;
  const value = claims[personClaim];
  if (typeof value !== 'string' || value === '' || value.length > claimCharsMax)
    throw misconfigured(
      signOn,
      `The identity provider sent no claim ${JSON.stringify(personClaim)}`,
    );
  // Many providers let people type any address into their profile.
  if (personClaim === 'email' && claims.email_verified !== true)
    throw refused('The identity provider has not verified your mail address');
  return value;
}

function groupsIn(signOn: SignOn, claims: oauth.IDToken): string[] {
  const { config } = signOn;
  const value = claims[config.groupsClaim];
  if (value === undefined)
    throw misconfigured(
      signOn,
      `The identity provider sent no claim ${JSON.stringify(config.groupsClaim)}`,
    );
  const named = new Set<unknown>(Array.isArray(value) ? value : [value]);
  const groups = [...new Set(Object.values(config.groups).flat())].filter((group) =>
    named.has(group),
  );
  if (groups.length === 0)
    throw misconfigured(signOn, 'None of your groups has a role at this desk');
  return groups;
}

const claimCharsMax = 500;
