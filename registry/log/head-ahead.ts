/** Heads that cover entries which the log here lacks. */

/** A witness that cosigned more entries of this log than the log has here. */
export interface WitnessAhead {
  readonly url: string;
  /** Entries that the witness saw. */
  readonly size: number;
}

/** A head that this registry signed and that its log does not continue. */
export interface OwnHeadAhead {
  /** The file that shows the head, in the data folder. */
  readonly file: string;
  /** Entries that the head covers. */
  readonly size: number;
  /** Entries in the log here: fewer, or different ones. */
  readonly here: number;
}

export type HeadAhead = WitnessAhead | OwnHeadAhead;
