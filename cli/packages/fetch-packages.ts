/**
 * Makes the packages of a skill ready on this host, outside the sandbox: fetches what the store of
 * this host lacks, with a line of progress, and says what was stored.
 */
import * as backends from '../../runner/backends/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { type FileOf, requireLocked } from '../../skills-index/packages/require-locked.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { CommandContext } from '../command.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import {
  type ChosenPackages,
  choosePackages,
  lockedOf,
  requireAllowedHouse,
} from './house-packages.ts';
import { packagePolicy } from './package-policy.ts';

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
  packages.requireAllowedPackages(packagePolicy(context, hostPolicy), own, verb);
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
): ReturnType<typeof packages.readyPackages> {
  let progress: Progress | undefined;
  const ready = await packages
    .readyPackages({
      data: context.paths.data,
      packages: locked,
      hostPolicy,
      network: {
        fetch: context.fetch,
        signal: context.signal,
        offline: context.options.offline === true,
      },
      sandbox: () => backends.backendOf(hostPolicy),
      onProgress: ({ file, stored, total }) => {
        progress ??= startProgress(context, total, 'packages');
        if (stored) progress.step(file);
      },
    })
    .finally(() => progress?.end());
  for (const note of ready.notes) printNote(context, safe`note: ${note}`);
  return ready;
}
