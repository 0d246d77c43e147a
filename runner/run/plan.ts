/**
 * The plan of a run: what a reviewer approved, the operator granted to this agent, and this host
 * allows. The plan is pure data, and people can read it before the run.
 */

import { whyNotGranted } from '../../skills-index/run/agents/agent.ts';
import { plannedHolds } from '../../skills-index/run/holds/hold-rules.ts';
import type { Plan, Refusal } from '../../skills-index/run/plan/plan.ts';
import {
  type Draft,
  planCapabilities,
  planOwner,
} from '../../skills-index/run/plan/plan-capabilities.ts';
import type { PlanInput } from '../../skills-index/run/plan/plan-input.ts';
import { canonicalDigest } from '../../skills-index/skill/canonical-json.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import {
  egressRequestsPerMinuteMax,
  egressRunBytesMax,
  outputBytesMax,
  processesMax,
} from '../limits.ts';

/**
 * Intersects the approved, granted and allowed capabilities. Never throws: a plan that must not
 * start lists its reasons in `refused`.
 */
export function planRun(input: PlanInput): { readonly plan: Plan; readonly digest: Digest } {
  const { admitted, agent, command, manifest, sandbox } = input;
  const draft: Draft = {
    mounts: [],
    egress: [],
    secrets: [],
    env: [],
    programs: [],
    leftOut: [],
    refused: refusalsOfRun(input),
  };
  planCapabilities(draft, input);
  const who = { agent: agent?.name ?? 'operator', skill: admitted };
  const plan: Plan = {
    schema: 'skillgate.plan/1',
    skill: { name: admitted.name, version: admitted.version, bundle: admitted.bundle },
    agent: agent?.name ?? 'operator',
    command: { name: command.name, file: command.file, interpreter: command.interpreter ?? 'none' },
    backend: sandbox.name,
    ...planOwner(draft, input),
    workingDirectory: draft.mounts[0]?.target ?? '/tmp',
    limits: { ...manifest.limits, outputBytes: outputBytesMax, processes: processesMax },
    egressLimits: egressLimitsOf(input),
    ...draft,
    holds: plannedHolds({ ...who, ...draft }, input.hostPolicy),
  };
  return { plan, digest: canonicalDigest(plan) };
}

// Host policy can lower these limits, never raise them.
function egressLimitsOf({ hostPolicy: { egress } }: PlanInput): Plan['egressLimits'] {
  return {
    requestsPerMinute: Math.min(
      egress.requestsPerMinute ?? egressRequestsPerMinuteMax,
      egressRequestsPerMinuteMax,
    ),
    sentBytes: Math.min(egress.sentBytes ?? egressRunBytesMax, egressRunBytesMax),
  };
}

function refusalsOfRun({
  admitted,
  agent,
  command,
  hostPolicy,
  manifest,
  now,
  sandbox,
}: PlanInput): Refusal[] {
  const refused: Refusal[] = [];
  const refuse = (code: ProblemCode, message: string): number => refused.push({ code, message });
  const grant = `an operator can allow it: skillgate agent grant ${agent?.name} --all-of ${admitted.name}`;
  const notGranted =
    agent === undefined ? undefined : whyNotGranted(agent, admitted.name, admitted.version, now);
  if (notGranted !== undefined)
    refused.push({ code: 'plan-refused', message: notGranted, hint: grant });
  if (Object.keys(manifest.requires).length > 0)
    refuse('plan-refused', 'it requires other skills, which this version cannot give it');
  if (command.interpreter === undefined)
    refuse('plan-refused', `${command.file} is not TypeScript, JavaScript, Python or shell`);
  const lacking = hostPolicy.require.filter((requirement) => !sandbox.gives.includes(requirement));
  for (const one of lacking)
    refuse('sandbox-refused', `host policy requires ${one}, which this host cannot give`);
  return refused;
}
