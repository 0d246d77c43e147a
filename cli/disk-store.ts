/** The store of verified blobs and of the last good copies, on disk. Blobs are cache; the log's head is memory that must last. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Store } from '../skills-index/client/store.ts';
import { type Digest, hexOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Paths } from './command.ts';

/** What would be lost with the cache and must not: without it a rolled-back log could not be told from a new one. */
const isLasting = (name: string): boolean => name === 'checkpoint' || name.startsWith('alarms/');

/**
 * A store for one registry.
 * @param root fingerprint of the registry's root file: two registries never share a named file
 */
export function diskStore(paths: Pick<Paths, 'cache' | 'data'>, root: Digest): Store {
  const blobOf = (digest: Digest): string => join(paths.cache, 'blobs', 'sha256', hexOf(digest));
  const namedOf = (name: string): string =>
    join(isLasting(name) ? paths.data : paths.cache, 'registries', hexOf(root), ...partsOf(name));
  return {
    get: async (digest) => readIfThere(blobOf(digest)),
    put: async (digest, bytes) => write(blobOf(digest), bytes),
    getNamed: async (name) => readIfThere(namedOf(name)),
    putNamed: async (name, bytes) => write(namedOf(name), bytes),
    placeOf: namedOf,
  };
}

function partsOf(name: string): string[] {
  const parts = name.split('/');
  if (parts.every((part) => /^[@\w][\w.-]*$/.test(part))) return parts;
  throw new Problem('internal', `Not the name of a stored file: ${JSON.stringify(name)}`);
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

let written = 0;

// A reader sees the old file or the new one. Nothing is flushed: whoever reads checks what it reads.
async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  written += 1;
  const beside = `${path}.${process.pid}.${written}.new`;
  await writeFile(beside, bytes, { mode: 0o600 });
  await rename(beside, path);
}
