/** What an ID token says about a person: who they are, and in which groups with a role. */
import type { IDToken } from 'oauth4webapi';
import type { SignOn } from './sign-on-config.ts';
import { misconfigured, refused, shownJson } from './sign-on-failures.ts';

/** The claim that member statements name, such as the verified mail address. */
export function subjectIn(signOn: SignOn, claims: IDToken): string {
  const { personClaim } = signOn.config;
  const value = claims[personClaim];
  if (typeof value !== 'string' || value === '' || value.length > claimCharsMax)
    throw missing(signOn, claims, personClaim, 'sign-on-person-claim');
  // Many providers let people type any address into their profile.
  if (personClaim === 'email' && claims.email_verified !== true) throw unverified(signOn, claims);
  return value;
}

/** Those of the person's groups that the operator gave a role. */
export function groupsIn(signOn: SignOn, claims: IDToken, subject: string): string[] {
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
