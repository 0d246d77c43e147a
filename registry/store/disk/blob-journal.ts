/**
 * The journal of small blobs: two files in the data folder, written in turn. A record is the text
 * `blob`, the length, the SHA-256 and the bytes of a blob. A record that does not match its digest
 * is one that a power failure cut off, and nothing acknowledged needs it.
 */
import fs, { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { storedBlobName } from '../objects.ts';
import { isAbsent } from './object-paths.ts';

const mark = Buffer.from('blob');
const headBytes = mark.length + 4 + 32;
const hexChars = 64;

/** Paths of the two files of the journal. */
export function journalPaths(dir: string): readonly [string, string] {
  return [join(dir, 'blobs.journal.0'), join(dir, 'blobs.journal.1')];
}

/** One file of the journal, open for writing. */
export class BlobJournal {
  readonly #file: number;
  #size = 0;
  #syncing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** The blobs that were in the file when it was opened, by their names as objects. */
  readonly found: Map<string, Uint8Array>;

  /** Opens the file, and makes it when it is missing. The caller syncs its folder. */
  constructor(path: string) {
    const { blobs, length } = parseRecords(bytesAt(path));
    this.found = blobs;
    this.#file = fs.openSync(path, 'a', 0o600);
    // Nobody could read records behind a record that was cut off.
    fs.ftruncateSync(this.#file, length);
    this.#size = length;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Writes records to the memory of the operating system.
   * @param all blobs by their names as objects
   */
  append(all: ReadonlyMap<string, Uint8Array>): void {
    const bytes = Buffer.concat([...all].flatMap(([name, blob]) => [headOf(name, blob), blob]));
    try {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(this.#file, bytes, at);
    } catch (error) {
      // Half a record would hide the records behind it.
      fs.ftruncateSync(this.#file, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Makes all records so far last. Callers that come while the disk is busy share one sync. */
  sync(): Promise<void> {
    if (this.#syncing !== undefined) {
      const after = this.#syncing.catch(() => undefined);
      this.#next ??= after.then(() => {
        this.#next = undefined;
        return this.sync();
      });
      return this.#next;
    }
    this.#syncing = this.#syncNow().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  /** Removes all records, and makes that last: removed bytes must not come back. */
  async empty(): Promise<void> {
    fs.ftruncateSync(this.#file, 0);
    this.#size = 0;
    await this.#syncNow();
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #syncNow(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#file, (error) => (error === null ? resolve() : reject(error)));
    });
  }
}

function headOf(name: string, blob: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  mark.copy(head);
  head.writeUInt32BE(blob.length, mark.length);
  head.write(name.slice(-hexChars), mark.length + 4, 'hex');
  return head;
}

/**
 * The blobs in the journal of a data folder, by their names as objects. Another process may write
 * the journal meanwhile.
 */
export function readJournals(dir: string): Map<string, Uint8Array> {
  return new Map(journalPaths(dir).flatMap((path) => [...parseRecords(bytesAt(path)).blobs]));
}

interface Records {
  readonly blobs: Map<string, Uint8Array>;
  /** Bytes up to the end of the last whole record. */
  readonly length: number;
}

function parseRecords(bytes: Buffer): Records {
  const blobs = new Map<string, Uint8Array>();
  let length = 0;
  while (bytes.subarray(length, length + mark.length).equals(mark)) {
    const from = length + headBytes;
    if (from > bytes.length) break;
    const until = from + bytes.readUInt32BE(length + mark.length);
    if (until > bytes.length) break;
    const blob = bytes.subarray(from, until);
    const digest = digestOf(blob);
    if (hexOf(digest) === bytes.toString('hex', from - 32, from))
      blobs.set(storedBlobName(digest), blob);
    length = until;
  }
  return { blobs, length };
}

function bytesAt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return Buffer.alloc(0);
    throw error;
  }
}
