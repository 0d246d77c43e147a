/**
 * A list of the objects that a registry wrote, for the program that copies them to a backup: a walk
 * through a million objects takes too long for each write. The program makes the file, and without
 * the file nothing is noted. An object is noted before the database row that needs the object.
 */
import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Objects } from '../store/objects.ts';

/** Name of the file, in the data folder. */
export const writtenObjectsName = 'objects.journal';

/** Objects that note each write in a file, while the file exists. */
export function noteWrites(objects: Objects, path: string): Objects {
  const note = async (names: Iterable<string>): Promise<void> => {
    // A look into a folder that is in use all the time. Most registries have no such file.
    if (!existsSync(path)) return;
    const text = [...names].map((name) => `${name}\n`).join('');
    if (text !== '') await append(path, text);
  };
  // Each member by name: a new way to write has to be noted, too.
  return {
    get: (name) => objects.get(name),
    getTagged: (name) => objects.getTagged(name),
    has: (name) => objects.has(name),
    put: async (name, bytes) => {
      await objects.put(name, bytes);
      await note([name]);
    },
    putOver: async (name, bytes, tag) => {
      const isWritten = await objects.putOver(name, bytes, tag);
      if (isWritten) await note([name]);
      return isWritten;
    },
    putAll: async (all, options) => {
      await objects.putAll(all, options);
      await note(all.keys());
    },
    // A walk through all objects finds what is gone.
    remove: (names) => objects.remove(names),
    // What is kept was written before: a walk through all objects finds it.
    ...(objects.keep && { keep: objects.keep }),
  };
}

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return undefined;
    },
  );
  if (file === undefined) return;
  try {
    await file.write(text);
  } finally {
    await file.close();
  }
}
