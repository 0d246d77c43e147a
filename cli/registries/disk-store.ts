/**
 * The store of verified blobs and of last good copies, on disk. Blobs are cache. Data that a
 * registry must not be able to undo is permanent.
 *
 * The store reads and writes small files at once: an admission touches about fifty files one after
 * the other, and each would wait for Node's threads four or five times.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Store } from '../../skills-index/client/store.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Paths } from '../command.ts';
import { writeWhole } from '../whole-file.ts';

/**
 * Files that must survive an emptied cache: the head of the log, and learned statements such as
 * revocations and the ends of keys. Without them a registry could show this host an earlier state
 * of its log or index.
 */
const isLasting = (name: string): boolean =>
  name === 'checkpoint' ||
  name.startsWith('alarms/') ||
  name === 'known' ||
  name.startsWith('known/');

/**
 * A store for one registry.
 * @param root fingerprint of the registry's root file: two registries never share a named file
 */
export function diskStore(paths: Pick<Paths, 'cache' | 'data'>, root: Digest): Store {
  const blobOf = (digest: Digest): string => join(paths.cache, 'blobs', 'sha256', hexOf(digest));
  const placeIn = (base: string, name: string): string =>
    join(base, 'registries', hexOf(root), ...partsOf(name));
  const namedOf = (name: string): string =>
    placeIn(isLasting(name) ? paths.data : paths.cache, name);
  return {
    get: async (digest) => readIfThere(blobOf(digest)),
    put: async (digest, bytes) => write(blobOf(digest), bytes),
    getNamed: async (name) => readIfThere(namedOf(name)),
    putNamed: async (name, bytes) =>
      isLasting(name) ? writeWhole(namedOf(name), bytes, 0o600) : write(namedOf(name), bytes),
    listNamed: async (folder) => listIfThere(namedOf(folder)),
    placeOf: namedOf,
  };
}

/**
 * Moves the data that was learned from a registry's log to another folder, after a person said that
 * the log was wrong. Nothing is deleted, and the log's head stays.
 * @returns the new folder
 */
export async function setMemoryAside(
  paths: Pick<Paths, 'data'>,
  root: Digest,
  now: Date,
): Promise<string> {
  const folder = join(paths.data, 'registries', hexOf(root));
  const aside = join(folder, 'forgotten', now.toISOString().replaceAll(':', '-'));
  await mkdir(aside, { recursive: true, mode: 0o700 });
  await moveIfThere(join(folder, 'known'), join(aside, 'known'));
  return aside;
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}

function partsOf(name: string): string[] {
  const parts = name.split('/');
  if (parts.every((part) => /^[@\w][\w.-]*$/.test(part))) return parts;
  throw new Problem(
    'internal',
    `Cannot store a file under ${JSON.stringify(name)}: not a valid name`,
  );
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

// Half-written files of a crash begin with a dot.
function listIfThere(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

let written = 0;

// A reader sees the old file or the new one. The file is not flushed, because readers verify it.
function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  written += 1;
  const beside = `${path}.${process.pid}.${written}.new`;
  writeFileSync(beside, bytes, { mode: 0o600 });
  renameSync(beside, path);
}
