/**
 * Parts of a secret value that a host could send back: any eight characters in a row, or sixteen
 * where all characters are digits or letters of one case. The redaction searches for the parts in
 * the encodings of the leak detector. Only characters that nobody can guess count. Pure.
 */
import { type LeakForm, leakForms } from './leak-forms.ts';
import { type Range, secretRanges } from './secret-ranges.ts';
import { isUnlikely, partChars, plainPartChars } from './secret-words.ts';

/**
 * In encodings, a searched part begins at every fourth character of a value. So any eleven
 * characters in a row contain one whole part.
 */
const encodedStep = 4;
/**
 * The highest number of parts of one value that the search looks for in encodings. The parts of a
 * longer value begin farther apart.
 */
const encodedPartsMax = 64;
/**
 * In a value with more characters than this number, parts of sixteen begin at every eighth
 * character. So of 23 characters in a row, at most seven at either end stay unfound.
 */
const everyPartCharsMax = 1_024;
const longStep = 8;
/**
 * The search looks for a longer value in encodings piece by piece. Pieces overlap, because the ends
 * of an encoded piece depend on the neighbouring bytes.
 */
const pieceChars = 64;
const pieceStep = 48;

const asLetters = new Set(['plain', 'reversed', 'rot13']);

/** @param value Latin-1; a value shorter than a part has no parts */
export function echoedPartForms(value: string): LeakForm[] {
  const ranges = secretRanges(value);
  const starts = ranges.flatMap((range) => partsOf(value, range));
  const step = Math.max(encodedStep, Math.ceil(starts.length / encodedPartsMax));
  const keys = ranges.map(({ from, to }) => value.slice(from, to)).filter(isLong);
  const whole = [...(value.length <= pieceChars ? [value] : []), ...keys].flatMap(piecesOf);
  const encoded = [...whole, ...starts.filter((_, at) => at % step === 0)];
  return [
    ...starts.flatMap((part) => leakForms(part, asLetters)).filter(({ text }) => isPart(text)),
    ...encoded
      .flatMap((part) => leakForms(part))
      .filter(({ encoding }) => !asLetters.has(encoding)),
    ...whole.flatMap((part) => leakForms(part, asLetters)),
  ];
}

function partsOf(value: string, { from, to }: Range): string[] {
  const step = to - from > everyPartCharsMax ? longStep : 1;
  const starts = Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => from + at * step);
  return starts
    .map((start) => {
      const isShort = step === 1 && isUnlikely(value.slice(start, Math.min(to, start + partChars)));
      return value.slice(start, Math.min(to, start + (isShort ? partChars : plainPartChars)));
    })
    .filter(isPart);
}

/** Returns overlapping pieces of a long text; a short text is its own only piece. */
function piecesOf(text: string): string[] {
  if (text.length <= pieceChars) return text.length < partChars ? [] : [text];
  const starts = Array.from(
    { length: Math.ceil(text.length / pieceStep) },
    (_, at) => at * pieceStep,
  );
  return starts
    .map((start) => text.slice(start, start + pieceChars))
    .filter((piece) => piece.length >= plainPartChars);
}

// Require a long value: a short password that is also an ordinary word would be found in harmless
// responses.
function isLong(text: string): boolean {
  return text.length >= plainPartChars || (text.length >= partChars && isUnlikely(text));
}

function isPart(text: string): boolean {
  return text.length === plainPartChars || (text.length === partChars && isUnlikely(text));
}
