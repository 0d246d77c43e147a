/** Whether a registry answered, where kept evidence is no answer: nothing there is newer. */
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { exitCodes } from '../command.ts';
import type { AdmissionAnswer } from '../run/admission.ts';

/** @throws Problem `registry-down` where the evidence is what this host kept */
export function requireAnswered(
  { admission, registry }: AdmissionAnswer,
  name: SkillName,
): undefined {
  if (admission.input.olderProofs !== true) return undefined;
  const [why = `${registry.base} does not answer`] = admission.notes;
  throw new Problem('registry-down', `Cannot look for a newer version of ${name}: ${why}`);
}

/** Whether nobody knows the answer, because the registry gave none that is valid. */
export function isUnanswered({ code }: Pick<Problem, 'code'>): boolean {
  return problemCodes[code].exit === exitCodes.network;
}
