/** The ways in which a value may come back in an answer, as patterns over Latin-1 text: its characters may be escaped one by one. Pure. */

export interface EchoForm {
  /** A regular expression without capturing groups. */
  readonly pattern: string;
  /** The most characters that it matches. */
  readonly longest: number;
}

export function echoForms(value: string): EchoForm[] {
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
