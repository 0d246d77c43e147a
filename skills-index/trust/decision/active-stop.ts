/**
 * Finds the suspension or revocation that is in force against a version. Installers, the registry
 * and monitors of the registry's log share this function.
 */
import type { Digest } from '../../skill/digest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import type { RevocationStatement, RevocationTarget } from '../../statement/attestation.ts';
import { whyAuthor } from '../members-and-scopes/authors.ts';
import type {
  Identities,
  LoggedStatement,
  PublisherIds,
} from '../members-and-scopes/identities.ts';
import { firstOccurrences } from '../members-and-scopes/identity.ts';
import { idsOf, type SignedBy } from '../members-and-scopes/match.ts';
import { mayStop } from '../members-and-scopes/scope-owners.ts';
import type { RootFile } from '../root/root.ts';
import { heldRole } from '../root/root-role.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';

export interface StoppableVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** Id of the identity that published the version. */
  readonly publisher: Digest;
}

export interface StopContext {
  readonly root: RootFile;
  readonly identities: Identities;
  readonly version: StoppableVersion;
  /** The version's publication, where the publication is known. */
  readonly publish?: SignedBy & { readonly logIndex: number };
}

export interface ActiveStop {
  readonly kind: 'suspended' | 'revoked';
  readonly logIndex: number;
  readonly reason: string;
}

export type LoggedRevocation = LoggedStatement & { readonly statement: RevocationStatement };

/**
 * The suspension or revocation that is in force against a version. A revocation is final. Of
 * suspensions and lifts, the statement with the highest log index wins. The registry's own key can
 * only suspend, and an author can never lift a suspension.
 */
export function activeStop(
  context: StopContext,
  revocations: readonly LoggedRevocation[],
): ActiveStop | undefined {
  const { root, identities, version, publish } = context;
  const scope = scopeOf(version.name);
  const publisher = {
    ids: [version.publisher, ...(publish === undefined ? [] : idsOf(publish))],
    scope,
  };
  const whyForeign = whyForeignIn(root);
  const own = revocations.filter((one) => whyForeign(one) === undefined);
  const counted = firstOccurrences(own).filter(({ statement, signer, logIndex }) => {
    const { kind, target } = statement.predicate;
    const acting = { keyId: signer, enrolled: identities.memberOf(signer, logIndex) };
    const isAuthorsLift =
      kind === 'lifted' &&
      whyAuthor(identities, { ...publish, scope }, acting, logIndex) !== undefined;
    const byMember = mayStop(identities, signer, logIndex) && !isAuthorsLift;
    const byRegistry = kind === 'suspended' && heldRole(root, 'registry', signer, logIndex);
    return isAbout(target, context, publisher) && (byMember || byRegistry);
  });
  const stops = counted.flatMap(({ statement: { predicate }, logIndex }) => {
    const { kind, reason, target } = predicate;
    return kind === 'lifted' ? [] : [{ kind, reason, target, logIndex }];
  });
  const isLifted = (stop: (typeof stops)[number]): boolean =>
    counted.some(
      ({ statement: { predicate }, logIndex }) =>
        predicate.kind === 'lifted' &&
        logIndex > stop.logIndex &&
        isLiftOf(predicate.target, stop.target),
    );
  return stops.find(({ kind }) => kind === 'revoked') ?? stops.findLast((one) => !isLifted(one));
}

// The lift of one publisher does not end the suspension of another publisher. Every other lift ends
// every suspension with a lower log index.
function isLiftOf(target: RevocationTarget, stopped: RevocationTarget): boolean {
  return (
    !('publisher' in target && 'publisher' in stopped) || target.publisher === stopped.publisher
  );
}

function isAbout(
  target: RevocationTarget,
  { version, identities }: StopContext,
  publisher: Required<PublisherIds>,
): boolean {
  if ('bundle' in target) return target.bundle === version.bundle;
  if ('publisher' in target) return identities.stops.isAbout(target.publisher, publisher);
  return target.name === version.name && target.version === version.version;
}
