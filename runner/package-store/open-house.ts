/**
 * The house's packages of this host: the folder `house` beside host.json has `house.json`, and the
 * lock of each ecosystem. Whoever can write them chooses code for every skill that uses them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type House, parseHouse } from '../../skills-index/packages/house.ts';
import { lockBytesMax } from '../../skills-index/packages/limits.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { lockFileNames } from '../../skills-index/packages/require-locked.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { tryLock, unlock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { hasSet, isMarkedHere, readNeeds } from './house-needs.ts';

/** Texts of lock files. */
type LockTexts = Readonly<Partial<Record<Ecosystem, string>>>;

export interface OpenHouse {
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
