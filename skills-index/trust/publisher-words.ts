/** Why somebody could not publish in a scope, in words that say who could. */
import type { Scope } from '../skill/name.ts';
import { isCi, printIdentity } from '../statement/identity-id.ts';
import { printClaims } from './certified-identities.ts';
import type { Identities } from './identity.ts';
import type { VerifiedStatement } from './verify-statement.ts';

/** For example `@acme publishes from CI only: CI job … ; and this was signed by …`. */
export function sayForeign(
  identities: Pick<Identities, 'ownersOf' | 'publishersOf'>,
  scope: Scope,
  { signer, certified, logIndex }: Pick<VerifiedStatement, 'signer' | 'certified' | 'logIndex'>,
): string {
  const who = certified === undefined ? signer : printClaims(certified.claims);
  const publishers = identities.publishersOf(scope, logIndex);
  const named = publishers.map(printIdentity).join(' or ');
  if (publishers.length === 0) return `${who} did not own @${scope} at log index ${logIndex}`;
  if (publishers.every((one) => isCi(one))) return `@${scope} publishes from CI only: ${named}; and this was signed by ${who}`;
  return `${who} did not own @${scope} at log index ${logIndex}; it publishes with ${named}`;
}
