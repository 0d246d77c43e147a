/**
 * Small blobs that wait for files of their own. A publication has some six of them, and a file for
 * each waits for the disk twice. In the journal they last after one sync. Seconds later they get
 * their files, many at once, and the journal begins anew.
 */
import { dirname } from 'node:path';
import { BlobJournal, journalPaths } from './blob-journal.ts';
import { syncFolder } from './file-calls.ts';
import { journalBlobsBytesMax, pendingBytesMax, pendingMs, pendingRetryMs } from './limits.ts';

/** Writes blobs to files of their own, which last when it resolves. */
export type StoreBlobs = (all: ReadonlyMap<string, Uint8Array>) => Promise<void>;

/** A file of the journal, and the blobs in it. */
interface Half {
  readonly journal: BlobJournal;
  blobs: Map<string, Uint8Array>;
}

export class PendingBlobs {
  readonly #store: StoreBlobs;
  readonly #say: (line: string) => void;
  /** New blobs go into the first half, while those of the second get their files. */
  #halves: readonly [Half, Half];
  #settling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  /** Whether the disk failed to sync the journal: it may have dropped what it did not write. */
  #hasFailed = false;
  #isClosed = false;

  /**
   * Opens the journal of a data folder that this process has locked, and stores what the last
   * process left there.
   * @param say called when blobs cannot get their files; they stay in the journal
   */
  static async open(
    dir: string,
    store: StoreBlobs,
    say: (line: string) => void,
  ): Promise<PendingBlobs> {
    const [first, second] = journalPaths(dir);
    const half = (path: string): Half => {
      const journal = new BlobJournal(path);
      return { journal, blobs: journal.found };
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

  /**
   * Takes blobs in, which last when it resolves.
   * @param isSynced false for blobs that need not last
   * @returns false when there is no room for them; then none is taken
   */
  async take(all: ReadonlyMap<string, Uint8Array>, isSynced = true): Promise<boolean> {
    const bytes = [...all.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.#isClosed || this.#hasFailed || bytes > pendingBytesMax) return false;
    const [{ journal, blobs }] = this.#halves;
    if (journal.size + bytes > journalBlobsBytesMax) {
      this.#settleIn(0);
      return false;
    }
    const added = new Map([...all].filter(([name]) => !blobs.has(name)));
    journal.append(added);
    for (const [name, blob] of added) blobs.set(name, blob);
    this.#settleIn(pendingMs);
    if (!isSynced) return true;
    await journal.sync().catch((error) => {
      this.#hasFailed = true;
      throw error;
    });
    return true;
  }

  /** Stores all blobs that were taken before this call. */
  settle(): Promise<void> {
    const settling = this.#settling.then(() => this.#settleNow());
    this.#settling = settling.catch(() => undefined);
    return settling;
  }

  /** Stores all blobs, as far as the disk takes them. Later ones are not taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#settleOrSay();
    clearTimeout(this.#timer);
    for (const { journal } of this.#halves) journal.close();
  }

  async #settleNow(): Promise<void> {
    await this.#storeHalf(this.#halves[1]);
    this.#halves = [this.#halves[1], this.#halves[0]];
    await this.#storeHalf(this.#halves[1]);
  }

  async #storeHalf(half: Half): Promise<void> {
    if (half.journal.size === 0) return;
    await this.#store(half.blobs);
    await half.journal.empty();
    half.blobs = new Map();
  }

  async #settleOrSay(): Promise<void> {
    try {
      await this.settle();
    } catch (error) {
      this.#say(`warning: Cannot store blobs, which stay in the journal: ${String(error)}`);
      this.#settleIn(pendingRetryMs);
    }
  }

  /** A timer that is set already counts, unless it is to be at once. */
  #settleIn(ms: number): void {
    if (this.#isClosed || this.#isDue || (this.#timer !== undefined && ms > 0)) return;
    this.#isDue = ms === 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#settleOrSay().finally(() => {
        this.#isDue = false;
      });
    }, ms);
    this.#timer.unref();
  }
}
