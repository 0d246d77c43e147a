/** What a part of the registry's bench hands over: rows, and curves over a growing number. */
import type { Row, Unmeasured } from '../row.ts';

export interface Part {
  readonly rows: readonly (Row | Unmeasured)[];
  readonly curves?: readonly Curve[];
}

/** One chart: lines over numbers that grow tenfold or nearly so. */
export interface Curve {
  readonly title: string;
  /** What grows. */
  readonly along: string;
  readonly at: readonly number[];
  readonly unit: string;
  /** A value for each number; undefined where it was not measured. */
  readonly lines: readonly {
    readonly name: string;
    readonly values: readonly (number | undefined)[];
  }[];
}

/** How far the growing numbers go. */
export type Reach = 'quick' | 'usual' | 'full';

/** 10, 1,000, 1,000,000. */
export function printCount(count: number): string {
  return count.toLocaleString('en');
}

/** A row that could not be measured, with the first line of the reason. */
export function unmeasured(name: string, goal: string, cause: unknown): Unmeasured {
  const why = cause instanceof Error ? cause.message : String(cause);
  return { name, goal, why: why.split('\n')[0]?.slice(0, 200) ?? '' };
}
