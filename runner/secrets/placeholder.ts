/** Placeholders stand for secrets inside a sandbox; the proxy swaps them on the way out, and values back on the way in. */

import type { WatchedValue } from '../../skills-index/run/canary.ts';
import { echoForms } from '../../skills-index/run/echo-forms.ts';
import { echoedPartForms } from '../../skills-index/run/echoed-parts.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress-judge.ts';
import { finderOf } from '../../skills-index/run/needle-search.ts';

const prefix = 'skillgate-secret-';

/** A placeholder that nobody can guess and no host has a use for. */
export function placeholderFor(random: Uint8Array): string {
  return `${prefix}${Buffer.from(random).toString('hex')}`;
}

/** What a leak detector looks for: the part that nobody can guess. */
export function watchedPlaceholder({ name, placeholder }: Pick<BoundPlaceholder, 'name' | 'placeholder'>): WatchedValue {
  return { name, parts: [placeholder.slice(prefix.length)] };
}

export interface KnownValue {
  readonly name: string;
  readonly placeholder: string;
  readonly value: string;
}

export interface Redactor {
  /** Takes a part of a text and gives what can go on; an end that could be the beginning of a value waits. */
  push(part: string): string;
  end(): string;
  /** Names of the secrets that were found so far. */
  readonly found: ReadonlySet<string>;
}

/** The known values of a run, made ready to be looked for in many answers. */
export interface Redaction {
  readonly isEmpty: boolean;
  /** For one answer, from its beginning. */
  start(): Redactor;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly owner: KnownValue | undefined;
}

/**
 * Replaces known values by their placeholders in a stream of Latin-1 text. Whole values: as they are, with any of their characters escaped
 * for an address, JSON, HTML, mail or a program, in UTF-16, in hexadecimal with or without spaces, and in base64, wrapped or not. And any eight
 * of their characters in a row, in the forms that the leak detector knows. Other encodings are not known to it.
 */
export function redactionOf(values: readonly KnownValue[]): Redaction {
  const known = values.filter(({ value }) => value !== '').sort((a, b) => b.value.length - a.value.length);
  const whole = known.flatMap((owner) => echoForms(owner.value).map((form) => ({ ...form, owner })));
  const any = whole.length === 0 ? /(?!)/g : new RegExp(whole.map(({ pattern }) => `(${pattern})`).join('|'), 'g');
  const find = finderOf(
    known.flatMap((owner) => echoedPartForms(owner.value).map(({ text }) => ({ owner, bytes: Buffer.from(text, 'latin1') }))),
  );
  // Only where all of the longest form is there, it is sure which one it is.
  const keep = Math.max(1, ...whole.map(({ longest }) => longest)) - 1;
  const spansIn = (text: string): Span[] => {
    const wholes = [...text.matchAll(any)].map((match): Span => {
      const form = whole[match.slice(1).findIndex((group) => group !== undefined)];
      return { from: match.index, to: match.index + match[0].length, owner: form?.owner };
    });
    const parts = [...find(Buffer.from(text, 'latin1'))].map(
      ({ from, needle }): Span => ({ from, to: from + needle.bytes.length, owner: needle.owner }),
    );
    return joinSpans(wholes, parts);
  };
  return { isEmpty: known.length === 0, start: () => redactorOf(spansIn, keep) };
}

/** @param keep characters of an end that could be the beginning of a value */
function redactorOf(spansIn: (text: string) => readonly Span[], keep: number): Redactor {
  const found = new Set<string>();
  let waiting = '';
  const take = (part: string, kept: number): string => {
    const text = waiting + part;
    const sure = Math.max(0, text.length - kept);
    let [out, done] = ['', 0];
    for (const { from, owner, to } of spansIn(text)) {
      if (from >= sure) break;
      found.add(owner?.name ?? '');
      out += text.slice(done, from) + (owner?.placeholder ?? '');
      done = to;
    }
    const until = Math.max(done, sure);
    waiting = text.slice(until);
    return out + text.slice(done, until);
  };
  return { found, push: (part) => take(part, keep), end: () => take('', 0) };
}

// Parts overlap one another, and the values that they are of: what overlaps is replaced once, by the name of a whole value where there is one.
function joinSpans(wholes: readonly Span[], parts: readonly Span[]): Span[] {
  const joined: Span[] = [];
  const isWhole = new Set(wholes);
  for (const span of [...wholes, ...parts].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = joined.at(-1);
    if (last === undefined || span.from >= last.to) {
      joined.push(span);
      continue;
    }
    const first = isWhole.has(last) || !isWhole.has(span) ? last : span;
    const both = { from: last.from, to: Math.max(last.to, span.to), owner: first.owner };
    if (isWhole.has(first)) isWhole.add(both);
    joined[joined.length - 1] = both;
  }
  return joined;
}
