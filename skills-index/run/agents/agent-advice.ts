/**
 * Advice for an agent after a refusal. The advice never names a command that only a person may use,
 * because an agent must not learn how a person answers.
 */
import type { Problem } from '../../skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../skill/problem-codes.ts';

const asksPerson =
  'tell the person you work for: an agent cannot do this, and trying again does not help';

const advice: Readonly<Partial<Record<ProblemCode, string>>> = {
  'hold-unsupported': asksPerson,
  'hold-waiting':
    'tell the person you work for that this hold waits, go on with something else, and call again later: the answer says whether a person allowed the skill',
  'hold-denied': 'go on without this action: a person denied the action',
  'hold-expired':
    'nobody answered in time: tell the person you work for, and go on with something else',
  'breaker-open': asksPerson,
};

// Commands and files of the operator. A hint that names such a command or file is meant for the
// operator, so the agent gets other advice.
const isForOperator =
  /\bskill(gate)?( --)? (agent|hold|key|secret|changes|registry|member|scope|review|doctor|log)\b|\bhost\.json\b/;

export function adviceForAgent({ code, hint }: Pick<Problem, 'code' | 'hint'>): string {
  const text = advice[code] ?? hint ?? problemCodes[code].fix;
  return isForOperator.test(text) ? asksPerson : text;
}
