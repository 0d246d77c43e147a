/** Escapes as echo -e and printf read them. */
import { changedText, type ShellValue } from './value.ts';

/** A value with its escapes resolved; characters written as numbers count as decoded. */
export function unescaped(value: ShellValue): ShellValue {
  const texts = [value.text, ...value.others];
  const [text = '', ...others] = texts.map(unescapedText);
  const isHidden = texts.some((one) => /\\x|\\u|\\0?[0-7]{2}/i.test(one));
  return text === value.text && others.every((one, at) => one === value.others[at])
    ? value
    : { ...changedText(value, text), others, decoded: value.decoded || isHidden };
}

export function unescapedText(text: string): string {
  return text.replace(
    /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|0?[0-7]{1,3}|[abefnrtv\\"'])/g,
    (_, code: string) => {
      const plain = controls[code];
      if (plain !== undefined) return plain;
      if (!/^[xuU]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
      const point = Number.parseInt(code.slice(1), 16);
      return point > 0x10ffff ? '' : String.fromCodePoint(point);
    },
  );
}

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
