/**
 * The only class of intended failures. Code throws a Problem where work cannot continue, and
 * catches a Problem only where a process or connection begins.
 */
import type { ProblemCode } from './problem-codes.ts';

/** A line and column of a file, each counted from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** One of several reasons of a failure. The reason has a place where the reason is about a file. */
export interface Reason {
  readonly message: string;
  readonly place?: Place;
}

export interface ProblemDetail {
  /**
   * The next step for the reader of this failure, where the step is more exact than the `fix` of
   * the failure's code.
   */
  readonly hint?: string | undefined;
  /** Every reason of the failure, where there are several. */
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
