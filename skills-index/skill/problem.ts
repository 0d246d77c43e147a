/**
 * The only class of intended failures. A Problem is thrown where work cannot continue, and caught
 * only where a process or connection begins.
 */
import type { ProblemCode } from './problem-codes.ts';

/** A place in a file, counted from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** One of several reasons, with its place in a file where there is one. */
export interface Reason {
  readonly message: string;
  readonly place?: Place;
}

export interface ProblemDetail {
  /** The next step, where it is more exact than the code's own `fix`. */
  readonly hint?: string | undefined;
  /** Every reason, where there are several. */
  readonly reasons?: readonly Reason[];
  readonly cause?: unknown;
}

/**
 * A failure with a stable code and a message for people, such as `Cannot unpack bundle "x": path
 * "../y" leaves the skill`.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;
  readonly reasons: readonly Reason[];

  constructor(code: ProblemCode, message: string, detail: ProblemDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Problem';
    this.code = code;
    this.hint = detail.hint;
    this.reasons = detail.reasons ?? [];
  }
}
