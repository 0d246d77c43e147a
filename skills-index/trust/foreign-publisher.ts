/** Explains why an identity could not publish in a scope, and who can. */
import type { Scope } from '../skill/name.ts';
import { isCi, printIdentity } from '../statement/identity-id.ts';
import type { Identities, LoggedStatement } from './identity/identities.ts';
import { printClaims } from './sigstore/certified-identities.ts';
import type { Certified } from './sigstore/verify-certified.ts';

/**
 * For example `@acme publishes from CI only: CI job … ; and this was signed by …`. Without a log
 * index: as things stand now.
 */
export function describeForeignPublisher(
  identities: Pick<Identities, 'publishersOf'>,
  scope: Scope,
  by: Pick<LoggedStatement, 'signer'> & {
    readonly certified?: Pick<Certified, 'claims'>;
    readonly logIndex?: number;
  },
): string {
  const { signer, certified, logIndex } = by;
  const who = certified === undefined ? signer : printClaims(certified.claims);
  const publishers = identities.publishersOf(scope, logIndex ?? Number.MAX_SAFE_INTEGER);
  const named = publishers.map(printIdentity).join(' or ');
  if (publishers.length > 0 && publishers.every((one) => isCi(one)))
    return `@${scope} publishes from CI only: ${named}; and this was signed by ${who}`;
  const didNot =
    logIndex === undefined
      ? `${who} does not publish in @${scope}`
      : `${who} did not own @${scope} at log index ${logIndex}`;
  return publishers.length === 0 ? didNot : `${didNot}; it publishes with ${named}`;
}
