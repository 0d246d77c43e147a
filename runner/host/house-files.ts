/**
 * The files of the house's packages, in the folder of host policy: `house.json`, and beside it the
 * lock of each ecosystem. Whoever can write them chooses code for every skill that uses them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type House, parseHouse } from '../../skills-index/packages/house.ts';
import { lockBytesMax } from '../../skills-index/packages/limits.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { tryLock, unlock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';

export interface HouseFiles {
  readonly folder: string;
  /** `house.json`. */
  readonly file: string;
  readonly locks: Readonly<Record<Ecosystem, string>>;
}

/** @param config the folder of host policy */
export function houseFiles(config: string): HouseFiles {
  const folder = join(config, 'house');
  const locks = {
    python: join(folder, 'pylock.toml'),
    npm: join(folder, 'package-lock.json'),
  };
  return { folder, file: join(folder, 'house.json'), locks };
}

/**
 * Reads the house's packages; a host without the file has none.
 * @throws Problem `host-policy-invalid` when the file is malformed or other users may write to it
 */
export function readHouse({ file }: HouseFiles): House {
  const bytes = readHouseFile(file);
  return bytes === undefined ? {} : parseHouse(bytes, file);
}

/**
 * Reads `house.json` or a lock; undefined when there is no such file.
 * @throws Problem `host-policy-invalid`
 */
export function readHouseFile(path: string): Uint8Array | undefined {
  return readPrivateFile(path, {
    bytesMax: lockBytesMax,
    secret: false,
    code: 'host-policy-invalid',
  });
}

/**
 * Changes the house under a lock, so that no change undoes another.
 * @throws Problem `usage` while another process changes the house
 */
export async function withHouse<Result>(
  { file }: HouseFiles,
  change: () => Promise<Result>,
): Promise<Result> {
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

/** Writes the locks first: a start that reads the new house.json finds the packages of its locks. */
export function writeHouse(
  { file, locks }: HouseFiles,
  house: House,
  texts: Readonly<Partial<Record<Ecosystem, string>>>,
): void {
  for (const ecosystem of ecosystems) {
    const text = texts[ecosystem];
    if (text !== undefined) writePrivateFile(locks[ecosystem], text);
  }
  writePrivateFile(file, printHouse(house));
  for (const ecosystem of ecosystems)
    if (house[ecosystem] === undefined) rmSync(locks[ecosystem], { force: true });
}

function printHouse(house: House): string {
  return `${JSON.stringify({ schema: 'skillgate.house/1', ...house }, null, 2)}\n`;
}
