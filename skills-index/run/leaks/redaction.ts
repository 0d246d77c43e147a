/** Replaces the values of secrets in responses with the placeholders of the secrets. Pure. */
import { type EchoForm, type EchoUnit, echoForms } from './echo-forms.ts';
import { finderOf, type LeakForm, leakForms } from './leak-forms.ts';
import {
  isUnlikely,
  partChars,
  plainPartChars,
  type Range,
  secretRanges,
} from './secret-ranges.ts';

export interface KnownValue {
  readonly name: string;
  readonly placeholder: string;
  readonly value: string;
}

interface Redactor {
  /**
   * Takes a part of a text and returns the text that the proxy can forward. An end of the text that
   * may be the beginning of a value is kept back.
   */
  push(part: string): string;
  end(): string;
  /** The names of the secrets found so far in the text. */
  readonly found: ReadonlySet<string>;
}

/** The secret values of a run, prepared for searching many responses. */
export interface Redaction {
  readonly isEmpty: boolean;
  /** Makes a redactor for one response. The caller passes the response from its beginning. */
  start(): Redactor;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly owner: KnownValue;
  /** Whether the span is a whole value rather than a part of a value. */
  readonly isWhole: boolean;
}

/**
 * Replaces known values with their placeholders in a stream of Latin-1 text. Whole values are found
 * as they are; with characters escaped for URLs, JSON, HTML, mail or program texts; in UTF-16; in
 * hexadecimal with or without separators; and in base64, wrapped or not. Any eight secret
 * characters in a row are found in the encodings of the leak detector. Other encodings are not
 * found.
 * @param values the same array until one changes; then also texts that have begun are searched for
 * the new values
 */
export function redactionOf(values: () => readonly KnownValue[]): Redaction {
  let of: readonly KnownValue[] | undefined;
  let search: ValueSearch;
  const current = (): ValueSearch => {
    const now = values();
    if (now !== of) search = searchOf(now);
    of = now;
    return search;
  };
  return {
    get isEmpty() {
      return values().length === 0;
    },
    start: () => redactorOf(current),
  };
}

function searchOf(values: readonly KnownValue[]): ValueSearch {
  const known = values
    .filter(({ value }) => value !== '')
    .sort((a, b) => b.value.length - a.value.length);
  const startWholes = echoSearch(
    known.flatMap((owner) => echoForms(owner.value).map((form) => ({ ...form, owner }))),
  );
  // A value that repeats itself would contain the same part many times.
  const parts = known.flatMap((owner) =>
    [...new Set(echoedPartForms(owner.value).map(({ text }) => text))].map((text) => ({
      owner,
      bytes: Buffer.from(text, 'latin1'),
    })),
  );
  return {
    startWholes,
    find: finderOf(parts),
    longest: parts.reduce((most, { bytes }) => Math.max(most, bytes.length), 0),
  };
}

interface ValueSearch {
  readonly startWholes: () => EchoSearch<EchoForm & { readonly owner: KnownValue }>;
  readonly find: ReturnType<
    typeof finderOf<{ readonly owner: KnownValue; readonly bytes: Buffer }>
  >;
  /** The length of the longest encoded part of a value. */
  readonly longest: number;
}

function redactorOf(current: () => ValueSearch): Redactor {
  const found = new Set<string>();
  let search = current();
  let text = textRedactor(search, found);
  return {
    found,
    push: (part) => {
      const now = current();
      if (now === search) return text.push(part, false);
      const rest = text.rest();
      search = now;
      text = textRedactor(search, found);
      return text.push(rest + part, false);
    },
    end: () => {
      const rest = text.push('', true);
      text = textRedactor(search, found);
      return rest;
    },
  };
}

/** Redacts one text, given from its beginning. Positions count from the text's beginning. */
function textRedactor(
  { find, longest, startWholes }: ValueSearch,
  found: Set<string>,
): {
  push(part: string, isEnd: boolean): string;
  /** What was pushed and is not redacted yet. */
  rest(): string;
} {
  const wholes = startWholes();
  let text = '';
  let begin = 0;
  let written = 0;
  let spans: Span[] = [];
  const partsBehind = (seen: number): Span[] => {
    const from = Math.max(begin, seen - longest);
    return [...find(Buffer.from(text.slice(from - begin), 'latin1'))]
      .map(({ from: at, needle }) => ({
        from: from + at,
        to: from + at + needle.bytes.length,
        owner: needle.owner,
        isWhole: false,
      }))
      .filter(({ to }) => to > seen);
  };
  const push = (part: string, isEnd: boolean): string => {
    const seen = begin + text.length;
    text += part;
    const end = begin + text.length;
    const known = wholes
      .push(part, isEnd)
      .map(({ form: { owner }, from, to }): Span => ({ from, to, owner, isWhole: true }));
    spans = joinSpans([...spans, ...known, ...partsBehind(seen)]);
    // Every value that begins before this position has been found, however long it is.
    const sure = isEnd ? end : Math.max(written, Math.min(wholes.sure, end - longest + 1));
    let out = '';
    for (const { from, owner, to } of spans.filter((span) => span.from < sure)) {
      found.add(owner.name);
      // The redactor has already replaced a span that overlaps an earlier span.
      if (from >= written) out += text.slice(written - begin, from - begin) + owner.placeholder;
      written = Math.max(written, to);
    }
    out += text.slice(written - begin, Math.max(written, sure) - begin);
    written = Math.max(written, sure);
    spans = spans.filter(({ to }) => to > written);
    const kept = Math.min(written, Math.max(begin, end - longest));
    text = text.slice(kept - begin);
    begin = kept;
    return out;
  };
  return { push, rest: () => text.slice(written - begin) };
}

