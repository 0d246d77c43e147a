/**
 * Makes the packages of a skill ready on this host, outside the sandbox: fetches what the store of
 * this host lacks, with a line of progress, and says what was stored.
 */

import { backendOf } from '../../runner/backends/backends.ts';
import { requireAllowedPackages } from '../../runner/package-store/audit-packages.ts';
import { openHouse } from '../../runner/package-store/open-house.ts';
import { readyPackages } from '../../runner/package-store/ready-packages.ts';
import { chooseFromHouse, type HousePackage } from '../../skills-index/packages/house.ts';
import { type LockedPackage, lockedKeys } from '../../skills-index/packages/locked-package.ts';
import { packageSetKey } from '../../skills-index/packages/package-set.ts';
import {
  type FileOf,
  lockedEntries,
  parseLock,
  requireLocked,
} from '../../skills-index/packages/require-locked.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type Ecosystem, ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { parseLockedEntry } from '../../skills-index/skill/manifest-packages.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import { packagePolicy } from './report-on-package.ts';

/** A skill whose packages are fetched. */
export interface PackagesOfSkill {
  /** Begins messages: `install @acme/report`. */
  readonly verb: string;
  readonly manifest: Pick<Manifest, 'packages'>;
  readonly fileOf: FileOf;
  readonly hostPolicy: HostPolicy;
}

/**
 * @returns the packages of the house that the skill gets
 * @throws Problem of the locks, of the house and of `readyPackages`
 */
export async function fetchPackages(
  context: CommandContext,
  { fileOf, hostPolicy, manifest, verb }: PackagesOfSkill,
): Promise<ChosenPackages> {
  const own = requireLocked(verb, manifest, fileOf);
  // A skill runs on Linux, and a house belongs to the host that runs it.
  const chosen = process.platform === 'linux' ? choosePackages(context, manifest, verb) : {};
  const ofHouse = lockedOf(context, chosen);
  const locked = [...own, ...ofHouse];
  if (locked.length === 0) return chosen;
  requireAllowedPackages(packagePolicy(context, hostPolicy), own, verb);
  requireAllowedHouse(context, hostPolicy, ofHouse, verb);
  if (process.platform !== 'linux') {
    printNote(
      context,
      safe`note: the packages of the skill are fetched on the Linux host that runs the skill`,
    );
    return chosen;
  }
  const ready = await storePackages(context, hostPolicy, locked);
  if (ready.fetched > 0)
    printNote(
      context,
      safe`note: fetched ${count(ready.fetched, 'package')} from ${ready.from.join(' and ')}; nobody scanned their code, which sees what the skill sees`,
    );
  for (const { bytes, ecosystem, native, packages: list } of ready.sets)
    printNote(
      context,
      safe`note: ${count(list.length, 'package')} of ${ecosystem}, ${Math.ceil(bytes / 1_000_000)} MB, ${count(native, 'file')} of machine code`,
    );
  return chosen;
}

/**
 * Fetches what the store of this host lacks, with a line of progress, and prints the notes.
 * @throws Problem of `readyPackages`
 */
export async function storePackages(
  context: CommandContext,
  hostPolicy: HostPolicy,
  locked: readonly LockedPackage[],
): ReturnType<typeof readyPackages> {
  let progress: Progress | undefined;
  const ready = await readyPackages({
    data: context.paths.data,
    packages: locked,
    hostPolicy,
    network: {
      fetch: context.fetch,
      signal: context.signal,
      offline: context.options.offline === true,
    },
    sandbox: () => backendOf(hostPolicy),
    onProgress: ({ file, stored, total }) => {
      progress ??= startProgress(context, total, 'packages');
      if (stored) progress.step(file);
    },
  }).finally(() => progress?.end());
  for (const note of ready.notes) printNote(context, safe`note: ${note}`);
  return ready;
}

// What a skill gets of the house's packages: chosen at its installation and at each start, from the
// lock that the operator of this host has then.

export type ChosenPackages = Readonly<Partial<Record<Ecosystem, readonly HousePackage[]>>>;

type World = Pick<CommandContext, 'paths'>;
type PolicyWorld = Parameters<typeof packagePolicy>[0];
type FetchingWorld = Pick<CommandContext, 'fetch' | 'paths' | 'signal'>;

/**
 * Chooses the house's packages for a skill; nothing for a skill with locks of its own.
 * @param verb begins messages: `install @acme/report`
 * @throws Problem `package-not-in-house`, `host-policy-invalid`
 */
