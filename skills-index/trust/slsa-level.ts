/**
 * How far the evidence shows where a bundle came from, in the words of SLSA (slsa.dev/spec/v1.2:
 * build track, verification summary).
 */
import type { SignedBy } from './identity/match.ts';

/** 0: nothing is shown. 1: the publisher claims a commit. 2: an identified CI job claims it. */
export type SlsaBuildLevel = 0 | 1 | 2;

/** What a verification summary writes as `verifiedLevels`: the highest level of the track, once. */
export function levelWords(level: SlsaBuildLevel): readonly string[] {
  return level === 0 ? [] : [`SLSA_BUILD_LEVEL_${level}`];
}

/**
 * The level of a publication with this provenance. Provenance signed by anybody but the publisher
 * shows nothing.
 */
export function slsaLevelOf(
  publish: SignedBy | undefined,
  provenance: SignedBy | undefined,
): SlsaBuildLevel {
  if (publish === undefined || provenance === undefined || publish.signer !== provenance.signer)
    return 0;
  // One name can be that of jobs of many repositories, where it is a reusable workflow's.
  const byWhom = publish.signers;
  const saidBy = provenance.signers;
  if (byWhom !== undefined && saidBy !== undefined && byWhom.join() !== saidBy.join()) return 0;
  // The form of a CI job among the identities that the certificate satisfies; a job for a pull
  // request satisfies none.
  return (provenance.signers ?? []).some((one) => one !== provenance.signer) ? 2 : 1;
}

/**
 * Why a verification summary may not write these words where the evidence shows this level; it may
 * claim less.
 */
export function whyNotLevels(words: readonly string[], level: SlsaBuildLevel): string | undefined {
  const shown = ([1, 2] as const).filter((one) => one <= level).flatMap(levelWords);
  const beyond = words.filter((word) => !shown.includes(word));
  if (beyond.length > 0)
    return `the verification summary claims ${beyond.join(', ')}, which the evidence does not show`;
  return words.length > 1 ? 'the verification summary claims two levels at once' : undefined;
}
