/** The number of approvals of a version, in the same words everywhere. */
import { calledName } from '../called-name.ts';
import type { VersionAnswer } from './registry-answers.ts';

/**
 * The missing approvals: `1 more person, from the command line`; undefined when none is missing.
 */
export function approvalsLacking({
  approvals,
  approvalsNeeded,
}: Pick<VersionAnswer, 'approvals' | 'approvalsNeeded'>): string | undefined {
  const { total, independent } = approvalsNeeded;
  const alone = Math.max(0, independent - approvals.filter((one) => one.independent).length);
  const people = Math.max(total - approvals.length, 0);
  if (people === 0 && alone === 0) return undefined;
  if (people === 0)
    return `${alone === 1 ? '1 approval' : `${alone} approvals`} from the command line (${calledName()} review approve), by an earlier reviewer or another one`;
  const how =
    alone === 0
      ? ''
      : `, ${alone === people ? '' : `${alone} of them `}from the command line (${calledName()} review approve)`;
  return `${people === 1 ? '1 more reviewer' : `${people} more reviewers`}${how}`;
}

/**
 * `1 of 2, independent 0 (1 needed)`; see "independent" in the glossary. Only the number, or
 * `none`, for a version that nobody can approve any more.
 */
export function approvalsText({
  approvals,
  approvalsNeeded,
  status,
}: Pick<VersionAnswer, 'approvals' | 'approvalsNeeded' | 'status'>): string {
  if (status === 'withdrawn' || status === 'refused')
    return approvals.length === 0 ? 'none' : String(approvals.length);
  const { total, independent } = approvalsNeeded;
  const given = approvals.filter((one) => one.independent).length;
  return `${approvals.length} of ${total}${independent > 0 ? `, independent ${given} (${independent} needed)` : ''}`;
}