export function choosePackages(
  { paths }: World,
  { packages: groups = {} }: Pick<Manifest, 'packages'>,
  verb: string,
): ChosenPackages {
  const wanted = ecosystems.flatMap((ecosystem) => {
    const group = groups[ecosystem];
    return group?.lock === houseWord ? [{ ecosystem, requires: group.requires }] : [];
  });
  if (wanted.length === 0) return {};
  const opened = openHouse(paths);
  const house = opened.read();
  const isMarked = opened.isMarked();
  return Object.fromEntries(
    wanted.map(({ ecosystem, requires }) => [
      ecosystem,
      chooseFromHouse(house[ecosystem], {
        verb,
        ecosystem,
        requires,
        by: 'skill.json requires',
        isMarked,
      }),
    ]),
  );
}

/**
 * The entries of the house's locks for chosen packages.
 * @throws Problem `host-policy-invalid` when a lock differs from house.json
 */
export function lockedOf({ paths }: World, chosen: ChosenPackages): LockedPackage[] {
  const opened = openHouse(paths);
  return ecosystems.flatMap((ecosystem) => {
    const keys = new Set(chosen[ecosystem]?.map(({ key }) => key));
    // A broken house.json must not stop a skill that uses nothing of the house.
    if (keys.size === 0) return [];
    const { [ecosystem]: group } = opened.read();
    const path = opened.lockPath(ecosystem);
    const locked = parseLock(ecosystem, opened.readLock(ecosystem) ?? new Uint8Array(), path);
    if (canonicalJson(lockedEntries(locked)) !== canonicalJson(group?.locked ?? {}))
      throw new Problem(
        'host-policy-invalid',
        `Cannot use ${path}: it differs from ${opened.file}`,
        {
          hint: `Find out who changed the file. Then choose versions anew: skillgate host packages update`,
        },
      );
    return [...lockedKeys(locked)].flatMap(([key, one]) => (keys.has(key) ? [one] : []));
  });
}

/**
 * @param isChange whether the operator chooses versions now, and does not start a skill
 * @throws Problem `package-malicious`, `package-vulnerable` with the operator's next step: no
 * author chose these versions
 */
export function requireAllowedHouse(
  world: PolicyWorld,
  hostPolicy: HostPolicy,
  used: readonly Pick<HousePackage, 'ecosystem' | 'name' | 'version'>[],
  verb: string,
  isChange = false,
): void {
  requireAllowedPackages(packagePolicy(world, hostPolicy), used, verb, (first) => {
    const { ecosystem, id, isMalware, name } = first;
    const otherwise = isMalware
      ? 'Read in the audit log what earlier runs did: skillgate log. '
      : `To allow the advisory on this host: skillgate host advisories add allow ${id}. `;
    const update = isChange ? '' : 'skillgate host packages update, or ';
    return `${otherwise}The operator takes other versions: ${update}skillgate host packages add ${ecosystem} ${name} with versions that the advisory does not name.`;
  });
}

/** All packages of the house. */
export function wholeHouse({ paths }: World): ChosenPackages {
  const house = openHouse(paths).read();
  return Object.fromEntries(
    ecosystems.flatMap((ecosystem) => {
      const entries = Object.entries(house[ecosystem]?.locked ?? {}).flatMap(([key, value]) => {
        const entry = parseLockedEntry(ecosystem, key, value);
        return entry === undefined ? [] : [{ ...entry, key }];
      });
      return entries.length === 0 ? [] : [[ecosystem, entries]];
    }),
  );
}

/** The keys of the sets of all packages of the house. */
export function houseSets(world: World): ReadonlySet<string> {
  const whole = wholeHouse(world);
  return new Set(ecosystems.map((one) => packageSetKey(one, whole[one] ?? [])));
}

/**
 * Puts chosen packages together for a start. `skillgate host packages` has stored the packages, so
 * nothing is fetched: after a change of the house, each skill starts without a new installation.
 * @throws Problem `packages-missing`, and others of `readyPackages`
 */
export async function readyChosen(
  world: FetchingWorld,
  chosen: ChosenPackages,
  hostPolicy: HostPolicy,
): Promise<void> {
  const missing = Object.fromEntries(
    ecosystems.flatMap((ecosystem) => {
      const list = chosen[ecosystem] ?? [];
      const isThere = list.length === 0 || openHouse(world.paths).hasSet(ecosystem, list);
      return isThere ? [] : [[ecosystem, list]];
    }),
  );
  const locked = lockedOf(world, missing);
  if (locked.length === 0) return;
  try {
    await readyPackages({
      data: world.paths.data,
      packages: locked,
      hostPolicy,
      network: { fetch: world.fetch, signal: world.signal, offline: true },
      sandbox: () => backendOf(hostPolicy),
    });
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'package-unavailable') throw cause;
    throw new Problem('packages-missing', 'This host has not stored all packages of its lock', {
      hint: 'skillgate host packages update',
      cause,
    });
  }
}
