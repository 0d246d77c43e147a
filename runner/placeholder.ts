/** Placeholders stand for secrets inside a sandbox; the proxy swaps them on the way out, and values back on the way in. */
import { type BoundPlaceholder, credentialOf } from './egress-rules.ts';

/** A placeholder that nobody can guess and no host has a use for. */
export function placeholderFor(random: Uint8Array): string {
  return `skillgate-secret-${Buffer.from(random).toString('hex')}`;
}

/** A header's value with the placeholder replaced by the secret. */
export function withSecret(value: string, { as, placeholder }: BoundPlaceholder, revealed: string): string {
  if (as !== 'basic') return value.replaceAll(placeholder, () => revealed);
  const credential = credentialOf(value).replaceAll(placeholder, () => revealed);
  return `Basic ${Buffer.from(credential, 'latin1').toString('base64')}`;
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
 * Replaces known values, raw or as base64, hexadecimal, URL or JSON text, by their placeholders in a stream of Latin-1 text.
 * Other encodings are not known to it.
 */
export function redactor(values: readonly KnownValue[]): Redactor {
  const needles = values.flatMap((known) => writtenForms(known.value).map((form) => ({ form, known })));
  needles.sort((a, b) => b.form.length - a.form.length);
  const keep = (needles[0]?.form.length ?? 1) - 1;
  const found = new Set<string>();
  let waiting = '';
  const take = (part: string, kept: number): string => {
    let text = waiting + part;
    for (const { form, known } of needles.filter((needle) => text.includes(needle.form))) {
      found.add(known.name);
      text = text.replaceAll(form, () => known.placeholder);
    }
    const cut = Math.max(0, text.length - kept);
    waiting = text.slice(cut);
    return text.slice(0, cut);
  };
  return { found, push: (part) => take(part, keep), end: () => take('', 0) };
}

/** The ways in which a value may come back. */
export function writtenForms(value: string): string[] {
  const bytes = Buffer.from(value, 'latin1');
  const hex = bytes.toString('hex');
  const percent = hex.replace(/../g, '%$&');
  const url = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  const base64 = [0, 1, 2].flatMap((shift) => {
    const all = Buffer.concat([Buffer.alloc(shift), bytes]);
    // Only the characters that stand for bits of the value alone (RFC 4648 §4).
    const [from, to] = [Math.ceil((shift * 8) / 6), Math.floor((all.length * 8) / 6)];
    return [all.toString('base64').slice(from, to), all.toString('base64url').slice(from, to)];
  });
  const cases = [hex, percent, url].flatMap((text) => [text, text.toUpperCase(), text.toLowerCase()]);
  return [...new Set([value, url, json, json.replaceAll('/', '\\/'), ...cases, ...base64])];
}
