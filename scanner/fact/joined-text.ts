/** Raw text in which string concatenations are joined, for rules that search text. */
import { type OffsetMap, rawOffset, type TaintSource } from './source.ts';

export interface JoinedText {
  readonly text: string;
  /** The offset in the source of an offset in `text`. */
  readonly offsetOf: (at: number) => number;
}

// `'a' + 'b'`, also with parentheses around; in shell scripts empty quotes inside a word.
const codeSeams = /(["'`])\s{0,20}\)?\s{0,4}\+\s{0,20}\(?\s{0,4}[bBrRuU]{0,2}\1/g;
const shellSeams = /(?<=[\w./:@%+,-])(?:''|"")(?=[\w./:@%+,-])/g;

// A memo of a pure function: several rules search the same source.
const joinedTexts = new WeakMap<TaintSource, JoinedText>();

/** The text of a source without the seams of its concatenations. */
export function joinedText(source: TaintSource): JoinedText {
  const known = joinedTexts.get(source) ?? joinText(source);
  joinedTexts.set(source, known);
  return known;
}

function joinText({ text, language }: TaintSource): JoinedText {
  const isShell = language === 'shell' || language === 'markdown';
  const seams = [
    ...text.matchAll(isShell ? shellSeams : codeSeams),
    ...(language === 'markdown' ? text.matchAll(codeSeams) : []),
  ];
  if (seams.length === 0) return { text, offsetOf: (at) => at };
  seams.sort((a, b) => a.index - b.index);
  // The start of each piece, in the joined text and in the source.
  const pieces: OffsetMap[number][] = [{ at: 0, raw: 0 }];
  let joined = '';
  let raw = 0;
  for (const seam of seams) {
    if (seam.index < raw) continue;
    joined += text.slice(raw, seam.index);
    raw = seam.index + seam[0].length;
    pieces.push({ at: joined.length, raw });
  }
  joined += text.slice(raw);
  return { text: joined, offsetOf: (at) => rawOffset(pieces, at) };
}
