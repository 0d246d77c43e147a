/**
 * Parts of a value that a host could give back: any eight characters of it in a row, sixteen where they are letters of one case or digits
 * alone, in the forms that the leak detector knows. What other values have as well is no part: what every key of a maker begins with. Pure.
 */
import { type LeakForm, leakForms } from './leak-forms.ts';

const partChars = 8;
/** Words and dates are shorter. */
const plainPartChars = 16;
/** Of a value in an encoding, each so many characters a part begins: of eleven in a row one part is whole. */
const encodedStep = 4;
/** Parts of one value that are looked for in encodings; of a longer value they begin farther apart. */
const encodedPartsMax = 64;

const asLetters = new Set(['plain', 'reversed', 'rot13']);

/** @param value Latin-1; one that is shorter than a part has none */
export function echoedPartForms(value: string): LeakForm[] {
  const { from, to } = unguessable(value);
  const starts = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  const parts = starts
    .map((start) => value.slice(start, start + (isUnlikely(value.slice(start, start + partChars)) ? partChars : plainPartChars)))
    .filter(isPart);
  const step = Math.max(encodedStep, Math.ceil(parts.length / encodedPartsMax));
  const encoded = [...(value.length < partChars ? [] : [value]), ...parts.filter((_, at) => at % step === 0)];
  return [
    ...parts.flatMap((part) => leakForms(part, asLetters)).filter(({ text }) => isPart(text)),
    ...encoded.flatMap((part) => leakForms(part)).filter(({ encoding }) => !asLetters.has(encoding)),
    ...(value.length < partChars ? [] : leakForms(value, asLetters)),
  ];
}

function isPart(text: string): boolean {
  return text.length === plainPartChars || (text.length === partChars && isUnlikely(text));
}

// Header and claims of a token say what other tokens of the issuer say too; kinds of keys begin with their maker's words.
function unguessable(value: string): { readonly from: number; readonly to: number } {
  const isToken = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(value);
  if (isToken) return { from: value.lastIndexOf('.') + 1, to: value.length };
  const [maker = ''] = /^(?:[A-Za-z]{2,10}\d{0,2}[-_])*/.exec(value) ?? [];
  return { from: maker.length, to: value.length };
}

function isUnlikely(part: string): boolean {
  return [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(part)).length > 1;
}
