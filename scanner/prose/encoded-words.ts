/**
 * Disguised words: texts that a reader (or a model) decodes into sentences, such as base64, hex,
 * ROT13, reversed text, Morse.
 */

import { foldedCharsMax } from '../fact/shared-limits.ts';
import { RecentTexts } from './reading.ts';

const encodedRunsMax = 8;

// Finds long runs of some characters in a text without reading each character: a stride hits every
// long run.

/** The characters of a class, as a table by their codes below 128. */
type CharacterClass = Uint8Array;

export function characterClass(form: RegExp): CharacterClass {
  return Uint8Array.from({ length: 128 }, (_, code) =>
    form.test(String.fromCharCode(code)) ? 1 : 0,
  );
}

interface TextRun {
  readonly start: number;
  readonly end: number;
}

/** All longest runs of at least `charsMin` characters of a class, in their order. */
export function* runsOf(text: string, of: CharacterClass, charsMin: number): Generator<TextRun> {
  let from = 0;
  for (let at = charsMin - 1; at < text.length; at += charsMin) {
    if (at < from || !isOf(text, at, of)) continue;
    let start = at;
    while (start > from && isOf(text, start - 1, of)) start--;
    let end = at + 1;
    // A run that is certainly too short is not followed to its end.
    if (!isOf(text, Math.min(start + charsMin, text.length) - 1, of)) continue;
    while (end < text.length && isOf(text, end, of)) end++;
    if (end - start >= charsMin) yield { start, end };
    from = end;
  }
}

/** Whether there is such a run. */
export function hasRun(text: string, of: CharacterClass, charsMin: number): boolean {
  return runsOf(text, of, charsMin).next().done !== true;
}

function isOf(text: string, at: number, of: CharacterClass): boolean {
  const code = text.charCodeAt(at);
  return code < 128 && of[code] === 1;
}

/**
 * Whether a text has this number of consecutive commas with a (hexadecimal) digit before and
 * behind, ignoring blanks.
 */
export function hasNumberList(text: string, commasMin: number): boolean {
  let count = 0;
  let behind = -1;
  for (let comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', comma + 1)) {
    let next = comma + 1;
    while (next <= comma + blanksMax && blankForm.test(text.charAt(next))) next++;
    let last = comma - 1;
    while (last >= comma - blanksMax && blankForm.test(text.charAt(last))) last--;
    const isBetween = /[0-9a-f]/i.test(text.charAt(last)) && /[0-9]/.test(text.charAt(next));
    // The number before a comma is the one behind the last comma, because it is short.
    count = !isBetween ? 0 : comma - behind <= numberCharsMax ? count + 1 : 1;
    behind = comma;
    if (count >= commasMin) return true;
  }
  return false;
}

const blanksMax = 16;
const numberCharsMax = 40;
const blankForm = /\s/;

interface Decoding {
  /** For messages: `base64`, `ROT13`, … */
  readonly how: string;
  readonly text: string;
}

/**
 * The decoded text for each encoding that the text looks like; nothing for ordinary prose. The work
 * is linear in the text.
 */
export function decodingsOf(given: string): readonly Decoding[] {
  if (given.length < readableCharsMin) return [];
  return decodings.of(given, findDecodings);
}

const decodings = new RecentTexts<readonly Decoding[]>();

function findDecodings(given: string): Decoding[] {
  const text = given.length > foldedCharsMax ? given.slice(0, foldedCharsMax) : given;
  return codecs.flatMap(({ how, run, looks, decode }) => {
    if ((run !== undefined && !hasRun(text, run.of, run.charsMin)) || !looks.test(text)) return [];
    const decoded = decode(text);
    return decoded !== undefined && isReadable(decoded) ? [{ how, text: decoded }] : [];
  });
}

interface Codec {
  readonly how: string;
  /**
   * An encoded text has at least this number of such characters in a row. The run is searched
   * first.
   */
  readonly run?: { readonly of: CharacterClass; readonly charsMin: number };
  /** A cheap test whether the text may be encoded so. */
  readonly looks: RegExp;
  readonly decode: (text: string) => string | undefined;
}

