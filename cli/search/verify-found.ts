/**
 * Verifies the skills that a search of a registry found, each as an installation would: the lines
 * of the index, the statements, the approvals and the stops. No file of the skills is fetched but
 * SKILL.md and skill.json, which come with the evidence.
 */
import * as admission from '../../runner/admission/public.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { type Need, needsOf, needWords } from '../../skills-index/skill/needs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { registryOf } from '../registries/registries.ts';
import { type AdmissionWorld, askAdmission, type Project, questionOf } from '../run/admission.ts';

/** A skill as `skillgate install` would install it now. Every field was signed and verified. */
export interface VerifiedSkill {
  readonly admitted: Admitted;
  /** About this version: deprecated, or verified with kept evidence. */
  readonly notes: readonly string[];
}

/** A result that is not shown. */
export interface UnverifiedResult {
  readonly name: SkillName;
  readonly why: string;
}

export interface CheckedResults {
  readonly skills: readonly VerifiedSkill[];
  readonly leftOut: readonly UnverifiedResult[];
}

/** Where the names come from, and what the host demands of their skills. */
export interface SearchTerms {
  /** The registry that found the names. */
  readonly base: string;
  readonly without: readonly Need[];
  readonly project: Project;
  readonly hostPolicy: HostPolicy;
}

/**
 * Verifies skills one after the other: each leaves behind evidence that the next needs, too.
 * @throws Problem `interrupted`
 */
export async function verifyFound(
  world: AdmissionWorld,
  names: readonly SkillName[],
  terms: SearchTerms,
): Promise<CheckedResults> {
  const asking = { ...world, verified: world.verified ?? new VerifiedStatements() };
  const skills: VerifiedSkill[] = [];
  const leftOut: UnverifiedResult[] = [];
  for (const name of names) {
    try {
      skills.push(await verifyOne(asking, name, terms));
    } catch (problem) {
      if (!(problem instanceof Problem) || world.signal.aborted) throw problem;
      leftOut.push({ name, why: problem.message });
    }
  }
  return { skills, leftOut };
}

/** @throws Problem why an installation would refuse the skill, or what the person did not want */
async function verifyOne(
  world: AdmissionWorld,
  name: SkillName,
  { base, without, project, hostPolicy }: SearchTerms,
): Promise<VerifiedSkill> {
  const own = registryOf(world, scopeOf(name), project.file.registries);
  // Another registry is not asked: its operator would learn what this one knows.
  if (own.base !== base)
    throw new Problem(
      'not-admitted',
      `Cannot take ${name} from ${base}: this host looks up @${scopeOf(name)} at ${own.base}`,
    );
  const found = await askAdmission(world, questionOf(project, hostPolicy, { name, range: '*' }));
  const admitted = admission.requireAdmitted(found.admission, name);
  const unwanted = needsOf(admitted.capabilities).filter((need) => without.includes(need));
  if (unwanted.length > 0)
    throw new Problem(
      'not-admitted',
      `Cannot show ${name}: the skill asks for ${unwanted.map((need) => needWords[need]).join(' and ')}`,
    );
  return { admitted, notes: found.admission.notes };
}
