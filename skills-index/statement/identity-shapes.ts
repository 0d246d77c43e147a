/**
 * The shapes of identities in statements. Each field of an identity is compared exactly, and no
 * field may contain a pattern.
 */
import * as v from 'valibot';
import { boundedList, exactObject } from '../skill/shape.ts';
import { publicKey, type Shape } from './field-shapes.ts';
import { identityId } from './identity-id.ts';
import { identityCharsMax, memberIdentitiesMax, scopeOwnersMax } from './limits.ts';
import type { CiIdentity, Identity, OidcIdentity, PersonIdentity } from './predicates.ts';

const exactText = v.pipe(
  v.string(),
  v.minLength(1, 'is empty'),
  v.maxLength(identityCharsMax, `is longer than ${identityCharsMax} characters`),
  v.check(
    (text) => text.trim() === text && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text),
    'has spaces at its ends or invisible characters',
  ),
  v.check(
    (text) => !text.includes('*'),
    'has a *, and identities are matched exactly, never by a pattern',
  ),
);

// An issuer's URL may begin with http: only for addresses that never leave this machine.
const issuer = v.pipe(
  exactText,
  v.regex(
    /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$))[^\s?#]*$/,
    'is not the https address of an issuer',
  ),
);

export const person: Shape<PersonIdentity> = exactObject({ issuer, subject: exactText });

const ci: Shape<CiIdentity> = v.pipe(
  exactObject({
    issuer,
    repository: v.pipe(
      exactText,
      v.regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
        'is not the id of a repository, which does not change as its name does',
      ),
    ),
    workflow: v.pipe(
      exactText,
      v.regex(/^https?:\/\/[^\s@]+$/, 'is not the address of a workflow file without its @ref'),
    ),
    ref: v.exactOptional(
      v.pipe(exactText, v.regex(/^refs\/\S+$/, 'is not a whole ref such as "refs/heads/main"')),
    ),
    environment: v.exactOptional(exactText),
  }),
  v.check(
    (one) => one.ref !== undefined || one.environment !== undefined,
    'names neither a ref nor an environment: any branch could publish',
  ),
);

/**
 * The shape of a key, a person or a CI job. The fields of the given value decide which of the three
 * shapes applies, so that each message names the fault of that shape.
 */
export const identityShape: Shape<Identity> = v.lazy((given): Shape<Identity> => {
  if (isObjectWith(given, 'keyId') || isObjectWith(given, 'spki')) return publicKey;
  return isObjectWith(given, 'subject') ? person : ci;
});

/** The identities of a member at OIDC issuers: none or several, each identity once. */
export const memberIdentities: Shape<OidcIdentity[]> = v.pipe(
  boundedList(
    v.lazy((given): Shape<OidcIdentity> => (isObjectWith(given, 'subject') ? person : ci)),
    memberIdentitiesMax,
    'is too long',
  ),
  v.check((list) => new Set(list.map(identityId)).size === list.length, 'names an identity twice'),
);

/** The owners or publishers of a scope: at least one identity, each identity once. */
export const identityList: Shape<Identity[]> = v.pipe(
  boundedList(identityShape, scopeOwnersMax, 'is too long'),
  v.minLength(1, 'is empty'),
  v.check((list) => new Set(list.map(identityId)).size === list.length, 'names an identity twice'),
);

function isObjectWith(given: unknown, key: string): boolean {
  return typeof given === 'object' && given !== null && Object.hasOwn(given, key);
}
