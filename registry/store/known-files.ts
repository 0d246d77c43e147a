/**
 * Files that installers read, in memory once this process has found them to be right. Only a
 * process whose database nobody else writes may keep a file that can change.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';

/** A file as installers get it. */
export interface KnownFile {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. The digest is also the file's ETag. */
  readonly digest: Digest;
}

/** The small files that were read last. */
export class KnownFiles {
  readonly #bytesMax: number;
  readonly #files = new Map<string, KnownFile>();
  #bytes = 0;
  #turn = 0;

  /** @param bytesMax of all files together; one file may have a sixteenth */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Counts the changes of all files: the moment from which a caller of `keep` read a file. */
  get turn(): number {
    return this.#turn;
  }

  /** The file, when it is in memory. */
  get(name: string): KnownFile | undefined {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    this.#files.delete(name);
    this.#files.set(name, file);
    return file;
  }

  /**
   * Keeps a file that the caller found to be right. Does nothing when some file has changed since
   * the caller began to read: the bytes may be older than the change.
   * @param turn `turn` before the caller read anything
   */
  keep(name: string, file: KnownFile, turn: number): void {
    if (turn !== this.#turn || file.bytes.byteLength > this.#bytesMax / 16) return;
    this.#forget(name);
    this.#files.set(name, file);
    this.#bytes += file.bytes.byteLength;
    while (this.#bytes > this.#bytesMax) this.#forget(this.#files.keys().next().value ?? '');
  }

  /** Forgets a file whose content has changed, and lets nobody keep what was read before. */
  change(name: string): void {
    this.#turn++;
    this.#forget(name);
  }

  #forget(name: string): void {
    this.#bytes -= this.#files.get(name)?.bytes.byteLength ?? 0;
    this.#files.delete(name);
  }
}
