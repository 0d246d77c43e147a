/** How many approvals a version has, in one wording everywhere. */
import type { VersionAnswer } from './registry-answers.ts';

/** `1 of 2, independent 0 (1 needed)`; see "independent" in the glossary. */
export function approvalsText({ approvals, approvalsNeeded }: Pick<VersionAnswer, 'approvals' | 'approvalsNeeded'>): string {
  const { total, independent } = approvalsNeeded;
  const given = approvals.filter((one) => one.independent).length;
  return `${approvals.length} of ${total}${independent > 0 ? `, independent ${given} (${independent} needed)` : ''}`;
}
