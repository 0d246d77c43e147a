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

/**
 * Requires that this host can observe. A submission can make each of its steps fail, and its
 * observation has to say so. So where all failed, a step without its files tells whose fault it is.
 * @param runEmptyStep gives undefined when its time was up before the step began
 * @throws Problem `sandbox-refused` where that step fails as well
 */
export async function requireObservingHost(
  results: readonly StepResult[],
  runEmptyStep: () => Promise<unknown>,
): Promise<void> {
  if (results.length === 0 || results.some(({ end }) => end !== 'failed')) return;
  try {
    if ((await runEmptyStep()) === undefined)
      throw new Error('an empty step did not begin in time');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('sandbox-refused', `This host could observe no step: ${why}`);
  }
}
