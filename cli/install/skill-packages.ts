/** Which packages the installed skills of a project use, as their locks say. */
import * as admission from '../../runner/admission/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import {
  type LockDetail,
  parseLockDetails,
} from '../../skills-index/packages/locks/lock-details.ts';
import { parseLock } from '../../skills-index/packages/require-locked.ts';
import { ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { choosePackages, lockedOf } from '../packages/house-packages.ts';
import { diskStore } from '../registries/disk-store.ts';
import type { Project } from '../run/admission.ts';
import { type InstalledSkill, installedSkills } from './installed-skills.ts';

export interface SkillPackages {
  readonly skill: SkillName;
  readonly packages: readonly Pick<LockDetail, 'ecosystem' | 'name' | 'version'>[];
  /** What the skill's locks say about the packages. */
  readonly details: readonly LockDetail[];
}

export interface ProjectPackages {
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
  const opened = await admission.openSkill(locked.bundle, async (digest) => {
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
      path === houseWord
        ? packages.openHouse(context.paths).readLock(ecosystem)
        : await opened.read(path);
    if (bytes === undefined) continue;
    if (path !== houseWord) used.push(...parseLock(ecosystem, bytes, path));
    details.push(...parseLockDetails(ecosystem, bytes));
  }
  return { skill: name, packages: used, details };
}
