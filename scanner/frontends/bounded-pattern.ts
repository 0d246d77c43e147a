/** Regular expressions that a skill wrote, matched only where matching cannot be slow. */
import { shellPatternCharsMax, shellPatternWorkMax } from '../limits.ts';

export interface BoundedPattern {
  readonly expression: RegExp;
  /** A repetition is tried from every place of a line: matching takes its length to this power. */
  readonly power: number;
  /** Characters of a line that it may be matched against. */
  readonly lineMax: number;
}

/**
 * A pattern with at most two repetitions and none of groups; undefined for other patterns, and for
 * those that JavaScript does not know.
 */
export function boundedPattern(source: string, flags: string): BoundedPattern | undefined {
  const repeats = source.match(/(?<!\\)[*+?{]/g)?.length ?? 0;
  if (repeats > 2 || /\)[*+?{]|\\\d|\[[.=:]/.test(source)) return undefined;
  const power = 1 + repeats;
  const lineMax = Math.floor(shellPatternWorkMax ** (1 / power));
  try {
    const expression = new RegExp(source, flags);
    return { expression, power, lineMax: Math.min(shellPatternCharsMax, lineMax) };
  } catch {
    return undefined;
  }
}
