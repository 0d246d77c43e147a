/** What the house's packages need on this host, and whether this host has stored a part of them. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, lockedKeys } from '../../skills-index/packages/locked-package.ts';
import { npmNeeds } from '../../skills-index/packages/npm-needs.ts';
import { metadataPaths } from '../../skills-index/packages/package-metadata.ts';
import { packageSetKey } from '../../skills-index/packages/package-set.ts';
import { isMarked } from '../../skills-index/packages/python-marker.ts';
import { selectPackages } from '../../skills-index/packages/select-packages.ts';
import { wheelNeeds } from '../../skills-index/packages/wheel-needs.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findProgram } from '../host/host.ts';
import { readPlatform } from '../package-fetch/host-facts.ts';
import { metadataBytesMax } from '../package-fetch/limits.ts';
import { interpreterState, readRecord, setFolder } from '../packages/stored-set.ts';
import { readStored, storedFolder } from './store.ts';

/**
 * What each package that fits this host needs, by its key. pylock.toml need not say what a package
 * needs, so the stored wheels say it themselves.
 * @param text the lock file
 * @throws Problem `package-unsuitable`
 */
export function readNeeds(
  data: string,
  ecosystem: Ecosystem,
  locked: readonly LockedPackage[],
  text: string,
): Record<string, readonly string[]> {
  const platform = readPlatform(ecosystem === 'python' ? findProgram('python3') : undefined);
  const selected = selectPackages(locked, platform);
  if (ecosystem === 'npm')
    return npmNeeds(text, locked, new Set(selected.map((one) => one.package)));
  const keyOf = new Map([...lockedKeys(locked)].map(([key, one]) => [one, key]));
  return Object.fromEntries(
    selected.flatMap(({ file, package: one }) => {
      const key = keyOf.get(one) ?? one.name;
      const needs = wheelNeeds(readMetadata(storedFolder(data, ecosystem, file), one), platform);
      return [...needs].map(([extra, list]) => [extra === '' ? key : `${key}[${extra}]`, list]);
    }),
  );
}

function readMetadata(folder: string, { name, version }: LockedPackage): string {
  const path = readStored(folder)?.files.find((file) => metadataPaths.python.test(file.path))?.path;
  if (path === undefined)
    throw new Problem(
      'package-unsuitable',
      `Cannot use ${name} ${version}: the wheel has no METADATA, which says what the package needs`,
    );
  const at = join(folder, 'files', path);
  const { size } = statSync(at);
  if (size > metadataBytesMax)
    throw new Problem(
      'package-unsuitable',
      `Cannot use ${name} ${version}: the METADATA of its wheel has ${size} bytes; at most ${metadataBytesMax}`,
    );
  return readFileSync(at, 'utf8');
}

/** Returns whether a marker holds for the interpreter of this host's sandboxes. */
export function isMarkedHere(): (marker: string) => boolean {
  let platform: ReturnType<typeof readPlatform> | undefined;
  return (marker) => {
    platform ??= readPlatform(findProgram('python3'));
    return isMarked(marker, platform);
  };
}

/** Whether the store has a set for the present interpreter. A start verifies the set's files. */
export function hasSet(
  data: string,
  ecosystem: Ecosystem,
  packages: readonly PackageCapability[],
): boolean {
  const record = readRecord(setFolder(data, packageSetKey(ecosystem, packages)));
  return (
    record !== undefined &&
    (ecosystem !== 'python' || record.python === interpreterState(findProgram('python3')))
  );
}
