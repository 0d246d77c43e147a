/**
 * The house's packages of this host: the folder `house` beside host.json has `house.json`, and the
 * lock of each ecosystem. Whoever can write them chooses code for every skill that uses them.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type House, parseHouse } from '../../skills-index/packages/house.ts';
import { type LockedPackage, lockedKeys } from '../../skills-index/packages/locked-package.ts';
import { lockBytesMax } from '../../skills-index/packages/locks/package-lock.ts';
import { packageSetKey } from '../../skills-index/packages/package-set.ts';
import { isMarked } from '../../skills-index/packages/python-marker.ts';
import { lockFileNames } from '../../skills-index/packages/require-locked.ts';
import {
  metadataPaths,
  npmNeeds,
  selectPackages,
  wheelNeeds,
} from '../../skills-index/packages/wheel-needs.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { tryLock, unlock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { findProgram } from '../host/host.ts';
import { readPlatform } from '../package-fetch/host-facts.ts';
import { metadataBytesMax } from '../package-fetch/wheel.ts';
import { interpreterState, readRecord, setFolder } from '../packages/stored-set.ts';
import { readStored, storedFolder } from './store.ts';

/** Texts of lock files. */
type LockTexts = Readonly<Partial<Record<Ecosystem, string>>>;

interface OpenHouse {
  /** The path of `house.json`. */
  readonly file: string;
  lockPath(ecosystem: Ecosystem): string;
  /**
   * Reads `house.json`; a host without the file has no packages of its own.
   * @throws Problem `host-policy-invalid` when the file is malformed or other users may write to it
   */
  read(): House;
  /** @throws Problem `host-policy-invalid` when other users may write to the lock */
  readLock(ecosystem: Ecosystem): Uint8Array | undefined;
  /**
   * The locks come first: a start that reads the new house.json finds its packages.
   * @throws Problem `host-policy-invalid`, `package-unsuitable` for what no start could read
   */
  write(house: House, texts: LockTexts): void;
  /**
   * Holds the house for a change, so that no change undoes another.
   * @throws Problem `usage` while another process changes the house
   */
  holding<Result>(change: () => Promise<Result>): Promise<Result>;
  /** What the stored packages of a lock need on this host, by their keys. */
  needs(
    ecosystem: Ecosystem,
    locked: readonly LockedPackage[],
    text: string,
  ): Record<string, readonly string[]>;
  /** Whether the store has these packages as a set, for the present interpreter. */
  hasSet(ecosystem: Ecosystem, packages: readonly PackageCapability[]): boolean;
  /** Returns whether a marker holds for the interpreter of this host's sandboxes. */
  isMarked(): (marker: string) => boolean;
}

export function openHouse({
  config,
  data,
}: {
  readonly config: string;
  readonly data: string;
}): OpenHouse {
  const file = join(config, 'house', 'house.json');
  const lockPath = (ecosystem: Ecosystem): string =>
    join(config, 'house', lockFileNames[ecosystem]);
  return {
    file,
    lockPath,
    read: () => {
      const bytes = readFile(file);
      return bytes === undefined ? {} : parseHouse(bytes, file);
    },
    readLock: (ecosystem) => readFile(lockPath(ecosystem)),
    write: (house, texts) => {
      const text = `${JSON.stringify({ schema: 'skillgate.house/1', ...house }, null, 2)}\n`;
      requireReadable(text, file);
      for (const ecosystem of ecosystems) {
        const lock = texts[ecosystem];
        if (lock !== undefined) writePrivateFile(lockPath(ecosystem), lock);
      }
      writePrivateFile(file, text);
      for (const ecosystem of ecosystems)
        if (house[ecosystem] === undefined) rmSync(lockPath(ecosystem), { force: true });
    },
    holding: (change) => holding(file, change),
    needs: (ecosystem, locked, text) => readNeeds(data, ecosystem, locked, text),
    hasSet: (ecosystem, packages) => hasSet(data, ecosystem, packages),
    isMarked: isMarkedHere,
  };
}

// A package may say anything about its needs. No start could read a house.json with all of it.
function requireReadable(text: string, file: string): void {
  const bytes = Buffer.from(text);
  if (bytes.length > lockBytesMax)
    throw new Problem(
      'package-unsuitable',
      `Cannot write ${file}: it would have ${bytes.length} bytes; at most ${lockBytesMax}`,
    );
  parseHouse(bytes, file);
}

function readFile(path: string): Uint8Array | undefined {
  return readPrivateFile(path, {
    bytesMax: lockBytesMax,
    secret: false,
    code: 'host-policy-invalid',
  });
}

async function holding<Result>(file: string, change: () => Promise<Result>): Promise<Result> {
  const lock = `${file}.lock`;
  if (!tryLock(lock))
    throw new Problem('usage', `Cannot change ${file}: another command changes it now`, {
      hint: 'Wait for the other command, then type the line again.',
    });
  try {
    return await change();
  } finally {
    unlock(lock);
  }
}

// What the house's packages need on this host, and whether this host has stored a part of them.

/**
 * What each package that fits this host needs, by its key. pylock.toml need not say what a package
 * needs, so the stored wheels say it themselves.
 * @param text the lock file
 * @throws Problem `package-unsuitable`
 */
function readNeeds(
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
function isMarkedHere(): (marker: string) => boolean {
  let platform: ReturnType<typeof readPlatform> | undefined;
  return (marker) => {
    platform ??= readPlatform(findProgram('python3'));
    return isMarked(marker, platform);
  };
}

/** Whether the store has a set for the present interpreter. A start verifies the set's files. */
function hasSet(
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
