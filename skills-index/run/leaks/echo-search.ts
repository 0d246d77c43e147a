/**
 * Finds whole values in a stream of Latin-1 text, in any of their forms, however long they are and
 * wherever the parts of the stream end. A character may be written in several ways, so each try
 * goes on at every place where the characters so far may end. Pure.
 */
import type { EchoForm, EchoUnit } from './echo-forms.ts';

export interface FoundForm<One extends EchoForm> {
  readonly form: One;
  /** Counted from the beginning of the stream. */
  readonly from: number;
  readonly to: number;
}

export interface EchoSearch<One extends EchoForm> {
  /** Takes the next part of the stream and gives what was found. `isEnd`: nothing follows. */
  push(part: string, isEnd: boolean): FoundForm<One>[];
  /** Before this place everything was found; a value may be beginning here. */
  readonly sure: number;
}

interface Try<One extends EchoForm> {
  readonly form: One;
  /** How many units were read. */
  read: number;
  /** Where these may end. */
  ends: readonly number[];
}

/** @param forms of two that begin at the same place, the first is found */
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
  // Of the first character of `text`, and of the one that is tried next.
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
      // More of the stream tells.
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

/** The first try that came to its end, when none before it is open. */
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
 * Adds the places where a unit may end. @returns whether the rest of the stream could add another
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

// The text ends within it.
function couldStand(one: string, from: number, { begin, isEnd, text }: Stream): boolean {
  return (
    !isEnd && from - begin + one.length > text.length && one.startsWith(text.slice(from - begin))
  );
}
