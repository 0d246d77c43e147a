/** `pack` and `unpack` of Ruby and PHP, which share the formats of Perl's, for whole texts. */

import { Text } from '../text.ts';
import { type Known, listValue, scalarValue, textValue, type Value } from '../value.ts';
import { bytesOf, textOf } from './codecs.ts';

/** A list as a text: `C*` bytes, `U*` letters, `m` base64, `H*` hexadecimal, `a*` as it is. */
export function packed(items: readonly Known[], format: string): Value | undefined {
  const [, kind = ''] = /^([CcUmHaA])[\d*]*0?$/.exec(format) ?? [];
  if (/[CcU]/.test(kind) && items.every((item) => typeof item === 'number')) {
    const text = kind === 'U' ? String.fromCodePoint(...items) : textOf(Buffer.from(items));
    return textValue(text);
  }
  const [first] = items;
  if (!(first instanceof Text)) return undefined;
  if (kind === 'm') return textValue(bytesOf(first.whole).toString('base64'));
  if (kind === 'H') return textValue(textOf(Buffer.from(first.whole, 'hex')));
  return /[aA]/.test(kind) ? textValue(first.whole) : undefined;
}

/** A text as a list of what it was made of. */
export function unpacked(text: string, format: string): Value | undefined {
  const [, kind = ''] = /^([CcUmHaA])[\d*]*0?$/.exec(format) ?? [];
  const bytes = bytesOf(text);
  switch (kind) {
    case 'C':
    case 'c':
      return listValue([...bytes].map(scalarValue));
    case 'U':
      return listValue([...text].map((letter) => scalarValue(letter.codePointAt(0) ?? 0)));
    case 'm':
      return listValue([textValue(textOf(Buffer.from(text, 'base64')))]);
    case 'H':
      return listValue([textValue(bytes.toString('hex'))]);
    case 'a':
    case 'A':
      return listValue([textValue(text)]);
    default:
      return undefined;
  }
}
