/** How many people have to approve a version, said when its author publishes it. */
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import {
  approvalsNeeded,
  defaultPolicy,
  type Policy,
} from '../../skills-index/trust/policy/policy.ts';
import { calledName } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { trustedRegistry } from '../registries/registries.ts';

type Needed = ReturnType<typeof approvalsNeeded>;

/** By a policy and the local scan. The registry's own scan decides. */
export function neededFor(
  policy: Policy,
  { capabilities }: Manifest,
  { findings, verdict }: ScanReport,
): Needed {
  return approvalsNeeded(policy, { capabilities, findings, verdict });
}

export function neededText(
  { total, independent }: Needed,
  { verdict }: Pick<ScanReport, 'verdict'>,
): string {
  // The registry quarantines a version that its scan also blocks, or could not read whole.
  if (verdict === 'block' || verdict === 'incomplete')
    return `the registry keeps it from reviewers, if its scan also ends as ${verdict}: mend what the scan names, and publish the next version`;
  const people = total === 1 ? '1 reviewer has' : `${total} reviewers have`;
  const how =
    independent === 0
      ? ''
      : `, ${independent === total ? '' : `${independent} of them `}from the command line (${calledName()} review approve)`;
  return `${people} to approve it${how}, if the registry’s scan finds the same as the scan here`;
}

/** The policy that this host knows. Somebody who publishes need not have pinned the registry. */
export async function knownPolicy(context: CommandContext): Promise<Policy> {
  try {
    return trustedRegistry(context, context.registryBase).policy;
  } catch (cause) {
    if (cause instanceof Problem) return defaultPolicy;
    throw cause;
  }
}
