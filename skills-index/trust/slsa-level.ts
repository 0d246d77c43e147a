/** How far the evidence shows where a bundle came from, in the words of SLSA (slsa.dev/spec/v1.2: build track, verification summary). */
import { predicateTypes } from '../statement/attestation.ts';
import { type Evidence, statementsOf } from './decision-evidence.ts';
import type { Reasons } from './decision-reason.ts';
import type { VerifiedStatement } from './verify-statement.ts';

/** 0: nothing is shown. 1: the publisher says from which commit. 2: a CI job that an issuer vouches for says so. */
export type SlsaBuildLevel = 0 | 1 | 2;

/** What a verdict writes as `verifiedLevels`. */
export function levelWords(level: SlsaBuildLevel): readonly string[] {
  return level === 0 ? [] : [`SLSA_BUILD_LEVEL_${level}`];
}

/** The level that a publication with this provenance has: provenance that somebody else signed shows nothing. */
export function slsaLevelOf(publish: VerifiedStatement | undefined, provenance: VerifiedStatement | undefined): SlsaBuildLevel {
  if (publish === undefined || provenance === undefined || publish.signer !== provenance.signer) return 0;
  return isByCiJob(provenance) ? 2 : 1;
}

/** The level shown; a verdict may claim it or less, never more. */
export function judgeLevel(evidence: Evidence, reasons: Reasons): SlsaBuildLevel {
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [provenance] = statementsOf(evidence, predicateTypes.provenance);
  const [verdict] = statementsOf(evidence, predicateTypes.verdict);
  const level = slsaLevelOf(publish, provenance);
  const shown = ([1, 2] as const).filter((one) => one <= level).flatMap(levelWords);
  const beyond = (verdict?.statement.predicate.verifiedLevels ?? []).filter((word) => !shown.includes(word));
  reasons.demand(
    beyond.length === 0,
    'verdict-invalid',
    `the verdict claims ${beyond.join(', ')}, which the evidence does not show`,
  );
  return level;
}

// The form of a CI job among the identities that the certificate satisfies; a job for a pull request satisfies none.
function isByCiJob({ signers = [], signer }: VerifiedStatement): boolean {
  return signers.some((one) => one !== signer);
}