const codecs: readonly Codec[] = [
  {
    how: 'base64',
    run: { of: characterClass(/[A-Za-z0-9+/_-]/), charsMin: 24 },
    looks: /[A-Za-z0-9+/_-]{24}/,
    decode: (text) =>
      runs(text, /[A-Za-z0-9+/_-]{24,4000}={0,2}/g, (run) => fromBytes(Buffer.from(run, 'base64'))),
  },
  {
    how: 'hex',
    run: { of: characterClass(/[0-9a-f :,]/i), charsMin: 48 },
    looks: /(?:[0-9a-f]{2}[ :,]?){24}/i,
    decode: (text) => runs(text, /(?:(?:0x|\\x)?[0-9a-f]{2}[ :,]{0,2}){24,2000}/gi, fromHex),
  },
  {
    how: 'binary',
    run: { of: characterClass(/[01 ]/), charsMin: 96 },
    looks: /(?:[01]{8} ?){12}/,
    decode: (text) =>
      runs(text, /(?:[01]{8} ?){12,1000}/g, (run) => fromCodes(run.match(/[01]{8}/g) ?? [], 2)),
  },
  {
    how: 'character codes',
    run: { of: characterClass(/[\d, ]/), charsMin: 48 },
    looks: /(?:\d{2,3}[, ]{1,2}){16}/,
    decode: (text) =>
      runs(text, /(?:\d{2,3}[, ]{1,2}){16,1000}\d{0,3}/g, (run) =>
        fromCodes(run.match(/\d+/g) ?? [], 10),
      ),
  },
  {
    how: 'percent signs',
    run: { of: characterClass(/[%0-9a-f]/i), charsMin: 36 },
    looks: /(?:%[0-9a-f]{2}){12}/i,
    decode: (text) => runs(text, /(?:%[0-9a-f]{2}|\w){12,2000}/gi, fromPercent),
  },
  {
    how: 'ROT13',
    looks:
      /\b(vtaber|vafgehpgvbaf?|cerivbhf|frperg|cnffjbeq|hfre|frnq|frraq|fraq|sbyybj|svyrf?|gur|naq)\b/i,
    decode: (text) => text.replace(/[a-z]/gi, rot13),
  },
  {
    how: 'words backwards',
    looks: /\b(erongi|snoitcurtsni|suoiverp|drowssap|resu|dnes|eht|dna|wollof)\b/i,
    decode: (text) => [...text].reverse().join(''),
  },
  {
    how: 'turned letters',
    looks: /(?:[ɐɔǝɟƃɥᴉıɾʞɯɹʇʌʍʎ][^ɐɔǝɟƃɥᴉıɾʞɯɹʇʌʍʎ]{0,12}){8}/,
    decode: (text) =>
      [...text]
        .reverse()
        .map((letter) => turned.get(letter) ?? letter)
        .join(''),
  },
  {
    how: 'digits for letters',
    looks:
      /\w[013457@$]{1,2}\w[\s\S]{0,40}?\b[a-z0-9@$]{0,12}(?:[a-z][013457@$]|[013457@$][a-z])[\s\S]{0,40}?(?:[a-z][013457@$]|[013457@$][a-z])[a-z]/i,
    decode: (text) => text.replace(/[^\s]{2,40}/g, fromLeet),
  },
  {
    how: 'pig Latin',
    looks: /(?:\b\w{1,20}ay\b[\s,.]{1,3}){4}/i,
    decode: (text) => text.replace(/\b([a-z]{1,20}?)(w|y)?ay\b/gi, fromPigLatin),
  },
  {
    how: 'Morse code',
    run: { of: characterClass(/[. /-]/), charsMin: 24 },
    looks: /(?:[.-]{1,6}[ /]{1,3}){12}/,
    decode: (text) => runs(text, /(?:[.-]{1,6}[ /]{1,3}){12,1000}[.-]{0,6}/g, fromMorse),
  },
  {
    how: 'letters apart',
    looks: /(?:\b[a-z][ .*_|-]{1,2}){8}[a-z]\b/i,
    decode: (text) => text.replace(/\b[a-z](?:[ .*_|-][a-z]\b){3,60}/gi, joinLetters),
  },
];

