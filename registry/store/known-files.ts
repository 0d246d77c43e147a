/**
 * Files that installers read, in memory once this process has found them to be right. Only a
 * process whose database nobody else writes may keep a file that can change.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Database } from './batch.ts';

/** A file as installers get it. */
export interface KnownFile {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. The digest is also the file's ETag. */
  readonly digest: Digest;
}

interface KeptFile {
  readonly file: KnownFile;
  /** The compressed bytes. */
  copy?: Promise<Uint8Array>;
  /** Of the file, and of its copy. */
  size: number;
}

/** The small files that were read last, each with its compressed copy where a client took one. */
export class KnownFiles {
  readonly #bytesMax: number;
  readonly #files = new Map<string, KeptFile>();
  readonly #names = new WeakMap<Uint8Array, string>();
  #bytes = 0;
  #turn = 0;

  /** @param bytesMax of all files and copies together; one file may have a sixteenth */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Counts the changes of all files: the moment from which a caller of `keep` read a file. */
  get turn(): number {
    return this.#turn;
  }

  /** The file, when it is in memory. */
  get(name: string): KnownFile | undefined {
    const kept = this.#files.get(name);
    if (kept === undefined) return undefined;
    this.#files.delete(name);
    this.#files.set(name, kept);
    return kept.file;
  }

  /**
   * Keeps a file that the caller found to be right. Does nothing when some file has changed since
   * the caller began to read: the bytes may be older than the change.
   * @param turn `turn` before the caller read anything
   */
  keep(name: string, file: KnownFile, turn: number): void {
    if (turn !== this.#turn || file.bytes.byteLength > this.#bytesMax / 16) return;
    this.#forget(name);
    this.#names.set(file.bytes, name);
    const kept = { file, size: 0 };
    this.#files.set(name, kept);
    this.#count(kept, file.bytes);
  }

  /**
   * The compressed copy of a file. The copy is made once, and stays for as long as the file. A file
   * that is not in memory is compressed at each call.
   * @param bytes of the file, as `get` gave them
   */
  async copyOf(
    bytes: Uint8Array,
    compress: (bytes: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const name = this.#names.get(bytes) ?? '';
    const kept = this.#files.get(name);
    if (kept === undefined || kept.file.bytes !== bytes) return compress(bytes);
    kept.copy ??= compress(bytes).then((copy) => {
      if (this.#files.get(name) === kept) this.#count(kept, copy);
      return copy;
    });
    return kept.copy;
  }

  /** Forgets a file whose content has changed, and lets nobody keep what was read before. */
  change(name: string): void {
    this.#turn++;
    this.#forget(name);
  }

  /** As `change`, for every file whose name begins so. */
  changeAll(prefix: string): void {
    this.#turn++;
    for (const name of this.#files.keys()) if (name.startsWith(prefix)) this.#forget(name);
  }

  #forget(name: string): void {
    this.#bytes -= this.#files.get(name)?.size ?? 0;
    this.#files.delete(name);
  }

  #count(kept: KeptFile, { byteLength }: Uint8Array): void {
    kept.size += byteLength;
    this.#bytes += byteLength;
    while (this.#bytes > this.#bytesMax) this.#forget(this.#files.keys().next().value ?? '');
  }
}

/** A status in memory. */
export interface KeptStatus {
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Size of the head in the status. */
  readonly logSize: number;
}

/**
 * The last status in the memory of a process that alone writes the database: everybody asks for it,
 * and nothing changes it but a write.
 */
export class StatusMemory {
  #kept: KeptStatus | undefined;
  #turn = 0;

  /** Counts the writes: the moment from which a caller of `keep` read the status. */
  get turn(): number {
    return this.#turn;
  }

  get kept(): KeptStatus | undefined {
    return this.#kept;
  }

  /** Keeps a status. Does nothing when something was written since the caller began to read. */
  keep(status: KeptStatus, turn: number): void {
    if (turn === this.#turn) this.#kept = status;
  }

  /** Forgets the status, and lets nobody keep what was read before. */
  forget(): void {
    this.#turn++;
    this.#kept = undefined;
  }
}

/** The same database, with a memory that each write empties. */
export function withStatusMemory({ read, batch }: Database): {
  readonly db: Database;
  readonly statusMemory: StatusMemory;
} {
  const statusMemory = new StatusMemory();
  const db: Database = {
    read,
    batch: async (writes) => {
      try {
        await batch(writes);
      } finally {
        // After a failure, too: a commit that reports an error may have taken effect.
        statusMemory.forget();
      }
    },
  };
  return { db, statusMemory };
}
