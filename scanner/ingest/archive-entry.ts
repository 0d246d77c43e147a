/** The entries of an archive, and the budget for unpacking: one for all archives of a skill. */

/** Bytes unpacked from the archives of one skill. */
const archiveBytesMax = 50 * 1024 * 1024;

const archiveEntriesMax = 2_000;

const archiveFreeBytes = 1024 * 1024;

/** Bytes unpacked for each compressed byte, of entries larger than `archiveFreeBytes`. */
const archiveRatioMax = 100;

export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A fault of an archive that its entries do not show. */
export interface ArchiveTrouble {
  /**
   * `archive`, `document`: broken, or in an unsupported form. `unsafe-entry`: an entry would be
   * written elsewhere. Only `unsafe-entry` and `active-content` leave nothing unread.
   */
  readonly what:
    | 'encrypted-archive'
    | 'unsafe-entry'
    | 'over-ratio'
    | 'archive'
    | 'document'
    | 'active-content';
  readonly detail: string;
}

/** Whether a part stayed unread because of it. */
export function isUnread({ what }: ArchiveTrouble): boolean {
  return what !== 'unsafe-entry' && what !== 'active-content';
}

export interface OpenedArchive {
  readonly entries: readonly ArchiveEntry[];
  readonly troubles: readonly ArchiveTrouble[];
}

/**
 * Counts unpacked bytes. Files are read in a fixed order, so that the same skill stops at the same
 * place.
 */
export class ArchiveBudget {
  #bytes = archiveBytesMax;
  #entries = archiveEntriesMax;

  /** The number of bytes that an entry with this compressed size may unpack to. */
  allowance(compressed: number): number {
    return Math.min(this.#bytes, Math.max(archiveFreeBytes, compressed * archiveRatioMax));
  }

  takeEntry(): boolean {
    this.#entries -= 1;
    return this.#entries >= 0;
  }

  takeBytes(count: number): void {
    this.#bytes = Math.max(0, this.#bytes - count);
  }
}

/** Why a name must not be written; undefined for a name that stays in its folder. */
export function unsafeName(name: string): string | undefined {
  if (name === '' || name.includes('\0')) return 'has no proper name';
  if (/^([/\\]|[A-Za-z]:)/.test(name)) return 'has an absolute name';
  if (/(^|[/\\])\.\.([/\\]|$)/.test(name)) return 'would be written outside of its folder';
  return undefined;
}

/**
 * Runs a decompressor that throws at its output limit. Returns `bomb` then, and `broken` for other
 * failures.
 */
export function inflateWithin(inflate: () => Uint8Array): Uint8Array | 'bomb' | 'broken' {
  try {
    return inflate();
  } catch (cause) {
    const isTooLarge =
      cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? 'bomb' : 'broken';
  }
}
