/** Explains why an identity could not publish in a scope, and who can publish in the scope. */
import type { Scope } from '../../skill/name.ts';
import { isCi, printIdentity } from '../../statement/identity-id.ts';
import type { Identities, LoggedStatement } from '../members-and-scopes/identities.ts';
import { printClaims } from '../signatures/certified-identities.ts';
import type { Certified } from '../signatures/verify-certified.ts';

/**
 * A text such as `@acme publishes from CI only, by CI job …; … signed this`. Without a log index,
 * the text is about the present.
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
  const signerText = certified === undefined ? signer : printClaims(certified.claims);
  const publishers = identities.publishersOf(scope, logIndex ?? Number.MAX_SAFE_INTEGER);
  const named = publishers.map(printIdentity).join(' or ');
  if (publishers.length > 0 && publishers.every((one) => isCi(one)))
    return `@${scope} publishes from CI only, by ${named}; ${signerText} signed this`;
  const wasNot =
    logIndex === undefined
      ? `${signerText} is no publisher of @${scope}`
      : `${signerText} was no publisher of @${scope} at log index ${logIndex}`;
  return publishers.length === 0 ? wasNot : `${wasNot}; its publishers are ${named}`;
}
