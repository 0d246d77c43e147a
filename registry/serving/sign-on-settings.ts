/** Single sign-on as an operator writes it down: checked once, at the start. */
import { Problem } from '../../skills-index/skill/problem.ts';
import { sessionDeskMs } from '../sign-in/sessions.ts';
import type { SignOn } from '../sign-in/sign-on-config.ts';
import { isLoopbackHost } from './public-address.ts';

export interface SignOnSettings {
  /** The issuer's URL, exactly as its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By default `openid`, `email` and `profile`. */
  readonly scopes?: readonly string[] | undefined;
  /** `groups` by default. */
  readonly groupsClaim?: string | undefined;
  /** `email` by default. */
  readonly personClaim?: string | undefined;
  readonly readers?: readonly string[] | undefined;
  readonly reviewers?: readonly string[] | undefined;
  readonly operators?: readonly string[] | undefined;
  /** At most 12, which is the default. */
  readonly hours?: number | undefined;
}

const hoursMax = sessionDeskMs / 3_600_000;

/**
 * Checks the settings.
 * @param warn receives why sign-ins fail
 * @throws Problem `usage`
 */
export function parseSignOn(
  settings: SignOnSettings,
  ask: typeof fetch = fetch,
  warn?: (line: string) => void,
): SignOn {
  const { issuer, clientId, clientSecret } = settings;
  const { readers = [], reviewers = [], operators = [] } = settings;
  const { scopes = ['openid', 'email', 'profile'], hours = hoursMax } = settings;
  requireIssuer(issuer);
  if (clientId === '' || clientSecret === '')
    throw refused('its client has no id, or no secret', 'The identity provider gives both.');
  if (readers.length + reviewers.length + operators.length === 0)
    throw refused(
      'no group has a role, so nobody could sign in',
      'Name a group: --sign-on-reader GROUP, --sign-on-reviewer GROUP or --sign-on-operator GROUP',
    );
  if (!scopes.includes('openid'))
    throw refused('openid is not among its scopes', 'Without openid there is no ID token.');
  if (!Number.isInteger(hours) || hours < 1 || hours > hoursMax)
    throw refused(
      `its sessions last ${hours} hours`,
      `A session of the desk lasts from 1 to ${hoursMax} hours.`,
    );
  const config = {
    issuer,
    clientId,
    clientSecret,
    scopes,
    groupsClaim: settings.groupsClaim ?? 'groups',
    personClaim: settings.personClaim ?? 'email',
    groups: { read: readers, review: reviewers, operate: operators },
    sessionMs: hours * 3_600_000,
  };
  return { config, fetch: ask, warn };
}

function requireIssuer(issuer: string): void {
  const url = URL.parse(issuer);
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (!isSafe || url.search !== '' || url.hash !== '' || url.username !== '')
    throw refused(
      `${JSON.stringify(issuer)} is no issuer`,
      'Write the address that the identity provider names as its issuer: https://login.acme.example',
    );
}

function refused(why: string, hint: string): Problem {
  return new Problem('usage', `Cannot use this identity provider: ${why}`, { hint });
}
