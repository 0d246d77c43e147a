/**
 * Finds whole values, in any of their spellings, in a stream of Latin-1 text. The length of a value
 * and the boundaries between the stream's parts do not matter. A character may have several
 * spellings, so the search continues from every place where the characters so far may end. Pure.
 */
import type { EchoForm, EchoUnit } from './echo-forms.ts';

export interface FoundForm<One extends EchoForm> {
  readonly form: One;
  /** The positions of a found value, counted from the beginning of the stream. */
  readonly from: number;
  readonly to: number;
}

export interface EchoSearch<One extends EchoForm> {
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
export function echoSearch<One extends EchoForm>(forms: readonly One[]): () => EchoSearch<One> {
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
