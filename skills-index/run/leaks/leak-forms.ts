/**
 * Every way in which a program may encode a credential that leaves a sandbox. A form is the bytes
 * to search for, whatever surrounds the bytes. Pure.
 */

export interface LeakForm {
  readonly encoding: string;
  /** The form's bytes as Latin-1: one character for each byte. */
  readonly text: string;
}

/**
 * Returns every encoded form of a text, without duplicates.
 * @param text Latin-1; random ASCII letters and digits. Matches of a text shorter than about 16
 * could be coincidence.
 * @param wanted names of encodings; absent for all
 */
export function leakForms(text: string, wanted?: ReadonlySet<string>): LeakForm[] {
  const forms = new Map<string, string>();
  for (const [encoding, written] of Object.entries(encodings))
    if (wanted?.has(encoding) ?? true)
      for (const one of written(text)) if (!forms.has(one)) forms.set(one, encoding);
  return [...forms].map(([one, encoding]) => ({ encoding, text: one }));
}

const encodings: Readonly<Record<string, (text: string) => readonly string[]>> = {
  plain: inAnyCase,
  reversed: (text) => inAnyCase([...text].reverse().join('')),
  rot13: (text) => [text.replace(/[a-z]/gi, (sign) => shifted(sign, 13))],
  url: (text) => hexadecimal(text, '%'),
  hex: (text) =>
    ['', ' ', ':', '-', '.', '\n', '\\x', '\\\\x', ',0x', ', 0x'].flatMap((between) =>
      hexadecimal(text, between),
    ),
  // The character escapes of JSON, and the same escapes inside a JSON string.
  json: (text) => ['\\u00', '\\\\u00'].flatMap((between) => hexadecimal(text, between)),
  html: (text) => [digits(text, 10, ';&#'), ...hexadecimal(text, ';&#x')],
  decimal: (text) => [',', ', ', ' ', '\n'].map((between) => digits(text, 10, between)),
  octal: (text) => [digits(text, 8, '\\')],
  'utf-16': (text) => [[...text].join('\0')],
  // The leading zero byte keeps a run of zeros from looking like the beginning of the text.
  'utf-32': (text) => [`\0${[...text].join('\0\0\0')}`],
  base64: (text) => base64(text).flatMap(inAddressOrJson),
  base32: (text) =>
    packed(text, 5, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567').flatMap((one) => [one, one.toLowerCase()]),
  'base64 of base64': (text) => base64(text).flatMap(base64),
  'base64 of hex': (text) => hexadecimal(text, '').flatMap(base64),
  'base64 of utf-16': (text) => base64([...text].join('\0')),
  'base64 of reversed': (text) => base64([...text].reverse().join('')),
  'reversed base64': (text) => base64(text).map((one) => [...one].reverse().join('')),
  'hex of base64': (text) => base64(text).flatMap((one) => hexadecimal(one, '')),
};

// Host names ignore case, so a credential may leave in lower or upper case.
function inAnyCase(text: string): string[] {
  return [text, text.toLowerCase(), text.toUpperCase()];
}

function shifted(sign: string, by: number): string {
  const base = sign < 'a' ? 65 : 97;
  return String.fromCharCode(((sign.charCodeAt(0) - base + by) % 26) + base);
}

function digits(text: string, base: number, between: string): string {
  const each = [...Buffer.from(text, 'latin1')].map((byte) =>
    byte.toString(base).padStart(base === 16 ? 2 : 0, '0'),
  );
  return each.join(between);
}

function hexadecimal(text: string, between: string): string[] {
  const capital = [...Buffer.from(text, 'latin1')].map((byte) =>
    byte.toString(16).padStart(2, '0').toUpperCase(),
  );
  return [digits(text, 16, between), capital.join(between)];
}

function base64(text: string): string[] {
  const both = '0123456789';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const plain = packed(text, 6, `${letters}${letters.toLowerCase()}${both}+/`);
  return [
    ...new Set([...plain, ...plain.map((one) => one.replaceAll('+', '-').replaceAll('/', '_'))]),
  ];
}

function inAddressOrJson(text: string): string[] {
  const encoded = encodeURIComponent(text);
  return [
    text,
    encoded,
    encoded.replace(/%../g, (one) => one.toLowerCase()),
    text.replaceAll('/', '\\/'),
  ];
}

/**
 * Returns only the encoded characters that depend on nothing but the text, for every alignment in
 * the encoded whole (RFC 4648).
 */
function packed(text: string, bits: number, alphabet: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const valueAt = (from: number): number => {
    const two = ((bytes[from >> 3] ?? 0) << 8) | (bytes[(from >> 3) + 1] ?? 0);
    return (two >> (16 - bits - (from & 7))) & ((1 << bits) - 1);
  };
  return (bits === 6 ? [0, 2, 4] : [0, 1, 2, 3, 4]).map((start) => {
    let out = '';
    for (let at = start; at + bits <= bytes.length * 8; at += bits) out += alphabet[valueAt(at)];
    return out;
  });
}

// Finds any of many byte strings in a stream. A stream without such a string is searched about as
// fast as memory can be read. Pure.

interface Needle {
  readonly bytes: Buffer;
}

interface FoundNeedle<One extends Needle> {
  readonly needle: One;
  /** The position of the needle's first byte in the stream. */
  readonly from: number;
}

/**
 * Finds many needles in one pass (Wu and Manber 1994). `shortest` is the length of the shortest
 * needle. Three bytes decide how far to skip to the next place where the first `shortest` bytes of
 * a needle could end. Overlapping needles are found too. The matches are ordered by where the first
 * `shortest` bytes of each end.
 */
export function finderOf<One extends Needle>(
  needles: readonly One[],
): (bytes: Buffer) => Generator<FoundNeedle<One>> {
  // `Math.min(...)` would fail: there may be more needles than a call accepts arguments.
  const shortest = needles.reduce((least, { bytes }) => Math.min(least, bytes.length), 255);
  const steps = new Uint8Array(65_536).fill(shortest - 2);
  const endingHere = new Map<number, One[]>();
  for (const needle of needles)
    for (let end = 2; end < shortest; end++) {
      const at = hashAt(needle.bytes, end);
      steps[at] = Math.min(steps[at] ?? 0, shortest - 1 - end);
      if (end < shortest - 1) continue;
      const others = endingHere.get(at);
      if (others === undefined) endingHere.set(at, [needle]);
      else others.push(needle);
    }
  return function* find(bytes) {
    for (let end = shortest - 1; end < bytes.length; ) {
      const at = hashAt(bytes, end);
      const step = steps[at] ?? 0;
      end += step || 1;
      if (step > 0) continue;
      const from = end - shortest;
      for (const needle of endingHere.get(at) ?? [])
        if (standsAt(needle.bytes, bytes, from)) yield { needle, from };
    }
  };
}

/**
 * Returns the first needle found. Needles for which `comesFirst` holds win over all other needles;
 * needles for which `passes` holds are ignored. The first `seen` bytes were searched before, so the
 * search skips a needle that ends in these bytes.
 */
export function searchFor<One extends Needle>(
  needles: readonly One[],
  comesFirst: (needle: One) => boolean,
): (bytes: Buffer, seen: number, passes?: (needle: One) => boolean) => One | undefined {
  const find = finderOf(needles);
  return (bytes, seen, passes = () => false) => {
    let other: One | undefined;
    for (const { from, needle } of find(bytes)) {
      if (from + needle.bytes.length <= seen) continue;
      if (comesFirst(needle)) return needle;
      if (!passes(needle)) other ??= needle;
    }
    return other;
  };
}

function hashAt(bytes: Buffer, end: number): number {
  return (
    (((bytes[end - 2] ?? 0) << 10) ^ ((bytes[end - 1] ?? 0) << 5) ^ (bytes[end] ?? 0)) & 0xffff
  );
}

// Comparing two bytes first rules out most candidates cheaply, so that many near matches do not
// slow the search down.
function standsAt(needle: Buffer, bytes: Buffer, from: number): boolean {
  return (
    bytes[from] === needle[0] &&
    bytes[from + 1] === needle[1] &&
    needle.equals(bytes.subarray(from, from + needle.length))
  );
}
