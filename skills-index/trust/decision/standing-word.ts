/**
 * Finds the suspension or revocation that is in force against a version. Installers, the registry
 * and monitors of its log share this function.
 */
import type { Digest } from '../../skill/digest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import type { RevocationStatement, RevocationTarget } from '../../statement/attestation.ts';
import { whyAuthor } from '../authors.ts';
import { firstOccurrences } from '../identity/first-occurrences.ts';
import type { Identities, LoggedStatement, Speaker } from '../identity/identities.ts';
import { idsOf, type SignedBy } from '../identity/match.ts';
import { judgeOfRegistry } from '../own-registry.ts';
import type { RootFile } from '../root.ts';
import { isInOffice } from '../root-office.ts';

export interface StoppableVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** Id of the identity that published. */
  readonly publisher: Digest;
}

export interface StandingContext {
  readonly root: RootFile;
  readonly identities: Identities;
  readonly version: StoppableVersion;
  /** The publication, where it is known. */
  readonly publish?: SignedBy & { readonly logIndex: number };
}

export interface StandingWord {
  readonly kind: 'suspended' | 'revoked';
  readonly logIndex: number;
  readonly reason: string;
}

export type LoggedRevocation = LoggedStatement & { readonly statement: RevocationStatement };

/**
 * The suspension or revocation in force. `revoked` is final; otherwise the highest log index wins.
 * The registry's own key can only suspend, and an author can never lift.
 */
export function standingWord(
  context: StandingContext,
  revocations: readonly LoggedRevocation[],
): StandingWord | undefined {
  const { root, identities, version, publish } = context;
  const scope = scopeOf(version.name);
  const publication = {
    scope,
    ...(publish === undefined ? {} : { signer: publish.signer, logIndex: publish.logIndex }),
  };
  const speaker = {
    ids: [version.publisher, ...(publish === undefined ? [] : idsOf(publish))],
    scope,
  };
  const whyForeign = judgeOfRegistry(root);
  const own = revocations.filter((one) => whyForeign(one) === undefined);
  const said = firstOccurrences(own).filter(({ statement, signer, logIndex }) => {
    const { kind, target } = statement.predicate;
    const byMember = (['reviewer', 'administrator'] as const).some((role) =>
      identities.isMember(signer, role, logIndex),
    );
    const acting = { keyId: signer, enrolled: identities.memberOf(signer, logIndex) };
    const byAuthor =
      kind === 'lifted' && whyAuthor(identities, publication, acting, logIndex) !== undefined;
    const byRegistry = kind === 'suspended' && isInOffice(root, 'registry', signer, logIndex);
    return isAbout(target, context, speaker) && ((byMember && !byAuthor) || byRegistry);
  });
  const stops = said.flatMap(({ statement: { predicate }, logIndex }) =>
    predicate.kind === 'lifted'
      ? []
      : [{ kind: predicate.kind, reason: predicate.reason, target: predicate.target, logIndex }],
  );
  const isLifted = (stop: (typeof stops)[number]): boolean =>
    said.some(({ statement: { predicate }, logIndex }) => {
      return (
        predicate.kind === 'lifted' &&
        logIndex > stop.logIndex &&
        isLiftOf(predicate.target, stop.target)
      );
    });
  return stops.find(({ kind }) => kind === 'revoked') ?? stops.findLast((one) => !isLifted(one));
}

// Suspensions of publishers are lifted one by one; for a version, the last statement lifts every
// suspension.
function isLiftOf(target: RevocationTarget, stopped: RevocationTarget): boolean {
  return (
    !('publisher' in target && 'publisher' in stopped) || target.publisher === stopped.publisher
  );
}

function isAbout(
  target: RevocationTarget,
  { version, identities }: StandingContext,
  speaker: Required<Speaker>,
): boolean {
  if ('bundle' in target) return target.bundle === version.bundle;
  if ('publisher' in target) return identities.stops.isAbout(target.publisher, speaker);
  return target.name === version.name && target.version === version.version;
}
