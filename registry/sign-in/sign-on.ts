/** Sessions of people whom an identity provider named. */

import type { IDToken } from 'oauth4webapi';
import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { EnrolledMember, Registry } from '../context.ts';
import { memberOfPerson } from '../people/person-member.ts';
import {
  failureOf,
  failureOfBrowser,
  misconfigured,
  notBegun,
  providerOptions,
  readProvider,
  refused,
  shownJson,
} from './provider.ts';
import {
  clockSkewMs,
  findSession,
  issueTicket,
  noteUse,
  type SessionToken,
  signOnMs,
  startSession,
  takeTicket,
} from './sessions.ts';
import {
  callbackOf,
  type DeskRole,
  type ProviderServer,
  rolesOf,
  type SignOn,
} from './sign-on-config.ts';

/** Somebody who may read the desk, because an identity provider named the person. */
interface DeskPerson {
  readonly person: SignedOnPerson;
  readonly roles: readonly DeskRole[];
  /** The member whom administrators named by this identity. */
  readonly member?: EnrolledMember;
}

/** Starts a session for a person who was just signed in. */
export async function createPersonSession(
  registry: Registry,
  signOn: SignOn,
  { issuer, subject, groups }: SignedOnPerson,
): Promise<SessionToken> {
  return startSession(registry, {
    kind: 'person',
    subject: canonicalJson({ issuer, subject, groups: [...groups] }),
    lifeMs: signOn.config.sessionMs,
  });
}

const personSchema = v.object({
  issuer: v.string(),
  subject: v.string(),
  groups: v.array(v.string()),
});

/**
 * The person of a cookie; undefined when the session has ended. The session also ends when the
 * operator names another provider, a shorter session, or no role for the person's groups.
 */
export async function readPersonSession(
  registry: Registry,
  token: string,
): Promise<DeskPerson | undefined> {
  const { signOn } = registry;
  if (signOn === undefined) return undefined;
  const row = await findSession(registry, token, 'person');
  if (row === undefined) return undefined;
  const person = v.parse(personSchema, JSON.parse(row.subject));
  const roles = rolesOf(signOn, person.groups);
  const isLate = row.createdAt + signOn.config.sessionMs <= registry.now().getTime();
  if (person.issuer !== signOn.config.issuer || roles.length === 0 || isLate) return undefined;
  await noteUse(registry, row);
  const member = await memberOfPerson(registry, { issuer: person.issuer, subject: person.subject });
  return { person, roles, ...(member && { member }) };
}

// Single sign-on: an organisation's identity provider (OpenID Connect) says who a person is and in
// which groups. The answer opens the desk for reading. No approval, member or key rests on it.

/** What an identity provider says about a person. */
interface SignedOnPerson {
  readonly issuer: string;
  /** The claim that member statements name, such as the verified mail address. */
  readonly subject: string;
  /** Those of the person's groups that the operator gave a role. */
  readonly groups: readonly string[];
}

/** A sign-in that began in this browser. */
interface BegunSignOn {
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

// What an ID token says about a person: who they are, and in which groups with a role.

/** The claim that member statements name, such as the verified mail address. */
function subjectIn(signOn: SignOn, claims: IDToken): string {
  const { personClaim } = signOn.config;
  const value = claims[personClaim];
  if (typeof value !== 'string' || value === '' || value.length > claimCharsMax)
    throw missing(signOn, claims, personClaim, 'sign-on-person-claim');
  // Many providers let people type any address into their profile.
  if (personClaim === 'email' && claims.email_verified !== true) throw unverified(signOn, claims);
  return value;
}

/** Those of the person's groups that the operator gave a role. */
function groupsIn(signOn: SignOn, claims: IDToken, subject: string): string[] {
  const { config } = signOn;
  const value = claims[config.groupsClaim];
  if (value === undefined)
    throw missing(signOn, claims, config.groupsClaim, 'sign-on-groups-claim');
  const came: readonly unknown[] = Array.isArray(value) ? value : [value];
  const named = new Set<unknown>(came);
  const groups = [...new Set(Object.values(config.groups).flat())].filter((group) =>
    named.has(group),
  );
  if (groups.length === 0)
    throw misconfigured(signOn, {
      message: 'None of your groups has a role at this desk',
      why: `${shownJson(subject)} (claim ${shownJson(config.personClaim)}) is in no group with a role at this desk. The claim ${shownJson(config.groupsClaim)} has ${shownJson(came)}. The settings sign-on-readers, sign-on-reviewers and sign-on-operators give groups a role, in exactly these words`,
    });
  return groups;
}

function missing(signOn: SignOn, claims: IDToken, claim: string, setting: string) {
  const message = `The identity provider sent no claim ${JSON.stringify(claim)}`;
  return misconfigured(signOn, {
    message,
    why: `${message}, which the setting ${setting} names. The ID token has the claims ${shownJson(Object.keys(claims))}. Let the provider add the claim to the ID token, or name another claim`,
  });
}

function unverified(signOn: SignOn, claims: IDToken) {
  const message = 'The identity provider has not verified your mail address';
  const byPerson = 'Verify your mail address at the identity provider, then begin again.';
  if (claims.email_verified === false) return refused(message, { hint: byPerson });
  return misconfigured(signOn, {
    message,
    hint: `${byPerson} When your address is verified there, ask the registry’s operator: the registry’s output names the cause.`,
    why: `The identity provider sent no claim "email_verified" that is true for ${shownJson(claims.email)}. Only verified mail addresses count. Let the provider send the claim, or let the setting sign-on-person-claim name another claim, such as "sub"`,
  });
}

const claimCharsMax = 500;
