/** Who requires which skill in a project, by skillgate.lock. Pure. */
import type { SkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { compareVersions, isInRange, type Version } from '../../../skills-index/skill/version.ts';
import type { Project } from '../../run/admission.ts';
import { type Lock, projectFileName, type WantedSkill } from '../lock.ts';

/** Length of a chain of skills that require one another. */
export const requiredDepthMax = 10;

/** Skills that one skill requires, directly and through others. */
export const requiredSkillsMax = 100;

/** Versions that the choice of required skills tries before it gives up. */
const requiredStepsMax = 10_000;

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

// Chooses a version of each skill that a skill requires, directly or through others: one version of
// a name, so that all requirements on the name are met. Tries the locked version first, then the
// highest; a choice that leads nowhere is taken back.

/** What one skill demands of another. */
export interface Requirement {
  readonly name: SkillName;
  readonly range: string;
  /** For messages: `@acme/report@1.0.0`, or `skillgate.json`. */
  readonly by: string;
}

/** A version that the index of a skill offers. */
export interface OfferedVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly requires: Readonly<Record<SkillName, string>>;
  readonly advice?: { readonly yanked?: number };
}

interface RequiredWorld {
  /** The approved versions of a skill; none for an unknown skill. */
  offered(name: SkillName): Promise<readonly OfferedVersion[]>;
  /** The version in the lock. */
  locked(name: SkillName): Version | undefined;
  /**
   * The requirements on a skill that stand whatever is chosen: of the project, and of installed
   * skills whose version is not chosen anew.
   */
  standing(name: SkillName, chosen: ReadonlySet<SkillName>): readonly Requirement[];
  /** Whether admission has refused a version. */
  isRefused(name: SkillName, version: Version): boolean;
}

/** The requirements of a version. */
export function requirementsOf({
  name,
  version,
  requires,
}: Pick<OfferedVersion, 'name' | 'version' | 'requires'>): Requirement[] {
  const by = `${name}@${version}`;
  const entries = Object.entries(requires) as [SkillName, string][];
  return entries.map(([required, range]) => ({ name: required, range, by }));
}

/**
 * The required versions by their names, without the skill itself; each one stands behind a skill
 * that requires it.
 * @param root the skill to install, whose version is fixed
 * @throws Problem `requires-unmet` with the requirements that do not fit together, or when the
 * skill requires too many skills
 */
export async function chooseRequired(
  root: OfferedVersion,
  world: RequiredWorld,
): Promise<ReadonlyMap<SkillName, OfferedVersion>> {
  const search = new Search(root, world);
  const chosen = await search.extend({
    chosen: new Map([[root.name, root]]),
    open: requirementsOf(root).map((one) => ({ ...one, depth: 1 })),
  });
  if (chosen === undefined) throw search.failure();
  return new Map([...chosen].filter(([name]) => name !== root.name));
}

type Chosen = ReadonlyMap<SkillName, OfferedVersion>;

interface Draft {
  readonly chosen: Chosen;
  /** All requirements of the chosen versions, those that are met included. */
  readonly open: readonly (Requirement & { readonly depth: number })[];
}

class Search {
  readonly #root: OfferedVersion;
  readonly #world: RequiredWorld;
  #steps = 0;
  /** Why the first choice failed: it had the versions that a person would expect. */
  #first: Problem | undefined;

  constructor(root: OfferedVersion, world: RequiredWorld) {
    this.#root = root;
    this.#world = world;
  }

  failure(): Problem {
    return this.#first ?? this.#unmet('no choice of versions meets every requirement', []);
  }

  async extend({ chosen, open }: Draft): Promise<Chosen | undefined> {
    const next = open.find(({ name }) => !chosen.has(name));
    if (next === undefined) return this.#isBroken(chosen, open) ? undefined : chosen;
    if (chosen.size > requiredSkillsMax || next.depth > requiredDepthMax) {
      const most = `${requiredSkillsMax} skills, ${requiredDepthMax} deep`;
      throw this.#unmet(`it requires more than ${most}`, [`${next.by} requires ${next.name}`]);
    }
    const { name } = next;
    const standing = this.#world.standing(name, new Set(chosen.keys()));
    const all = [...open.filter((one) => one.name === name), ...standing];
    const offered = await this.#world.offered(name);
    for (const one of this.#candidates(offered, all)) {
      if (++this.#steps > requiredStepsMax)
        throw this.#unmet('too many combinations of versions were tried', []);
      const added = requirementsOf(one).map((each) => ({ ...each, depth: next.depth + 1 }));
      const more = { chosen: new Map([...chosen, [name, one]]), open: [...open, ...added] };
      if (this.#isBroken(more.chosen, added)) continue;
      const found = await this.extend(more);
      if (found !== undefined) return found;
    }
    this.#first ??= this.#unmet(whyNone(name, offered, all), all.map(describe));
    return undefined;
  }

  #candidates(
    offered: readonly OfferedVersion[],
    all: readonly Requirement[],
  ): readonly OfferedVersion[] {
    const locked = offered[0] && this.#world.locked(offered[0].name);
    const rank = ({ version }: OfferedVersion): number => Number(version === locked);
    return offered
      .filter(({ advice, version }) => advice?.yanked === undefined || version === locked)
      .filter(({ name, version }) => !this.#world.isRefused(name, version))
      .filter(({ version }) => all.every(({ range }) => isInRange(version, range)))
      .sort((a, b) => rank(b) - rank(a) || compareVersions(b.version, a.version));
  }

  // A requirement on a version that was chosen before.
  #isBroken(chosen: Chosen, requirements: readonly Requirement[]): boolean {
    const broken = requirements.find(({ name, range }) => {
      const version = chosen.get(name)?.version;
      return version !== undefined && !isInRange(version, range);
    });
    if (broken === undefined) return false;
    const version = chosen.get(broken.name)?.version;
    const what = `the versions that fit otherwise include ${broken.name}@${version}`;
    this.#first ??= this.#unmet(what, [describe(broken)]);
    return true;
  }

  #unmet(what: string, reasons: readonly string[]): Problem {
    const { name, version } = this.#root;
    return new Problem('requires-unmet', `Cannot install ${name}@${version}: ${what}`, {
      reasons: reasons.map((message) => ({ message })),
    });
  }
}

function describe({ by, name, range }: Requirement): string {
  return `${by} requires ${name}@${range}`;
}

function whyNone(
  name: SkillName,
  offered: readonly OfferedVersion[],
  all: readonly Requirement[],
): string {
  if (offered.length === 0) return `the registry has no approved version of ${name}`;
  const fits = offered.filter(({ version }) => all.every(({ range }) => isInRange(version, range)));
  if (fits.length > 0)
    return `every version of ${name} that fits is yanked, stopped or lacks skills of its own: ${fits.map(({ version }) => version).join(', ')}`;
  return `no version of ${name} meets every requirement; the registry has ${offered.map(({ version }) => version).join(', ')}`;
}
