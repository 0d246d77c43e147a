/**
 * Every way in which a secret value may appear in a response, as Latin-1 text. A host may escape
 * each character separately. Pure.
 */

/** One character of the value: all spellings of the character, grouped by their first character. */
export type EchoUnit = ReadonlyMap<string, readonly string[]>;

export interface EchoForm {
  readonly units: readonly EchoUnit[];
  /**
   * Separators that may stand between two characters of the value, at most one separator at each
   * place.
   */
  readonly between: readonly string[];
}

// The separators are a soft line break of quoted-printable (RFC 2045 §6.7), and the zero byte of
// UTF-16.
const betweenCharacters = ['=\n', '=\r\n', '\0'];
const betweenHex = [' ', ':', ',', '-', ',0x', ', 0x', '\\x', '\n', '\r\n'];
const betweenBase64 = ['\n', '\r\n', '=\n', '=\r\n', '\\n', '\\r\\n', '%0a', '%0A'];

export function echoForms(value: string): EchoForm[] {
  const bytes = Buffer.from(value, 'latin1');
  // Values are long but have few distinct bytes, so the spellings of each byte are computed once.
  const units = new Map(
    [...new Set(bytes)].map((byte) => [
      byte,
      { text: unitOf(escapesOf(byte)), hex: unitOf(hexOf(byte)) },
    ]),
  );
  const unitsOf = (form: 'text' | 'hex'): EchoUnit[] =>
    [...bytes].map((byte) => units.get(byte)?.[form] ?? new Map());
  const signs = new Map(
    [...base64Alphabet].map((sign) => [sign, unitOf(base64Signs[sign] ?? [sign])]),
  );
  const base64 = [0, 1, 2].map((shift): EchoForm => {
    const all = Buffer.concat([Buffer.alloc(shift), bytes]);
    // Keep only the base64 characters that depend on nothing but the value (RFC 4648 §4). The
    // characters at either end also depend on the bytes beside the value.
    const part = all
      .toString('base64')
      .slice(Math.ceil((shift * 8) / 6), Math.floor((all.length * 8) / 6));
    return { units: [...part].map((sign) => signs.get(sign) ?? new Map()), between: betweenBase64 };
  });
  const text = { units: unitsOf('text'), between: betweenCharacters };
  const hex = { units: unitsOf('hex'), between: betweenHex };
  return [text, hex, ...base64].filter(({ units }) => units.length > 0);
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base64Signs: Readonly<Record<string, readonly string[]>> = {
  '+': ['+', '-', '%2b', '%2B'],
  '/': ['/', '_', '\\/', '%2f', '%2F'],
};

const entities: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

function unitOf(written: readonly string[]): EchoUnit {
  const unit = new Map<string, string[]>();
  for (const one of new Set(written))
    unit.set(one.charAt(0), [...(unit.get(one.charAt(0)) ?? []), one]);
  return unit;
}

/**
 * Returns the spellings of one character: the character itself, and the character in each kind of
 * escape.
 */
function escapesOf(byte: number): readonly string[] {
  const sign = String.fromCharCode(byte);
  const hex = hexOf(byte);
  const zeros = ['', '0', '00', '000'];
  const written = [
    sign,
    ...hex.flatMap((two) => [`%${two}`, `=${two}`, `\\u00${two}`, `\\x${two}`]),
    ...zeros.map((zero) => `&#${zero}${byte};`),
    ...zeros.flatMap((zero) => hex.flatMap((two) => [`&#x${zero}${two};`, `&#X${zero}${two};`])),
  ];
  if (byte >= 0x80) written.push(...utf8Of(sign));
  if (entities[sign] !== undefined) written.push(`&${entities[sign]};`);
  if ('/"\'\\'.includes(sign)) written.push(`\\${sign}`);
  if (sign === ' ') written.push('+');
  return written;
}

/** Returns the spellings of a character that UTF-8 writes as two bytes: raw and escaped. */
function utf8Of(sign: string): string[] {
  const [first = [], second = []] = [...Buffer.from(sign)].map(hexOf);
  const both = ['%', '='].flatMap((mark) =>
    first.flatMap((one) => second.map((other) => `${mark}${one}${mark}${other}`)),
  );
  return [Buffer.from(sign).toString('latin1'), ...both];
}

/** Returns the two hexadecimal digits of a byte, each in lower and upper case. */
function hexOf(byte: number): string[] {
  const [first = '', second = ''] = byte.toString(16).padStart(2, '0');
  const digits = [first, first.toUpperCase()].flatMap((one) => [
    one + second,
    one + second.toUpperCase(),
  ]);
  return [...new Set(digits)];
}
