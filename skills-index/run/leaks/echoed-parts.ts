/**
 * Parts of a value that a host could give back: any eight characters of it in a row, sixteen where
 * they are letters of one case or digits alone, in the forms that the leak detector knows. Only
 * what nobody can guess counts. Pure.
 */
import { type LeakForm, leakForms } from './leak-forms.ts';
import { type Range, secretRanges } from './secret-ranges.ts';
import { isUnlikely, partChars, plainPartChars } from './secret-words.ts';

/**
 * Of a value in an encoding, each so many characters a part begins: of eleven in a row one part is
 * whole.
 */
const encodedStep = 4;
/**
 * Parts of one value that are looked for in encodings; of a longer value they begin farther apart.
 */
const encodedPartsMax = 64;
/**
 * Of a longer value, parts of sixteen begin each eight characters: of 23 in a row at most seven at
 * either end are left.
 */
const everyPartCharsMax = 1_024;
const longStep = 8;
/**
 * A longer value is looked for in encodings piece by piece. Pieces overlap, as the ends of an
 * encoded piece depend on what stands beside it.
 */
const pieceChars = 64;
const pieceStep = 48;

const asLetters = new Set(['plain', 'reversed', 'rot13']);

/** @param value Latin-1; one that is shorter than a part has none */
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

/** A short text as it is. */
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

// A shorter password that is a word stands in other answers too.
function isLong(text: string): boolean {
  return text.length >= plainPartChars || (text.length >= partChars && isUnlikely(text));
}

function isPart(text: string): boolean {
  return text.length === plainPartChars || (text.length === partChars && isUnlikely(text));
}
