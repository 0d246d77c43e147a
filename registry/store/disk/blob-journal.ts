/**
 * The journal of small blobs: two files in the data folder, written in turn. A record is the text
 * `blob`, the length, the SHA-256 and the bytes of a blob. A record that does not match its digest
 * is one that a power failure cut off, and nothing acknowledged needs it.
 */
import fs, { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { storedBlobName } from '../objects.ts';
import { pendingBytesMax } from './limits.ts';
import { isAbsent } from './object-paths.ts';

const mark = Buffer.from('blob');
const headBytes = mark.length + 4 + 32;
const hexChars = 64;

/** Paths of the two files of the journal. */
export function journalPaths(dir: string): readonly [string, string] {
  return [join(dir, 'blobs.journal.0'), join(dir, 'blobs.journal.1')];
}

/**
 * Opens a file of the journal, and makes it when it is missing. The caller syncs its folder.
 * @param say called when records behind a damaged one may be lost; the file is copied first
 * @returns the file, and the blobs in it by their names as objects
 */
export function openJournal(
  path: string,
  say: (line: string) => void,
): { readonly journal: BlobJournal; readonly blobs: Map<string, Uint8Array> } {
  const bytes = bytesAt(path);
  const { blobs, length, isDamaged } = parseRecords(bytes);
  if (isDamaged) {
    // Bytes of the file in its name: a start that comes again makes no second copy.
    const aside = `${path}.damaged-${hexOf(digestOf(bytes)).slice(0, 8)}`;
    fs.writeFileSync(aside, bytes, { mode: 0o600, flush: true });
    say(`warning: A record in ${path} is damaged. Files may be lost; a copy is in ${aside}`);
  }
  const file = fs.openSync(path, 'a', 0o600);
  // Nobody could read records behind a record that was cut off.
  fs.ftruncateSync(file, length);
  return { journal: new BlobJournal(file, length), blobs };
}

/** One file of the journal, open for writing. */
export class BlobJournal {
  readonly #file: number;
  #size: number;
  #hasFailed = false;
  #syncing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** Whether the disk failed. It may have dropped what it did not write, so no sync counts now. */
  get hasFailed(): boolean {
    return this.#hasFailed;
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
      this.#cutTo(this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Makes all records so far last. Callers that come while the disk is busy share one sync. */
  sync(): Promise<void> {
    if (this.#hasFailed) return Promise.reject(new Error('The disk failed to sync the journal'));
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
    this.#cutTo(0);
    await this.#syncNow();
    this.#size = 0;
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #cutTo(length: number): void {
    try {
      fs.ftruncateSync(this.#file, length);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #syncNow(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#file, (error) => {
        if (error === null) return resolve();
        this.#hasFailed = true;
        reject(error);
      });
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
  /** Whether bytes follow a damaged record, so that it is not one that was cut off. */
  readonly isDamaged: boolean;
}

function parseRecords(bytes: Buffer): Records {
  const blobs = new Map<string, Uint8Array>();
  let length = 0;
  let isDamaged = false;
  for (let next = nextRecord(bytes, 0); next !== undefined; next = nextRecord(bytes, length)) {
    const { from, until } = next;
    const blob = bytes.subarray(from, until);
    const digest = digestOf(blob);
    const isSound = hexOf(digest) === bytes.toString('hex', from - 32, from);
    if (isSound) blobs.set(storedBlobName(digest), blob);
    isDamaged ||= from - headBytes > length || (!isSound && until < bytes.length);
    length = until;
  }
  return { blobs, length, isDamaged };
}

/** Where the blob of the next whole record is. Its digest is not compared. */
function nextRecord(
  bytes: Buffer,
  start: number,
): { readonly from: number; readonly until: number } | undefined {
  for (let at = bytes.indexOf(mark, start); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    const from = at + headBytes;
    if (from > bytes.length) break;
    const length = bytes.readUInt32BE(at + mark.length);
    if (length <= pendingBytesMax && from + length <= bytes.length)
      return { from, until: from + length };
  }
  return undefined;
}

function bytesAt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return Buffer.alloc(0);
    throw error;
  }
}
