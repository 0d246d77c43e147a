/**
 * A user's own ended keys. Their files are in a separate folder, so that no command signs with
 * them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Paths } from '../command.ts';
import { readPublicKeyFile } from './key-file.ts';
import { keyNames, keyPath } from './signer.ts';

interface EndedKey {
  /** `NAME-until-INDEX`. */
  readonly name: string;
  readonly path: string;
}

/** Moves both files of a key. @returns the new path of its private part */
export async function putApart(paths: Paths, name: string, until: number): Promise<string> {
  const folder = folderOf(paths);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const old = join(folder, `${name}-until-${until}`);
  await moveIfThere(keyPath(paths, name, 'public'), `${old}.pub.json`);
  await moveIfThere(keyPath(paths, name), `${old}.json`);
  return `${old}.json`;
}

/** Moves the files of a key that is named by its id; undefined when this host lacks the key. */
export async function putApartIfHere(
  paths: Paths,
  keyId: Digest,
  until: number,
): Promise<string | undefined> {
  for (const name of keyNames(paths)) {
    const found = await readPublicKeyFile(keyPath(paths, name)).catch(() => undefined);
    if (found?.keyId === keyId) return putApart(paths, name, until);
  }
  return undefined;
}

/** The path of the key that had a name until it ended; the last one, if several had the name. */
export function endedPath(paths: Paths, name: string): string | undefined {
  return endedKeys(paths).findLast(
    (key) => key.name === name || key.name.replace(/-until-\d+$/, '') === name,
  )?.path;
}

/** Ended keys, first to last. */
export function endedKeys(paths: Paths): EndedKey[] {
  const folder = folderOf(paths);
  const names = (existsSync(folder) ? readdirSync(folder) : []).filter(
    (name) => name.endsWith('.json') && !name.endsWith('.pub.json'),
  );
  const until = (name: string): number => Number(/-until-(\d+)\.json$/.exec(name)?.[1] ?? 0);
  return names
    .sort((a, b) => until(a) - until(b))
    .map((name) => ({ name: name.slice(0, -'.json'.length), path: join(folder, name) }));
}

export async function moveIfThere(from: string, to: string): Promise<void> {
  const exists = await access(from).then(
    () => true,
    () => false,
  );
  if (exists) await rename(from, to);
}

function folderOf(paths: Paths): string {
  return join(paths.config, 'keys', 'ended');
}
