/** What comes out of an archive, and how much may: one budget for all archives of a skill. */
import {
  archiveBytesMax,
  archiveEntriesMax,
  archiveFreeBytes,
  archiveRatioMax,
} from '../../limits.ts';

export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Something about an archive that its entries do not show. */
export interface ArchiveTrouble {
  /**
   * `archive`, `document`: broken, or in a form that is not read. `unsafe-entry`: would be written
   * elsewhere. Only this and `active-content` leave nothing unread.
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

/** Whether something was left unread because of it. */
export function isUnread({ what }: ArchiveTrouble): boolean {
  return what !== 'unsafe-entry' && what !== 'active-content';
}

export interface OpenedArchive {
  readonly entries: readonly ArchiveEntry[];
  readonly troubles: readonly ArchiveTrouble[];
}

/**
 * Counts what is taken out; the order of the files decides, so that the same skill stops at the
 * same place.
 */
export class ArchiveBudget {
  #bytes = archiveBytesMax;
  #entries = archiveEntriesMax;

  /** Most bytes that an entry of so many compressed ones may become. */
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

/**
 * Why a name must not be written to where it points; undefined for one that stays in its folder.
 */
export function unsafeName(name: string): string | undefined {
  if (name === '' || name.includes('\0')) return 'has no proper name';
  if (/^([/\\]|[A-Za-z]:)/.test(name)) return 'has an absolute name';
  if (/(^|[/\\])\.\.([/\\]|$)/.test(name)) return 'would be written outside of its folder';
  return undefined;
}

/**
 * Runs a decompressor that throws when there is more than it may give out; `bomb` then, and
 * `broken` for other failures.
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
