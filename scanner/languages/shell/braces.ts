/** Brace expansion (Bash manual §3.5.1), on the text of a word: lists, ranges, one in another. */
import { shellWordsMax } from '../../fact/shared-limits.ts';

/**
 * The words that a word becomes; only itself when there is nothing to expand. Quoted braces and
 * `${…}` are left as they are. One word more than the greatest number stands for all that follow.
 */
export function expandBraces(word: string): string[] {
  const open: string[] = [word];
  const done: string[] = [];
  while (open.length > 0 && done.length + open.length <= shellWordsMax) {
    const text = open.shift() ?? '';
    const brace = firstBrace(text);
    if (brace === undefined) done.push(text);
    else
      open.unshift(
        ...brace.choices.map(
          (choice) => text.slice(0, brace.start) + choice + text.slice(brace.end),
        ),
      );
  }
  return [...done, ...open].slice(0, shellWordsMax + 1);
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly string[];
}

function firstBrace(text: string): Brace | undefined {
  for (let at = 0; at < text.length; at = next(text, at)) {
    if (text[at] !== '{') continue;
    const found = braceAt(text, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function braceAt(text: string, start: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = start; at < text.length; at = next(text, at)) {
    const character = text[at];
    if (character === '{') depth += 1;
    if (character === ',' && depth === 1) commas.push(at);
    if (character !== '}' || --depth > 0) continue;
    const inside = text.slice(start + 1, at);
    const choices = commas.length > 0 ? pieces(text, [start, ...commas, at]) : rangeOf(inside);
    return choices === undefined ? undefined : { start, end: at + 1, choices };
  }
  return undefined;
}

function pieces(text: string, cuts: readonly number[]): string[] {
  return cuts.slice(1).map((cut, index) => text.slice((cuts[index] ?? 0) + 1, cut));
}

function rangeOf(inside: string): string[] | undefined {
  const [, from = '', to = '', by] =
    /^(-?\d{1,6}|[A-Za-z])\.\.(-?\d{1,6}|[A-Za-z])(?:\.\.(-?\d{1,4}))?$/.exec(inside) ?? [];
  if (from === '') return undefined;
  const isLetters = /[A-Za-z]/.test(from) && /[A-Za-z]/.test(to);
  const [first, last] = isLetters
    ? [from.charCodeAt(0), to.charCodeAt(0)]
    : [Number(from), Number(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) return undefined;
  const step = Math.max(1, Math.abs(Number(by ?? 1))) * (last < first ? -1 : 1);
  const found: string[] = [];
  for (let at = first; step > 0 ? at <= last : at >= last; at += step) {
    if (found.length > shellWordsMax) break;
    found.push(isLetters ? String.fromCharCode(at) : `${at}`);
  }
  return found;
}

// Past quotes, escapes, `${…}` and `$(…)`.
function next(text: string, at: number): number {
  const character = text[at];
  if (character === '\\') return at + 2;
  if (character === "'" || character === '"') {
    const end = text.indexOf(character, at + 1);
    return end < 0 ? text.length : end + 1;
  }
  if (character !== '$' || !/[{(]/.test(text[at + 1] ?? '')) return at + 1;
  const [open, close] = text[at + 1] === '{' ? ['{', '}'] : ['(', ')'];
  let depth = 0;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === open) depth += 1;
    if (text[end] === close && --depth === 0) return end + 1;
  }
  return text.length;
}