// Parts of a value overlap each other and the value. Overlapping spans become one span, which is
// named after a whole value where there is a whole value.
function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = joined.at(-1);
    if (last === undefined || span.from >= last.to) {
      joined.push(span);
      continue;
    }
    const first = last.isWhole || !span.isWhole ? last : span;
    joined[joined.length - 1] = { ...first, from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}

// Finds whole values, in any of their spellings, in a stream of Latin-1 text. The length of a value
// and the boundaries between the stream's parts do not matter. A character may have several
// spellings, so the search continues from every place where the characters so far may end. Pure.

interface FoundForm<One extends EchoForm> {
  readonly form: One;
  /** The positions of a found value, counted from the beginning of the stream. */
  readonly from: number;
  readonly to: number;
}

interface EchoSearch<One extends EchoForm> {
  /**
   * Takes the next part of the stream and returns the found values. `isEnd` means that the part is
   * the last part.
   */
  push(part: string, isEnd: boolean): FoundForm<One>[];
  /**
   * The position before which every value has been found. A value may still begin at this position.
   */
  readonly sure: number;
}

interface Try<One extends EchoForm> {
  readonly form: One;
  /** The number of the value's characters that matched so far. */
  read: number;
  /** The positions at which the value's characters so far may end. */
  ends: readonly number[];
}

/** @param forms when two forms match at the same position, the first form in this list wins */
function echoSearch<One extends EchoForm>(forms: readonly One[]): () => EchoSearch<One> {
  const beginning = new Map<number, One[]>();
  for (const form of forms)
    for (const sign of form.units[0]?.keys() ?? []) {
      const code = sign.charCodeAt(0);
      beginning.set(code, [...(beginning.get(code) ?? []), form]);
    }
  const lists = Array.from({ length: 256 }, (_, code) => beginning.get(code));
  return () => startSearch(lists);
}

function startSearch<One extends EchoForm>(
  lists: readonly (readonly One[] | undefined)[],
): EchoSearch<One> {
  let text = '';
  // `begin` and `next` are stream positions: of the first character in `text`, and of the next
  // character to try.
  let begin = 0;
  let sure = 0;
  let tries: Try<One>[] | undefined;
  const push: EchoSearch<One>['push'] = (part, isEnd) => {
    const found: FoundForm<One>[] = [];
    text = text.slice(sure - begin) + part;
    begin = sure;
    while (sure < begin + text.length) {
      tries ??= lists[text.charCodeAt(sure - begin)]?.map((form) => ({
        form,
        read: 0,
        ends: [sure],
      }));
      const first = tries === undefined ? undefined : goOn(tries, { text, begin, isEnd });
      // Only more of the stream can decide this match.
      if (first === 'open') break;
      if (first !== undefined)
        found.push({ form: first.form, from: sure, to: Math.max(...first.ends) });
      sure = first === undefined ? sure + 1 : Math.max(...first.ends);
      tries = undefined;
    }
    return found;
  };
  return {
    push,
    get sure() {
      return sure;
    },
  };
}

interface Stream {
  readonly text: string;
  readonly begin: number;
  readonly isEnd: boolean;
}

/** Returns the first complete match, unless an earlier match is still undecided. */
function goOn<One extends EchoForm>(
  tries: Try<One>[],
  stream: Stream,
): Try<One> | 'open' | undefined {
  for (;;) {
    const [one] = tries;
    if (one === undefined) return undefined;
    const state = readOn(one, stream);
    if (state === 'open') return 'open';
    if (state === 'whole') return one;
    tries.shift();
  }
}

function readOn(one: Try<EchoForm>, stream: Stream): 'whole' | 'open' | 'none' {
  const { between, units } = one.form;
  for (let unit = units[one.read]; unit !== undefined; unit = units[one.read]) {
    const ends = new Set<number>();
    const isOpen = one.ends
      .map((end) => readUnit(unit, end, one.read === 0 ? [] : between, stream, ends))
      .includes(true);
    if (isOpen) return 'open';
    if (ends.size === 0) return 'none';
    one.ends = [...ends];
    one.read += 1;
  }
  return 'whole';
}

/**
 * Adds to `ends` the positions at which a character may end.
 * @returns whether the rest of the stream could add another position
 */
function readUnit(
  unit: EchoUnit,
  from: number,
  between: readonly string[],
  stream: Stream,
  ends: Set<number>,
): boolean {
  const here = stream.text.charAt(from - stream.begin);
  if (here === '') return !stream.isEnd;
  let isOpen = false;
  for (const one of unit.get(here) ?? [])
    if (stands(one, from, stream)) ends.add(from + one.length);
    else isOpen ||= couldStand(one, from, stream);
  for (const one of between)
    if (stands(one, from, stream))
      isOpen = readUnit(unit, from + one.length, [], stream, ends) || isOpen;
    else isOpen ||= couldStand(one, from, stream);
  return isOpen;
}

function stands(one: string, from: number, { begin, text }: Stream): boolean {
  return text.startsWith(one, from - begin);
}

// Whether the text ends in the middle of this spelling.
function couldStand(one: string, from: number, { begin, isEnd, text }: Stream): boolean {
  return (
    !isEnd && from - begin + one.length > text.length && one.startsWith(text.slice(from - begin))
  );
}

// Parts of a secret value that a host could send back: any eight characters in a row, or sixteen
// where all characters are digits or letters of one case. The redaction searches for the parts in
// the encodings of the leak detector. Only characters that nobody can guess count. Pure.

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
function echoedPartForms(value: string): LeakForm[] {
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
