/**
 * Small blobs that wait for files of their own. A publication has some six of them, and a file for
 * each waits for the disk twice. In the journal they last after one sync. Seconds later they get
 * their files, many at once, and the journal begins anew.
 */
import { dirname } from 'node:path';
import { type BlobJournal, journalPaths, openJournal } from './blob-journal.ts';
import { syncFolder } from './file-calls.ts';
import { journalBlobsBytesMax, pendingBytesMax, pendingMs, pendingRetryMs } from './limits.ts';

/** Writes blobs to files of their own, which last when it resolves. */
export type StoreBlobs = (all: ReadonlyMap<string, Uint8Array>) => Promise<void>;

/** A file of the journal, and the blobs in it. */
interface Half {
  readonly journal: BlobJournal;
  /** The blobs that last, and those that need not. Others must not be taken as stored. */
  blobs: Map<string, Uint8Array>;
  /** All blobs of which the file may have a record. */
  readonly recorded: Set<string>;
  /** Blobs that need not last, and whose records are written after the answer. */
  readonly later: Map<string, Uint8Array>;
  /** Resolves when no sync is under way. */
  synced: Promise<void>;
}

export class PendingBlobs {
  readonly #store: StoreBlobs;
  readonly #say: (line: string) => void;
  /** New blobs go into the first half, while those of the second get their files. */
  #halves: readonly [Half, Half];
  #settling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** Whether the timer ends at once, or blobs are getting their files. */
  #isDue = false;
  /** Before this time of `performance.now()`, nothing is settled again after a failure. */
  #pauseUntil = 0;
  #isClosed = false;

  /**
   * Opens the journal of a data folder that this process has locked, and stores what the last
   * process left there.
   * @param say called when blobs cannot get their files and stay in the journal, or it is damaged
   */
  static async open(
    dir: string,
    store: StoreBlobs,
    say: (line: string) => void,
  ): Promise<PendingBlobs> {
    const [first, second] = journalPaths(dir);
    const half = (path: string): Half => {
      const { journal, blobs } = openJournal(path, say);
      const recorded = new Set(blobs.keys());
      return { journal, blobs, recorded, later: new Map(), synced: Promise.resolve() };
    };
    const pending = new PendingBlobs([half(first), half(second)], store, say);
    await syncFolder(dirname(first));
    await pending.#settleOrSay();
    return pending;
  }

  private constructor(
    halves: readonly [Half, Half],
    store: StoreBlobs,
    say: (line: string) => void,
  ) {
    this.#halves = halves;
    this.#store = store;
    this.#say = say;
  }

  /** The bytes of a blob that has no file yet. */
  get(name: string): Uint8Array | undefined {
    const [now, before] = this.#halves;
    return now.blobs.get(name) ?? before.blobs.get(name);
  }

  /** Whether a start could find a record of the blob. */
  isRecorded(name: string): boolean {
    return this.#halves.some(({ recorded }) => recorded.has(name));
  }

  /**
   * Takes blobs in, which last when it resolves.
   * @param isSynced false for blobs that need not last
   * @returns false when there is no room for them; then none is taken
   */
  async take(all: ReadonlyMap<string, Uint8Array>, isSynced = true): Promise<boolean> {
    const bytes = [...all.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.#isClosed || this.#hasFailed() || bytes > pendingBytesMax) return false;
    const [half] = this.#halves;
    if (half.journal.size + bytes > journalBlobsBytesMax) {
      this.#settleIn(0);
      return false;
    }
    const added = new Map([...all].filter(([name]) => !half.blobs.has(name)));
    for (const [name, blob] of added) half.later.set(name, blob);
    for (const name of added.keys()) half.recorded.add(name);
    this.#settleIn(pendingMs);
    const enter = (): void => {
      for (const [name, blob] of added) half.blobs.set(name, blob);
    };
    if (isSynced) {
      recordNow(half);
      await this.#whenSynced(half, enter);
    } else {
      enter();
      setImmediate(recordIfPossible, half);
    }
    return true;
  }

  /** Stores all blobs that were taken before this call. */
  settle(): Promise<void> {
    const settling = this.#settling.then(() => this.#settleNow());
    this.#settling = settling.catch(() => {
      this.#pauseUntil = performance.now() + pendingRetryMs;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#isDue = false;
      this.#settleIn(pendingRetryMs);
    });
    return settling;
  }

  /** Stores all blobs, as far as the disk takes them. Later ones are not taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#settleOrSay();
    for (const { journal, synced } of this.#halves) {
      await synced;
      journal.close();
    }
  }

  #hasFailed(): boolean {
    return this.#halves.some(({ journal }) => journal.hasFailed);
  }

  #whenSynced(half: Half, enter: () => void): Promise<void> {
    const syncing = half.journal.sync().then(() => {
      if (this.#hasFailed()) throw new Error('The disk failed to sync the journal');
      enter();
    });
    half.synced = Promise.allSettled([half.synced, syncing]).then(() => undefined);
    return syncing;
  }

  async #settleNow(): Promise<void> {
    await this.#storeHalf(this.#halves[1]);
    this.#halves = [this.#halves[1], this.#halves[0]];
    await this.#storeHalf(this.#halves[1]);
  }

  async #storeHalf(half: Half): Promise<void> {
    if (half.journal.size === 0 && half.blobs.size === 0) return;
    half.later.clear();
    await half.synced;
    await this.#store(half.blobs);
    half.blobs = new Map();
    await half.journal.empty();
    half.recorded.clear();
  }

  async #settleOrSay(): Promise<void> {
    this.#isDue = true;
    try {
      await this.settle();
    } catch (error) {
      this.#say(`warning: Cannot store blobs, which stay in the journal: ${String(error)}`);
    } finally {
      this.#isDue = false;
    }
  }

  /** A timer that is set already counts, unless it is to be at once. */
  #settleIn(ms: number): void {
    const pause = Math.max(ms, this.#pauseUntil - performance.now());
    if (this.#isClosed || (pause === 0 && this.#isDue)) return;
    if (this.#timer !== undefined && pause > 0) return;
    this.#isDue ||= pause === 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#settleOrSay();
    }, pause);
    this.#timer.unref();
  }
}

function recordNow({ journal, later }: Half): void {
  if (later.size === 0) return;
  const all = new Map(later);
  later.clear();
  journal.append(all);
}

// Without a record, the blobs still get files of their own.
function recordIfPossible(half: Half): void {
  try {
    recordNow(half);
  } catch {
    return;
  }
}
