/**
 * The SLSA build level of a version: how well the evidence shows the version's origin
 * (slsa.dev/spec/v1.2, build track, verification summary).
 */
import type { SignedBy } from '../members-and-scopes/match.ts';

/**
 * The SLSA build level. 0: the evidence shows no origin. 1: the publisher claims a commit. 2: an
 * identified CI job claims a commit.
 */
export type SlsaBuildLevel = 0 | 1 | 2;

/** The `verifiedLevels` of a verification summary, with only the highest SLSA level. */
export function levelWords(level: SlsaBuildLevel): readonly string[] {
  return level === 0 ? [] : [`SLSA_BUILD_LEVEL_${level}`];
}

/**
 * The SLSA level of a publication with this provenance. Provenance that anybody but the publisher
 * signed shows no origin.
 */
export function slsaLevelOf(
  publish: SignedBy | undefined,
  provenance: SignedBy | undefined,
): SlsaBuildLevel {
  if (publish === undefined || provenance === undefined || publish.signer !== provenance.signer)
    return 0;
  // CI jobs of many repositories have the same name when they call the same reusable workflow.
  const publishers = publish.signers;
  const builders = provenance.signers ?? [];
  if (
    publishers !== undefined &&
    provenance.signers !== undefined &&
    publishers.join() !== builders.join()
  )
    return 0;
  // A certificate of a CI job satisfies more identities than its own name. A CI job for a pull
  // request satisfies no identity.
  return builders.some((id) => id !== provenance.signer) ? 2 : 1;
}

/**
 * Why a verification summary may not claim these SLSA levels by the evidence. The summary may claim
 * a lower level than the evidence shows.
 */
export function whyNotLevels(words: readonly string[], level: SlsaBuildLevel): string | undefined {
  const shown = ([1, 2] as const).filter((one) => one <= level).flatMap(levelWords);
  const beyond = words.filter((word) => !shown.includes(word));
  if (beyond.length > 0)
    return `the verification summary claims ${beyond.join(', ')}, which the evidence does not show`;
  return words.length > 1 ? 'the verification summary claims two levels at once' : undefined;
}
