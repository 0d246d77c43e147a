/** Replaces the values of secrets in responses with the placeholders of the secrets. Pure. */
import { type EchoForm, echoForms } from './echo-forms.ts';
import { type EchoSearch, echoSearch } from './echo-search.ts';
import { echoedPartForms } from './echoed-parts.ts';
import { finderOf } from './needle-search.ts';

export interface KnownValue {
  readonly name: string;
  readonly placeholder: string;
  readonly value: string;
}

export interface Redactor {
  /**
   * Takes a part of a text and returns the text that the proxy can forward. An end of the text that
   * may be the beginning of a value is kept back.
   */
  push(part: string): string;
  end(): string;
  /** The names of the secrets found so far in the text. */
  readonly found: ReadonlySet<string>;
}

/** The secret values of a run, prepared once for searching many responses. */
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
 */
export function redactionOf(values: readonly KnownValue[]): Redaction {
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
  const search = {
    startWholes,
    find: finderOf(parts),
    longest: parts.reduce((most, { bytes }) => Math.max(most, bytes.length), 0),
  };
  return { isEmpty: known.length === 0, start: () => redactorOf(search) };
}

interface ValueSearch {
  readonly startWholes: () => EchoSearch<EchoForm & { readonly owner: KnownValue }>;
  readonly find: ReturnType<
    typeof finderOf<{ readonly owner: KnownValue; readonly bytes: Buffer }>
  >;
  /** The length of the longest encoded part of a value. */
  readonly longest: number;
}

function redactorOf(search: ValueSearch): Redactor {
  const found = new Set<string>();
  let text = textRedactor(search, found);
  return {
    found,
    push: (part) => text(part, false),
    end: () => {
      const rest = text('', true);
      text = textRedactor(search, found);
      return rest;
    },
  };
}

/** Redacts one text, given from its beginning. Positions count from the text's beginning. */
function textRedactor(
  { find, longest, startWholes }: ValueSearch,
  found: Set<string>,
): (part: string, isEnd: boolean) => string {
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
  return (part, isEnd) => {
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
