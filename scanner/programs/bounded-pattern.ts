/** Regular expressions that a skill wrote, matched only where matching cannot be slow. */
import { posix } from 'node:path';
import { shellPatternCharsMax } from '../fact/shared-limits.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';

/** Characters of a text times characters of a pattern that is matched against it. */
export const shellPatternWorkMax = 1_000_000;

export interface BoundedPattern {
  readonly expression: RegExp;
  /** Steps for a line, at most. A repetition is tried from every place of the line. */
  readonly work: (lineChars: number) => number;
  /** Characters of a line that it may be matched against. */
  readonly lineMax: number;
}

/**
 * A pattern with at most two repetitions and none of groups; undefined for other patterns, and for
 * those that JavaScript does not know.
 */
export function boundedPattern(source: string, flags: string): BoundedPattern | undefined {
  // In `\\*` the star repeats a backslash.
  const signs = source.replace(/\\[\s\S]/g, ' ');
  const repeats = signs.match(/[*+?{]/g)?.length ?? 0;
  if (repeats > 2 || /\)[*+?{]|\\\d|\[[.=:]/.test(source)) return undefined;
  // Matching may try each way through the alternatives of all groups: `(a|a)(a|a)b` has four.
  const ways = signs.split(/[()]/).reduce((all, part) => all * part.split('|').length, 1);
  const power = 1 + repeats;
  const lineMax = Math.floor((shellPatternWorkMax / ways) ** (1 / power));
  if (lineMax === 0) return undefined;
  try {
    return {
      expression: new RegExp(source, flags),
      work: (lineChars) => ways * lineChars ** power,
      lineMax: Math.min(shellPatternCharsMax, lineMax),
    };
  } catch {
    return undefined;
  }
}

/** Any file beside the file of a path; undefined for a text that is no path. */
export function filesBeside(path: string): string | undefined {
  return /^[/~].*\//.test(path) ? `${posix.dirname(path)}/${unknownPart}` : undefined;
}
