/** The store keeps verified blobs, and the last good copies of files that change. */
import type { Digest } from '../skill/digest.ts';

export interface Store {
  /** Gets bytes by their digest; the caller verifies the digest. */
  get(digest: Digest): Promise<Uint8Array | undefined>;
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /**
   * Gets the last good copy of a file that changes: `root.json`, `status.json`, `checkpoint`,
   * `index/@scope/name`, `alarms/…`, `known/…`.
   */
  getNamed(name: string): Promise<Uint8Array | undefined>;
  putNamed(name: string, bytes: Uint8Array): Promise<void>;
  /** Lists the last parts of the names below a folder, in order. */
  listNamed(folder: string): Promise<readonly string[]>;
  /** The path of a file that changes, as a text for people, when the store is on a disk. */
  placeOf?(name: string): string;
}

/** A store that lasts as long as the process. */
export function memoryStore(): Store {
  const blobs = new Map<Digest, Uint8Array>();
  const named = new Map<string, Uint8Array>();
  return {
    get: async (digest) => blobs.get(digest),
    put: async (digest, bytes) => void blobs.set(digest, bytes),
    getNamed: async (name) => named.get(name),
    putNamed: async (name, bytes) => void named.set(name, bytes),
    listNamed: async (folder) =>
      [...named.keys()]
        .flatMap((name) => (name.startsWith(`${folder}/`) ? [name.slice(folder.length + 1)] : []))
        .sort(),
  };
}
