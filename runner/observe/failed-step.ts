/** A step that the observation itself could not bring to its end. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { StepResult } from './step-sandbox.ts';
import type { ObservedStep, Persona } from './steps.ts';

/**
 * Runs a step. An error of one step, which the submission may have caused, loses no fact of others:
 * the step counts as ended early.
 * @throws Problem of the host, such as `sandbox-refused`
 */
export async function resultOrFailed<Of extends StepResult | undefined>(
  step: ObservedStep,
  persona: Persona,
  run: () => Promise<Of>,
): Promise<Of | StepResult> {
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
    };
  }
}
