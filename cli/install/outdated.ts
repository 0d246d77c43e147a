/** `skillgate list --outdated`: newer approved versions of installed skills. Changes nothing. */

import { join } from 'node:path';
import { compare } from 'semver';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { openSkill } from '../../runner/admission/catalogue.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { openHouse } from '../../runner/package-store/open-house.ts';
import {
  type LockDetail,
  parseLockDetails,
} from '../../skills-index/packages/locks/lock-details.ts';
import { parseLock } from '../../skills-index/packages/require-locked.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../skills-index/skill/problem-codes.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { choosePackages, lockedOf } from '../packages/fetch-packages.ts';
import { diskStore } from '../registries/carry-memory.ts';
import {
  type AdmissionWorld,
  askAdmission,
  type Project,
  projectAt,
  questionOf,
} from '../run/admission.ts';
import { answer, count, inkFor, joined, type Safe, safe, table } from '../terminal/output.ts';
import {
  type InstalledSkill,
  installedSkills,
  namedSkills,
  nothingInstalled,
} from './installed-skills.ts';
import { whyNotAdmitted } from './locked-version.ts';
import { isUnanswered, requireAnswered } from './registry-answered.ts';

interface Newer {
  readonly name: SkillName;
  readonly installed: Version;
  /** The newest approved version in the range of skillgate.json. */
  readonly inRange?: Version;
  /** The newest approved version. */
  readonly newest?: Version;
  /**
   * Why this host admits no version, or admits the installed version no longer, or why nobody knows
   * of a newer one.
   */
  readonly why?: string;
  /** The code of the error where no version was found. */
  readonly code?: ProblemCode;
  /** The next step, for people. */
  readonly next?: string | undefined;
}

export async function showOutdated(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  const world = { ...context, verified: new VerifiedStatements() };
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  const all: Newer[] = [];
  for (const skill of namedSkills(project, 'look for a newer version of', context.args))
    all.push(await newerThan(world, project, policy, skill));
  const skills = all.filter(
    ({ installed, inRange, newest, why }) =>
      why !== undefined ||
      [inRange, newest].some((one) => one !== undefined && compare(one, installed) > 0),
  );
  const checked = all.length;
  answer(context, { schema: 'skillgate.outdated/1', checked, skills }, () => {
    if (checked === 0) return nothingInstalled(project);
    if (skills.length === 0)
      return safe`No newer version is approved for ${count(checked, 'installed skill')}.`;
    const ink = inkFor(context.stdout, context.env);
    const rows = skills.map((skill) => [
      ink.bold(skill.name),
      skill.installed,
      skill.why ?? (isUpdate(skill) ? `→ ${skill.inRange}` : 'is the newest in the range'),
      skill.newest === undefined || skill.newest === skill.inRange
        ? ''
        : `newest approved: ${skill.newest}`,
    ]);
    return joined([table(rows), ...nextSteps(skills)], '\n');
  });
  return skills.some(({ code }) => code !== undefined && isUnanswered({ code }))
    ? exitCodes.network
    : exitCodes.ok;
}

function isUpdate({ installed, inRange, why }: Newer): boolean {
  return why === undefined && inRange !== undefined && compare(inRange, installed) > 0;
}

// `skillgate update` refuses a skill whose version was stopped, so the line names no update then.
function nextSteps(skills: readonly Newer[]): Safe[] {
  const updates = skills.some(isUpdate) ? [safe`→ update within the ranges: skillgate update`] : [];
  const steps = new Set(skills.flatMap(({ next }) => (next === undefined ? [] : [next])));
  return [...updates, ...[...steps].map((step) => safe`→ ${step}`)];
}

async function newerThan(
  context: CommandContext & AdmissionWorld,
  project: Project,
  hostPolicy: HostPolicy,
  { name, locked, wanted }: InstalledSkill,
): Promise<Newer> {
  const about = { name, installed: locked.version };
  const newestIn = async (range: string): Promise<Version> => {
    const found = await askAdmission(context, questionOf(project, hostPolicy, { name, range }));
    requireAnswered(found, name);
    return requireAdmitted(found.admission, name).version;
  };
  try {
    const newest = await newestIn('*');
    const inRange = wanted.range === '*' ? newest : await newestIn(wanted.range);
    // A range passes over an installed version that was stopped, and an older one is not newer.
    const why =
      compare(newest, locked.version) < 0
        ? await whyNotAdmitted(context, project, hostPolicy, { name, version: locked.version })
        : undefined;
    if (why === undefined) return { ...about, inRange, newest };
    return { ...about, inRange, newest, why, next: `skillgate install ${name}@${newest}` };
  } catch (problem) {
    if (!(problem instanceof Problem) || context.signal.aborted) throw problem;
    const { code, message, hint = problemCodes[code].fix } = problem;
    return { ...about, why: message, code, next: asCalled(hint) };
  }
}

// Which packages the installed skills of a project use, as their locks say.

interface SkillPackages {
  readonly skill: SkillName;
  readonly packages: readonly Pick<LockDetail, 'ecosystem' | 'name' | 'version'>[];
  /** What the skill's locks say about the packages. */
  readonly details: readonly LockDetail[];
}

interface ProjectPackages {
  readonly skills: readonly SkillPackages[];
  /** Skills whose packages cannot be read here, and why. */
  readonly unread: readonly { readonly skill: SkillName; readonly why: string }[];
}

/** Reads the verified files in the cache, and asks no registry. */
export async function projectPackages(
  context: CommandContext,
  project: Project,
): Promise<ProjectPackages> {
  const skills: SkillPackages[] = [];
  const unread: { skill: SkillName; why: string }[] = [];
  for (const installed of installedSkills(project))
    try {
      skills.push(await packagesOf(context, installed));
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      unread.push({ skill: installed.name, why: cause.message });
    }
  return { skills, unread };
}

async function packagesOf(
  context: CommandContext,
  { locked, name }: InstalledSkill,
): Promise<SkillPackages> {
  // Blobs have their names by their digests, so those of all registries lie in one folder.
  const store = diskStore(context.paths, locked.bundle);
  const opened = await openSkill(locked.bundle, async (digest) => {
    const bytes = await store.get(digest);
    if (bytes !== undefined) return bytes;
    throw new Problem('not-found', 'the cache has lost its files');
  });
  const manifest = parseManifest(await opened.read('skill.json'));
  const chosen = choosePackages(context, manifest, 'audit');
  const used: SkillPackages['packages'][number][] = [...lockedOf(context, chosen)];
  const details: LockDetail[] = [];
  for (const ecosystem of ecosystems) {
    const path = manifest.packages?.[ecosystem]?.lock;
    if (path === undefined) continue;
    const bytes =
      path === houseWord ? openHouse(context.paths).readLock(ecosystem) : await opened.read(path);
    if (bytes === undefined) continue;
    if (path !== houseWord) used.push(...parseLock(ecosystem, bytes, path));
    details.push(...parseLockDetails(ecosystem, bytes));
  }
  return { skill: name, packages: used, details };
}
