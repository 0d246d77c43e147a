/** A step that the observation itself could not bring to its end. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { StepResult } from './step-sandbox.ts';
import type { ObservedStep, Persona } from './steps.ts';

/** A step that an error of this host or of the submission ended. */
interface FailedStep extends StepResult {
  readonly failure: string;
}

/**
 * Runs a step. An error of one step, which the submission may have caused, loses no fact of others:
 * the step counts as ended early.
 * @throws Problem of the host, such as `sandbox-refused`
 */
export async function resultOrFailed<Of extends StepResult | undefined>(
  step: ObservedStep,
  persona: Persona,
  run: () => Promise<Of>,
): Promise<Of | FailedStep> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    return {
      step,
      persona,
      contacts: [],
      overflowed: false,
      reports: [],
      changed: [],
      unlisted: false,
      leftBehind: [],
      end: 'failed',
      code: undefined,
      output: '',
      failure: cause instanceof Error ? cause.message : String(cause),
    };
  }
}

/**
 * Requires that the host brought at least one step to its end. Where none ended, nothing was seen,
 * and the reason is more likely the host than the submission.
 * @throws Problem `sandbox-refused`
 */
export function requireSomeStep(results: readonly StepResult[]): void {
  const [first] = results;
  if (first === undefined || results.some(({ end }) => end !== 'failed')) return;
  const why = 'failure' in first ? String(first.failure) : 'no reason given';
  throw new Problem('sandbox-refused', `This host could observe no step: ${why}`);
}
