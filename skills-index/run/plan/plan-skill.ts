/**
 * Plans a run: what a reviewer approved, the operator granted to this agent, and this host allows.
 * The plan is pure data, and people can read the plan before the run.
 */

import type { Digest } from '../../skill/digest.ts';
import type { ProblemCode } from '../../skill/problem-codes.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { grantLine, whyNotGranted } from '../agents/agent.ts';
import { plannedHolds } from '../holds/hold-state.ts';
import type { HostPolicy } from './host-policy.ts';
import type { Plan, Refusal } from './plan.ts';
import { egressRequestsPerMinuteMax, egressRunBytesMax } from './plan.ts';
import { type Draft, planCapabilities, planOwner } from './plan-capabilities.ts';
import type { PlanInput } from './plan-input.ts';

/** Bytes that a run may write to stdout and stderr together. */
export const outputBytesMax = 8 * 1024 * 1024;

export const processesMax = 256;

/**
 * Sizes of `/tmp` and HOME of a run, and MiB that a run may change in one folder. Host policy may
 * name others.
 */
export const runSizes = { temporaryMiB: 256, homeMiB: 64, changesMiB: 200 };

/**
 * Returns the traffic limits of the product, narrowed by host policy. Host policy never widens
 * these limits.
 */
export function planEgressLimits({ egress }: HostPolicy): Plan['egressLimits'] {
  return {
    requestsPerMinute: Math.min(
      egress.requestsPerMinute ?? egressRequestsPerMinuteMax,
      egressRequestsPerMinuteMax,
    ),
    sentBytes: Math.min(egress.sentBytes ?? egressRunBytesMax, egressRunBytesMax),
  };
}

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
    base: [],
    packages: [],
    leftOut: [],
    refused: refusalsOfRun(input),
  };
  planCapabilities(draft, input);
  const who = { agent: agent?.name ?? 'operator', skill: admitted };
  const plan: Plan = {
    schema: 'skillgate.plan/1',
    skill: { name: admitted.name, version: admitted.version, bundle: admitted.bundle },
    agent: agent?.name ?? 'operator',
    command: { ...command, interpreter: command.interpreter ?? 'none' },
    backend: sandbox.name,
    ...planOwner(draft, input),
    workingDirectory: draft.mounts[0]?.target ?? '/tmp',
    limits: {
      ...manifest.limits,
      outputBytes: outputBytesMax,
      processes: processesMax,
      ...runSizes,
      ...input.hostPolicy.sizes,
    },
    egressLimits: planEgressLimits(input.hostPolicy),
    ...draft,
    holds: plannedHolds({ ...who, ...draft }, input.hostPolicy),
  };
  return { plan, digest: canonicalDigest(plan) };
}

function refusalsOfRun({
  admitted,
  agent,
  command,
  hostPolicy,
  now,
  sandbox,
}: PlanInput): Refusal[] {
  const refused: Refusal[] = [];
  const refuse = (code: ProblemCode, message: string): number => refused.push({ code, message });
  const { name, version } = admitted;
  const notGranted = agent && whyNotGranted(agent, name, version, now);
  if (agent !== undefined && notGranted !== undefined)
    refused.push({
      code: 'plan-refused',
      message: notGranted,
      hint: `an operator can allow it: ${grantLine(agent, `--all-of ${name}`)}`,
    });
  if (command.interpreter === undefined)
    refuse(
      'plan-refused',
      `${command.file} is not TypeScript, JavaScript, Python, shell or PowerShell`,
    );
  if (command.scratch === true && sandbox.name !== 'bubblewrap')
    refuse(
      'sandbox-refused',
      `the backend ${sandbox.name} cannot give a writable copy of the skill's folder ("scratch"), the backend bubblewrap can`,
    );
  const lacking = hostPolicy.require.filter((requirement) => !sandbox.gives.includes(requirement));
  for (const one of lacking)
    refuse(
      'sandbox-refused',
      `host policy requires ${one}, which the sandbox on this host does not have`,
    );
  return refused;
}
