/** Placeholders stand for secrets inside a sandbox; the proxy swaps them on the way out, and values back on the way in. */

import type { WatchedValue } from '../../skills-index/run/canary.ts';
import { echoForms } from '../../skills-index/run/echo-forms.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress-judge.ts';

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

/**
 * Replaces known values by their placeholders in a stream of Latin-1 text: as they are, with any of their characters escaped for an
 * address, JSON, HTML, mail or a program, in UTF-16, in hexadecimal with or without spaces, and in base64, wrapped or not.
 * Other encodings are not known to it.
 */
export function redactor(values: readonly KnownValue[]): Redactor {
  const known = values.filter(({ value }) => value !== '').sort((a, b) => b.value.length - a.value.length);
  const needles = known.flatMap(({ value }) => echoForms(value)).map(({ pattern }) => `(${pattern})`);
  const owners = known.flatMap((one) => echoForms(one.value).map(() => one));
  const any = needles.length === 0 ? /(?!)/g : new RegExp(needles.join('|'), 'g');
  // Only where all of the longest form is there, it is sure which one it is.
  const keep = Math.max(1, ...known.flatMap(({ value }) => echoForms(value).map(({ longest }) => longest))) - 1;
  const found = new Set<string>();
  let waiting = '';
  const take = (part: string, kept: number): string => {
    const text = waiting + part;
    const sure = Math.max(0, text.length - kept);
    let [out, from] = ['', 0];
    for (const match of text.matchAll(any)) {
      if (match.index >= sure) break;
      const owner = owners[match.slice(1).findIndex((group) => group !== undefined)];
      found.add(owner?.name ?? '');
      out += text.slice(from, match.index) + (owner?.placeholder ?? '');
      from = match.index + match[0].length;
    }
    const until = Math.max(from, sure);
    waiting = text.slice(until);
    return out + text.slice(from, until);
  };
  return { found, push: (part) => take(part, keep), end: () => take('', 0) };
}
