/** Who requires which skill in a project, by skillgate.lock. Pure. */
import type { SkillName } from '../../../skills-index/skill/name.ts';
import type { Project } from '../../run/admission.ts';
import { type Lock, projectFileName, type WantedSkill } from '../lock.ts';
import { type Requirement, requirementsOf } from './choose-required.ts';

/** The requirements of installed skills on a skill. */
export function requirersOf(lock: Lock, name: SkillName): Requirement[] {
  return requirementsIn(lock).filter((one) => one.name === name);
}

/** All requirements of installed skills. */
export function requirementsIn(lock: Lock): Requirement[] {
  return [...lock].flatMap(([name, { requires = {}, version }]) =>
    requirementsOf({ name, version, requires }),
  );
}

/**
 * The requirements on a skill of the project itself and of installed skills.
 * @param besides skills whose requirements do not count
 */
export function standingOn(
  { file, lock }: Project,
  name: SkillName,
  besides: ReadonlySet<SkillName>,
): Requirement[] {
  const range = file.skills.get(name)?.range;
  const others = new Map([...lock].filter(([other]) => !besides.has(other)));
  return [
    ...(range === undefined ? [] : [{ name, range, by: projectFileName }]),
    ...requirersOf(others, name),
  ];
}

/**
 * The names that stay installed: those of skillgate.json, and what these require. A lock from
 * before requirements has names that nobody asks for; they stay.
 * @param gone names that are removed
 */
export function keptWithout({ file, lock }: Project, gone: ReadonlySet<SkillName>): Set<SkillName> {
  const required = new Set(requirementsIn(lock).map(({ name }) => name));
  const kept = new Set<SkillName>();
  const visit = (name: SkillName): void => {
    const locked = lock.get(name);
    if (locked === undefined || kept.has(name) || gone.has(name)) return;
    kept.add(name);
    for (const one of Object.keys(locked.requires ?? {}) as SkillName[]) visit(one);
  };
  for (const name of lock.keys()) if (file.skills.has(name) || !required.has(name)) visit(name);
  return kept;
}

/**
 * How a skill of the lock lies in the project. A skill that is only required lies where the agents
 * of the skills that require it look.
 */
export function wantedIn(project: Project, name: SkillName): WantedSkill {
  const own = project.file.skills.get(name);
  if (own !== undefined) return own;
  const users = [...project.file.skills].filter(([user]) => reaches(project.lock, user, name));
  const agents = [...new Set(users.flatMap(([, wanted]) => wanted.agents ?? []))].sort();
  return {
    range: '*',
    ...(agents.length === 0 ? {} : { agents }),
    ...(users.some(([, { copy }]) => copy === true) ? { copy: true } : {}),
  };
}

function reaches(lock: Lock, from: SkillName, to: SkillName): boolean {
  const seen = new Set<SkillName>([from]);
  for (const name of seen)
    for (const next of Object.keys(lock.get(name)?.requires ?? {}) as SkillName[]) seen.add(next);
  return from !== to && seen.has(to);
}
