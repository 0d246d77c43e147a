/**
 * The folder of an export. A file whose content never changes is written at once. A file that
 * changes waits in `.next` until everything that it names is in the folder.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Source } from '../../skills-index/client/blobs.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { writeWhole } from '../whole-file.ts';

const waiting = '.next';

/** Paths are those of the registry, without the slash at the beginning. */
export class ExportFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The blobs of the folder, for the functions that installers use. */
  get store(): Source['store'] {
    return {
      get: (digest) => this.get(`blobs/sha256/${hexOf(digest)}`),
      put: (digest, bytes) => this.put(`blobs/sha256/${hexOf(digest)}`, bytes),
      getNamed: async () => undefined,
      putNamed: async () => undefined,
      listNamed: async () => [],
    };
  }

  get(path: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.dir, path)).catch(ignoreAbsent);
  }

  /** A reader and a crash find the whole file or none. */
  put(path: string, bytes: Uint8Array): Promise<void> {
    return writeWhole(join(this.dir, path), bytes);
  }

  /** A file that waits, also from an export that was interrupted. */
  getWaiting(path: string): Promise<Uint8Array | undefined> {
    return this.get(`${waiting}/${path}`);
  }

  putWaiting(path: string, bytes: Uint8Array): Promise<void> {
    return this.put(`${waiting}/${path}`, bytes);
  }

  /** Replaces a file by the one that waits. */
  async show(path: string): Promise<void> {
    const to = join(this.dir, path);
    await mkdir(dirname(to), { recursive: true });
    await rename(join(this.dir, waiting, path), to);
  }

  /** Replaces a whole folder by the one that waits. Between two renames the folder is missing. */
  async showFolder(path: string): Promise<void> {
    const replaced = join(this.dir, waiting, 'replaced');
    await rm(replaced, { recursive: true, force: true });
    await rename(join(this.dir, path), replaced).catch(ignoreAbsent);
    await rename(join(this.dir, waiting, path), join(this.dir, path)).catch(ignoreAbsent);
  }

  async clearWaiting(): Promise<void> {
    await rm(join(this.dir, waiting), { recursive: true, force: true });
  }

  /** The skills whose index files are in the folder, in order. */
  async *skills(): AsyncGenerator<SkillName> {
    for (const scope of await listed(join(this.dir, 'index')))
      if (scope.startsWith('@'))
        for (const name of await listed(join(this.dir, 'index', scope)))
          yield parseSkillName(`${scope}/${name}`);
  }
}

async function listed(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(ignoreAbsent);
  // A file that a dead process began to write starts with a dot.
  return (names ?? []).filter((name) => !name.startsWith('.')).sort();
}

function ignoreAbsent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
  return undefined;
}
