/** One run, from an admitted version to its recorded end. */

import { randomUUID } from 'node:crypto';
import type { AuditSubject } from '../skills-index/run/audit-entry.ts';
import type { Plan } from '../skills-index/run/plan.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { prepareRun, runPrepared } from './run-prepared.ts';
import type { RunRequest, RunResult } from './run-request.ts';

/** Plans a run without starting it. */
export async function planSkill(request: RunRequest): Promise<{ readonly plan: Plan; readonly digest: Digest }> {
  const { host, plan, digest } = prepareRun(request);
  host.close();
  return { plan, digest };
}

/**
 * Runs a command of an admitted skill in a sandbox and returns when everything is gone again.
 * @throws Problem with the code of the plan's first refusal, `bundle-invalid`, `sandbox-missing`, `sandbox-refused`; each is recorded first
 */
export async function runSkill(request: RunRequest): Promise<RunResult> {
  const { name: skill, version, bundle } = request.skill.admitted;
  const subject: AuditSubject = { run: randomUUID(), agent: request.agent?.name ?? 'operator', skill, version, bundle };
  try {
    return await runPrepared(request, prepareRun(request), subject);
  } catch (cause) {
    const code = cause instanceof Problem ? cause.code : 'internal';
    request.audit.record(subject, { event: 'refused', code, why: (cause as Error).message });
    throw cause;
  }
}
