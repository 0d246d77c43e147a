/** A failure with several next steps, which text prints a line each. */
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';

export class SteppedProblem extends Problem {
  readonly steps: readonly string[];

  constructor(
    code: ProblemCode,
    message: string,
    { reasons, steps }: { readonly reasons: readonly Reason[]; readonly steps: readonly string[] },
  ) {
    super(code, message, { reasons, hint: steps.join('. ') });
    this.steps = steps;
  }
}
