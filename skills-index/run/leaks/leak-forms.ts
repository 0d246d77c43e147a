/**
 * The ways in which a credential may be written where it leaves: the bytes that would be seen,
 * whatever stands around them. Pure.
 */

export interface LeakForm {
  readonly encoding: string;
  /** Latin-1: a character for each byte. */
  readonly text: string;
}

/**
 * All forms of a text, each once.
 * @param text Latin-1; ASCII letters and digits that nobody can guess; what is found of a shorter
 * one than about 16 could be an accident
 * @param wanted names of encodings; all where it is absent
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
  // Once, and inside other JSON.
  json: (text) => ['\\u00', '\\\\u00'].flatMap((between) => hexadecimal(text, between)),
  html: (text) => [digits(text, 10, ';&#'), ...hexadecimal(text, ';&#x')],
  decimal: (text) => [',', ', ', ' ', '\n'].map((between) => digits(text, 10, between)),
  octal: (text) => [digits(text, 8, '\\')],
  'utf-16': (text) => [[...text].join('\0')],
  // With a zero before it, no run of zeros looks like its beginning.
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

// Names of hosts have no case.
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
 * The characters that stand for bits of the text alone, wherever in the encoded whole it begins
 * (RFC 4648).
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