// The word ends are lost with the spaces, so the words that matter are cut out.
function joinLetters(run: string): string {
  return run
    .replace(/[^a-z]/gi, '')
    .replace(
      /(ignore|disregard|forget|previous|prior|instructions|prompts?|rules|send|secrets?|passwords?|system|user|tell|all|not|the|your|and|follow)/gi,
      ' $1 ',
    );
}

function runs(text: string, pattern: RegExp, decode: (run: string) => string): string | undefined {
  const found = text.match(pattern) ?? [];
  return found.length === 0
    ? undefined
    : found.slice(0, encodedRunsMax).map(decode).filter(isReadable).join('. ');
}

function fromBytes(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

function fromHex(run: string): string {
  return fromBytes(Buffer.from(run.replace(/0x|\\x|[^0-9a-f]/gi, ''), 'hex'));
}

function fromCodes(codes: readonly string[], base: number): string {
  return codes.map((code) => String.fromCharCode(Number.parseInt(code, base))).join('');
}

function fromPercent(run: string): string {
  return fromBytes(
    Buffer.from(
      run.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      ),
      'latin1',
    ),
  );
}

function rot13(letter: string): string {
  const base = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

const leet: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const turned = new Map(
  'ɐa qb ɔc pd ǝe ɟf ƃg ɥh ᴉi ıi ɾj ʞk ןl ɯm un dp bq ɹr ʇt nu ʌv ʍw ʎy ˙.'
    .split(' ')
    .map(([from = '', to = '']) => [from, to]),
);

function fromLeet(word: string): string {
  return /[a-z]/i.test(word) && !word.includes('://')
    ? word.replace(/[0134578@$](?=\w|$)|!(?=\w)/g, (digit) => leet[digit] ?? digit)
    : word;
}

// "ignoreway", "eviouspray": the consonants at the end go back to the front.
function fromPigLatin(_: string, stem: string, glide: string | undefined): string {
  if (glide === 'w' || glide === 'y') return stem;
  const moved = /[^aeiou]{1,4}$/i.exec(stem)?.[0] ?? '';
  const onset = onsets.find((onset) => moved.toLowerCase().endsWith(onset)) ?? '';
  return onset === '' ? stem : onset + stem.slice(0, stem.length - onset.length);
}

const onsets =
  'scr spl spr str thr shr bl br ch cl cr dr fl fr gl gr kn ph pl pr qu sc sh sk sl sm sn sp st sw th tr tw wh wr b c d f g h j k l m n p r s t v w x y z'.split(
    ' ',
  );

const morse: Readonly<Record<string, string>> = Object.fromEntries(
  '.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..'
    .split(' ')
    .map((code, index) => [code, String.fromCharCode(97 + index)]),
);

function fromMorse(run: string): string {
  return run
    .split(/ ?\/ ?| {2,}/)
    .map((word) =>
      word
        .split(' ')
        .map((code) => morse[code] ?? '')
        .join(''),
    )
    .join(' ');
}

// Sentences, not bytes: nearly all letters and spaces.
function isReadable(text: string): boolean {
  if (text.length < readableCharsMin || !/\s/.test(text)) return false;
  let odd = 0;
  for (const { 0: run } of text.matchAll(oddCharacters)) {
    odd += run.length;
    if (text.length - odd < text.length * 0.92) return false;
  }
  return true;
}

const readableCharsMin = 12;
const oddCharacters = /[^\p{L}\p{N}\s.,:;!?'"()/~_@$&|<>=+-]+/gu;
const utf8 = new TextDecoder();
