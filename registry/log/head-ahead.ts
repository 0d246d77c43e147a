/** Heads of the log that show more than the log has here. */

/** A witness that cosigned more of this log than is here. */
export interface WitnessAhead {
  readonly url: string;
  /** Entries that it saw. */
  readonly size: number;
}

/** A head that this registry signed, and that its log does not continue. */
export interface OwnHeadAhead {
  /** The file that shows the head, in the data folder. */
  readonly file: string;
  /** Entries that the head covers. */
  readonly size: number;
  /** Entries that are here: fewer, or others in their place. */
  readonly here: number;
}

export type HeadAhead = WitnessAhead | OwnHeadAhead;
