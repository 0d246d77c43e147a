/** What could be had instead of a version that is refused. */
import * as admission from '../../runner/admission/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import {
  type AdmissionAnswer,
  type AdmissionWorld,
  askAdmission,
  type Question,
} from './admission.ts';

/**
 * The admitted version; a refusal says besides which version of the skill would be admitted, when
 * there is one.
 * @param found the answer to the question
 * @throws Problem as `requireAdmitted`
 */
export async function requireAdmittedOrName(
  world: AdmissionWorld,
  question: Question,
  found: AdmissionAnswer,
): Promise<Admitted> {
  try {
    return admission.requireAdmitted(found.admission, question.name);
  } catch (problem) {
    const instead = question.range === '*' ? undefined : await newestAdmitted(world, question);
    // The very version that was refused, because the lock says otherwise, is no way out.
    if (
      !(problem instanceof Problem) ||
      instead === undefined ||
      instead.version === question.range
    )
      throw problem;
    const { name, version } = instead;
    throw new Problem(problem.code, problem.message, {
      reasons: problem.reasons,
      hint: `${version} is approved: skillgate install ${name}@${version}`,
    });
  }
}

async function newestAdmitted(
  world: AdmissionWorld,
  question: Question,
): Promise<Admitted | undefined> {
  try {
    const { decision } = (await askAdmission(world, { ...question, range: '*' })).admission;
    return decision.kind === 'admitted' ? decision : undefined;
  } catch {
    world.signal.throwIfAborted();
    return undefined;
  }
}
