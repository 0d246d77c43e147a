/**
 * What was said against a version and stands: one question for installers, for the registry, and
 * for who replays its log.
 */
import type { Digest } from '../../skill/digest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import type { RevocationStatement, RevocationTarget } from '../../statement/attestation.ts';
import { whyAuthor } from '../authors.ts';
import type { Identities, LoggedStatement, Speaker } from '../identity/identities.ts';
import { idsOf, type SignedBy } from '../identity/match.ts';
import { saidOnce } from '../identity/said-once.ts';
import { judgeOfRegistry } from '../own-registry.ts';
import type { RootFile } from '../root.ts';
import { holdsOffice } from '../root-office.ts';

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
  /** The publication, where it is at hand. */
  readonly publish?: SignedBy & { readonly logIndex: number };
}

export interface StandingWord {
  readonly kind: 'suspended' | 'revoked';
  readonly logIndex: number;
  readonly reason: string;
}

export type LoggedRevocation = LoggedStatement & { readonly statement: RevocationStatement };

/**
 * The suspension or revocation that stands: `revoked` is final, else the highest log index counts.
 * The registry's own key can only suspend, and an author never lifts.
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
  const said = saidOnce(own).filter(({ statement, signer, logIndex }) => {
    const { kind, target } = statement.predicate;
    const byMember = (['reviewer', 'administrator'] as const).some((role) =>
      identities.isMember(signer, role, logIndex),
    );
    const acting = { keyId: signer, enrolled: identities.memberOf(signer, logIndex) };
    const byAuthor =
      kind === 'lifted' && whyAuthor(identities, publication, acting, logIndex) !== undefined;
    const byRegistry = kind === 'suspended' && holdsOffice(root, 'registry', signer, logIndex);
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

// Each publisher is lifted by itself; whatever else was said of a version, the last word lifts.
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
