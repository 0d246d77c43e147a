/** Placeholders stand for secrets inside a sandbox; the proxy swaps them on the way out, and values back on the way in. */
import { type BoundPlaceholder, credentialOf } from '../egress/rules.ts';
import type { WatchedValue } from './leaks.ts';

const prefix = 'skillgate-secret-';

/** A placeholder that nobody can guess and no host has a use for. */
export function placeholderFor(random: Uint8Array): string {
  return `${prefix}${Buffer.from(random).toString('hex')}`;
}

/** What a leak detector looks for: the part that nobody can guess. */
export function watchedPlaceholder({ name, placeholder }: Pick<BoundPlaceholder, 'name' | 'placeholder'>): WatchedValue {
  return { name, parts: [placeholder.slice(prefix.length)] };
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
 * Replaces known values by their placeholders in a stream of Latin-1 text: as they are, with any of their characters escaped for an
 * address, JSON, HTML, mail or a program, in UTF-16, in hexadecimal with or without spaces, and in base64, wrapped or not.
 * Other encodings are not known to it.
 */
export function redactor(values: readonly KnownValue[]): Redactor {
  const known = values.filter(({ value }) => value !== '').sort((a, b) => b.value.length - a.value.length);
  const needles = known.flatMap(({ value }) => writtenForms(value)).map(({ pattern }) => `(${pattern})`);
  const owners = known.flatMap((one) => writtenForms(one.value).map(() => one));
  const any = needles.length === 0 ? /(?!)/g : new RegExp(needles.join('|'), 'g');
  // Only where all of the longest form is there, it is sure which one it is.
  const keep = Math.max(1, ...known.flatMap(({ value }) => writtenForms(value).map(({ longest }) => longest))) - 1;
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

interface WrittenForm {
  /** A regular expression without capturing groups. */
  readonly pattern: string;
  /** The most characters that it matches. */
  readonly longest: number;
}

/** The ways in which a value may come back. */
function writtenForms(value: string): WrittenForm[] {
  const bytes = [...Buffer.from(value, 'latin1')];
  // A soft line break of quoted-printable (RFC 2045 §6.7), or the other half of UTF-16.
  const text = { pattern: bytes.map(escapesOf).join('(?:=\\r?\\n|\\0)?'), longest: bytes.length * 13 };
  const hex = { pattern: bytes.map((byte) => hexOf(byte)).join('(?:[ :,-]|, ?0x|\\\\x|\\r?\\n)?'), longest: bytes.length * 6 };
  const base64 = [0, 1, 2].map((shift) => {
    const all = Buffer.concat([Buffer.alloc(shift), Buffer.from(bytes)]);
    // Only the characters that stand for bits of the value alone (RFC 4648 §4).
    const part = all.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((all.length * 8) / 6));
    const signs = [...part].map((sign) => (sign === '+' ? '(?:[+-]|%2[Bb])' : sign === '/' ? '(?:\\\\?/|_|%2[Ff])' : sign));
    return { pattern: signs.join('(?:=?\\r?\\n|\\\\r\\\\n|\\\\n|%0[Aa])?'), longest: part.length * 7 };
  });
  return [text, hex, ...base64].filter(({ pattern }) => pattern !== '');
}

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

// One character, as it is or in one of its escapes; none is a beginning of another's that could go on.
function escapesOf(byte: number): string {
  const sign = String.fromCharCode(byte);
  const hex = hexOf(byte);
  const plain = `\\x${byte.toString(16).padStart(2, '0')}`;
  const utf8 = byte < 0x80 ? [] : [...Buffer.from(sign)].map(hexOf);
  const wide = utf8.length === 0 ? [] : [utf8.map((one) => `%${one}`).join(''), utf8.map((one) => `=${one}`).join('')];
  const raw = utf8.length === 0 ? [] : [[...Buffer.from(sign)].map((one) => `\\x${one.toString(16)}`).join('')];
  const entity = entities[sign] === undefined ? [] : [`&${entities[sign]};`];
  const escaped = '/"\'\\'.includes(sign) ? [`\\\\${plain}`] : [];
  const space = sign === ' ' ? ['\\+'] : [];
  const numbers = [`&#0{0,3}${byte};`, `&#[xX]0{0,3}${hex};`, `%${hex}`, `=${hex}`, `\\\\u00${hex}`, `\\\\x${hex}`];
  return `(?:${[...wide, ...raw, ...numbers, ...entity, ...escaped, ...space, plain].join('|')})`;
}

function hexOf(byte: number): string {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
