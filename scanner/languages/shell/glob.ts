/**
 * Shell patterns (Bash manual §3.5.8.1) without regular expressions: matching takes time linear in
 * text times pattern.
 */
import { shellPatternCharsMax } from '../../fact/shared-limits.ts';

type Token = { readonly one: (character: string) => boolean } | 'star';

/** The matches of a pattern; undefined for extended patterns, and for texts that are too long. */
export interface Glob {
  /** Lengths of the matching prefixes of a text, shortest first. */
  prefixes(text: string): number[];
  /** Lengths of the matching suffixes of a text, shortest first. */
  suffixes(text: string): number[];
}

export function globOf(pattern: string): Glob | undefined {
  const tokens = tokensOf(pattern);
  if (tokens === undefined || pattern.length > shellPatternCharsMax) return undefined;
  const reversed = [...tokens].reverse();
  return {
    // A text is not spread: mostly its first character ends the search.
    prefixes: (text) => lengths(tokens, text),
    suffixes: (text) => lengths(reversed, [...text].reverse()),
  };
}

/** Whether a pattern matches a whole text. */
export function globFits(pattern: string, text: string): boolean {
  return globOf(pattern)?.prefixes(text).includes(text.length) === true;
}

/** Text with matches of a pattern replaced: the first longest match, or all. */
export function replaceGlob(
  text: string,
  glob: Glob,
  replacement: string,
  all: boolean,
): string | undefined {
  if (text.length > shellPatternCharsMax) return undefined;
  let out = '';
  for (let at = 0; at < text.length; ) {
    const length = glob.prefixes(text.slice(at)).at(-1) ?? 0;
    if (length === 0) {
      out += text[at];
      at += 1;
      continue;
    }
    out += replacement;
    at += length;
    if (!all) return out + text.slice(at);
  }
  return out;
}

// All states of the pattern at once: a set of positions, advanced by one character.
function lengths(tokens: readonly Token[], characters: Iterable<string>): number[] {
  let states = closed(tokens, [0]);
  const found: number[] = states.has(tokens.length) ? [0] : [];
  let length = 0;
  for (const character of characters) {
    const next: number[] = [];
    for (const state of states) {
      const token = tokens[state];
      if (token === 'star') next.push(state);
      else if (token?.one(character)) next.push(state + 1);
    }
    if (next.length === 0) break;
    length += character.length;
    states = closed(tokens, next);
    if (states.has(tokens.length)) found.push(length);
  }
  return found;
}

function closed(tokens: readonly Token[], states: readonly number[]): Set<number> {
  const all = new Set<number>();
  for (const state of states)
    for (let at = state; !all.has(at) && all.add(at) && tokens[at] === 'star'; ) at += 1;
  return all;
}

function tokensOf(pattern: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (/[?*+@!]/.test(character) && pattern[at + 1] === '(') return undefined;
    if (character === '*') {
      if (tokens.at(-1) !== 'star') tokens.push('star');
    } else if (character === '?') tokens.push({ one: () => true });
    else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2);
      tokens.push({ one: classOf(pattern.slice(at + 1, end)) });
      at = end;
    } else {
      const literal = character === '\\' ? (pattern[++at] ?? '\\') : character;
      tokens.push({ one: (other) => other === literal });
    }
  }
  return tokens;
}

function classOf(inside: string): (character: string) => boolean {
  const negated = /^[!^]/.test(inside);
  const set = negated ? inside.slice(1) : inside;
  const within = (character: string): boolean => {
    for (let at = 0; at < set.length; at++) {
      const isRange = set[at + 1] === '-' && at + 2 < set.length;
      if (
        isRange
          ? character >= (set[at] ?? '') && character <= (set[at + 2] ?? '')
          : character === set[at]
      )
        return true;
      if (isRange) at += 2;
    }
    return false;
  };
  return (character) => within(character) !== negated;
}
