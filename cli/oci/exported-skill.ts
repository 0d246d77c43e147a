/** An admitted version with everything that its OCI artifact shows. */
import * as admission from '../../runner/admission/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  predicateTypes,
  type VerificationSummaryStatement,
} from '../../skills-index/statement/attestation.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import type { LoggedStatement } from '../../skills-index/trust/members-and-scopes/identities.ts';
import { openAdmitted } from '../run/admission.ts';

export interface ExportedSkill extends Pick<PackedBundle, 'bundle' | 'contents'> {
  readonly admitted: Admitted;
  /**
   * When the registry verified the version (ISO 8601). Equal versions have equal artifacts because
   * this time stands in them, and not the time of the export.
   */
  readonly verifiedAt: string;
  /** The statements that count for the version, and the registry's summary, in log order. */
  readonly statements: readonly LoggedStatement[];
}

/**
 * Reads all files of an admitted version.
 * @param statements what the decision rests on; others among them are left out
 * @throws Problem `bundle-invalid`, and those of reading blobs
 */
export async function readExportedSkill(
  source: Source,
  admitted: Admitted,
  statements: readonly LoggedStatement[],
): Promise<ExportedSkill> {
  const opened = await openAdmitted(source, admitted);
  const summary = statements.find(({ logIndex }) => logIndex === admitted.logIndex);
  if (summary === undefined || !isSummary(summary.statement))
    throw new Problem('internal', `${admitted.name} was admitted without a summary`);
  const { timeVerified, inputAttestations } = summary.statement.predicate;
  const counted = new Set(inputAttestations.map(({ digest }) => digest.sha256));
  return {
    admitted,
    bundle: opened.bundle,
    contents: await admission.readAll(opened),
    verifiedAt: timeVerified,
    statements: statements
      .filter((one) => one === summary || counted.has(hexOf(one.digest)))
      .toSorted((a, b) => a.logIndex - b.logIndex),
  };
}

function isSummary(statement: {
  readonly predicateType: string;
}): statement is VerificationSummaryStatement {
  return statement.predicateType === predicateTypes.summary;
}
