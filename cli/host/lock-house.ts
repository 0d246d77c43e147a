/**
 * Chooses versions for the house's packages of one ecosystem, and stores the packages, so that
 * starts fetch nothing. A trial chooses only.
 */
import * as packages from '../../runner/package-store/public.ts';
import { chooseFromHouse, type HouseGroup } from '../../skills-index/packages/house.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { Pin } from '../../skills-index/packages/locks/other-locks.ts';
import { lockedEntries, parseLock } from '../../skills-index/packages/require-locked.ts';
import { hasReadableVersions } from '../../skills-index/packages/unmet-requirements.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { storePackages } from '../packages/fetch-packages.ts';
import { requireAllowedHouse } from '../packages/house-packages.ts';
import { resolveWithout, type SkillLock } from '../packages/lock-skill.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import { readPolicy } from './change.ts';

/**
 * @param requires what the operator asks for: `pandas>=2`
 * @param before the present lock, whose versions stay where that is possible; undefined to choose
 * all versions anew
 * @param isTrial whether to store no package; the stored packages say what they need, so the entry
 * of a trial lacks `needs`
 * @returns the new entry of house.json, and the text of the lock file
 * @throws Problem `package-unresolved`, `package-malicious`, `package-vulnerable`, and others of
 * `readyPackages`
 */
export async function lockHouse(
  context: CommandContext,
  ecosystem: Ecosystem,
  requires: readonly string[],
  before: HouseGroup | undefined,
  isTrial: boolean,
): Promise<{ readonly group: HouseGroup; readonly text: string }> {
  printNote(
    context,
    safe`Choosing versions for ${count(requires.length, 'package')} of ${ecosystem} …`,
  );
  const {
    notes,
    packages: locked,
    text = '',
  } = await resolve(context, ecosystem, requires, before);
  for (const note of notes) printNote(context, safe`note: ${note}`);
  const policy = readPolicy(context);
  requireAllowed(context, policy, locked);
  if (isTrial) return { group: { requires, locked: lockedEntries(locked), needs: {} }, text };
  // All packages together are one set, so packages that clash are refused here and at no start.
  await storePackages(context, policy, locked);
  const opened = packages.openHouse(context.paths);
  const needs = opened.needs(ecosystem, locked, text);
  const group = { requires, locked: lockedEntries(locked), needs };
  requireMet(ecosystem, group, opened.isMarked());
  return { group, text };
}

/**
 * The name of the package in a requirement.
 * @throws Problem `usage` for what is no package with versions
 */
export function nameIn(ecosystem: Ecosystem, requirement: string): string {
  const name = requiredName(ecosystem, requirement);
  // Otherwise pip names a line of a file that nobody wrote.
  const isReadable = ecosystem === 'npm' || hasReadableVersions(requirement);
  if (name !== undefined && isReadable) return name;
  const example = ecosystem === 'python' ? 'pandas>=2' : 'docx@^9';
  const isPin = ecosystem === 'python' && /^[^<>=!~]+=[^=]+$/.test(requirement);
  throw new Problem(
    'usage',
    `${JSON.stringify(requirement)} is not a package with versions such as ${example}; addresses, paths and git are refused`,
    isPin ? { hint: `write one version with ==: ${requirement.replace('=', '==')}` } : {},
  );
}

// A new package leaves the versions of the others as they are, where the new one allows it.
async function resolve(
  context: CommandContext,
  ecosystem: Ecosystem,
  all: readonly string[],
  before: HouseGroup | undefined,
): Promise<SkillLock> {
  const known = before?.requires ?? [];
  const changed = all.filter((one) => !known.includes(one)).map((one) => nameIn(ecosystem, one));
  const kept = [...pinsOf(context, ecosystem, before)].filter(([name]) => !changed.includes(name));
  const resolved = async (pins: ReadonlyMap<string, Pin>): Promise<SkillLock> =>
    (await resolveWithout(context, { ecosystem, all, pins }, { isForThisHost: true }, [])).lock;
  const isUnresolved = (cause: unknown): cause is Problem =>
    cause instanceof Problem && cause.code === 'package-unresolved';
  try {
    return await resolved(new Map(kept)).catch(async (cause: unknown) => {
      if (!isUnresolved(cause) || kept.length === 0) throw cause;
      const found = await resolved(new Map());
      printNote(
        context,
        safe`note: the new packages need other versions of packages that are there`,
      );
      return found;
    });
  } catch (cause) {
    if (!isUnresolved(cause)) throw cause;
    const hint =
      context.args[0] === 'update'
        ? 'Ask for other versions: skillgate host packages add'
        : 'Check the names and the versions of the packages. What this host has: skillgate host packages list';
    throw new Problem(cause.code, cause.message, { reasons: cause.reasons, hint, cause });
  }
}

// pip only warns of an extra that the chosen version lacks, and every skill would be refused.
function requireMet(
  ecosystem: Ecosystem,
  group: HouseGroup,
  isMarked: (marker: string) => boolean,
): void {
  const { requires } = group;
  try {
    const by = 'this host asks for';
    chooseFromHouse(group, { verb: 'choose packages', by, ecosystem, requires, isMarked });
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'package-not-in-house') throw cause;
    throw new Problem('package-unresolved', cause.message, {
      reasons: cause.reasons,
      hint: 'Ask for other versions or extras: skillgate host packages add',
      cause,
    });
  }
}

function pinsOf(
  { paths }: CommandContext,
  ecosystem: Ecosystem,
  before: HouseGroup | undefined,
): ReadonlyMap<string, Pin> {
  if (before === undefined || ecosystem === 'npm') return new Map();
  const opened = packages.openHouse(paths);
  const path = opened.lockPath(ecosystem);
  const bytes = opened.readLock(ecosystem);
  const locked = bytes === undefined ? [] : parseLock(ecosystem, bytes, path);
  const isAlone = ({ name }: LockedPackage) =>
    locked.filter((one) => one.name === name).length === 1;
  return new Map(
    locked
      .filter(isAlone)
      .map(({ files, name, version }) => [
        name,
        { version, path, hashes: new Set(files.map(({ hash }) => hash)) },
      ]),
  );
}

function requireAllowed(
  context: CommandContext,
  policy: HostPolicy,
  locked: readonly LockedPackage[],
): void {
  const [verb] = context.args;
  const purpose = `${verb === 'add' || verb === 'update' ? verb : 'choose'} the packages`;
  requireAllowedHouse(context, policy, locked, purpose, true);
}
