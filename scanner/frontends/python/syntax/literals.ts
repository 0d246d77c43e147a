/**
 * Python literals and the pure operations on text that hide names: joined, reversed, decoded,
 * formatted (Python reference §2.5).
 */
import { gunzipSync, inflateSync } from 'node:zlib';
import { foldedCharsMax } from '../../../limits.ts';
import { unknownPart } from '../../../models/egress-of.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** The prefix and quotes of a string literal. */
export function quotesOf(literal: string): {
  readonly prefix: string;
  readonly open: number;
  readonly close: number;
} {
  const [all = '', prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(literal) ?? [];
  const isClosed = literal.length >= all.length + quote.length && literal.endsWith(quote);
  return {
    prefix: prefix.toLowerCase(),
    open: all.length,
    close: isClosed ? literal.length - quote.length : literal.length,
  };
}

/** The value of the text between quotes. */
export function unescapeText(text: string, prefix: string): string {
  if (prefix.includes('r') || !text.includes('\\')) return text;
  return text.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[0-7]{1,3}|\r?\n|[\s\S])/g,
    (all, code: string) => {
      if (/^[xuU]/.test(code) && code.length > 1) {
        const point = Number.parseInt(code.slice(1), 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      }
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
      if (code.startsWith('N{')) return unknownPart;
      return simpleEscapes[code.replace('\r', '')] ?? all;
    },
  );
}

/** A pure method of text, folded; undefined where it is not computed. */
export function foldMethod(
  text: string,
  method: string,
  args: readonly (string | undefined)[],
): string | undefined {
  if (
    text.includes(unknownPart) &&
    !/^(strip|rstrip|lstrip|encode|decode|format|join|replace|removeprefix|removesuffix|expanduser|resolve|absolute|as_posix)$/.test(
      method,
    )
  )
    return undefined;
  const [first, second] = args;
  switch (method) {
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return first === undefined ? text.trim() : text;
    case 'encode':
    case 'decode':
    case 'as_posix':
    case 'expanduser':
    case 'resolve':
    case 'absolute':
      return text;
    case 'lower':
    case 'casefold':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'swapcase':
      return [...text]
        .map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
        .join('');
    case 'replace':
      return first === undefined || first === '' || second === undefined
        ? undefined
        : short(text.replaceAll(first, () => second));
    case 'removeprefix':
      return first !== undefined && text.startsWith(first) ? text.slice(first.length) : text;
    case 'removesuffix':
      return first !== undefined && first !== '' && text.endsWith(first)
        ? text.slice(0, -first.length)
        : text;
    case 'format': {
      let index = 0;
      return short(
        text.replace(
          /\{(\w*)(?:[!:][^{}]*)?\}/g,
          (_, name: string) => args[name === '' ? index++ : Number(name)] ?? unknownPart,
        ),
      );
    }
    default:
      return undefined;
  }
}

/** `text % values`, `%s` and such replaced. */
export function foldPercent(text: string, values: readonly (string | undefined)[]): string {
  let index = 0;
  return text.replace(
    /%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?([sdrifx%])/g,
    (_, name: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      return name === undefined ? (values[index++] ?? unknownPart) : unknownPart;
    },
  );
}

/** Decodes as a function of Python does; undefined for what is not computed or is no text. */
export function foldDecoder(
  name: string,
  text: string,
  encoding: string | undefined,
): string | undefined {
  if (text.includes(unknownPart) || text === '') return undefined;
  const bytes = Buffer.from(text, 'latin1');
  try {
    switch (name.split('.').at(-1)) {
      case 'b64decode':
      case 'standard_b64decode':
      case 'decodebytes':
      case 'a2b_base64':
      case 'urlsafe_b64decode':
        return /^[\w+/=\s-]*$/.test(text)
          ? asText(Buffer.from(text.replace(/\s/g, ''), 'base64'))
          : undefined;
      case 'fromhex':
      case 'unhexlify':
      case 'a2b_hex':
      case 'b16decode':
        return /^[0-9a-fA-F\s]*$/.test(text)
          ? asText(Buffer.from(text.replace(/\s/g, ''), 'hex'))
          : undefined;
      case 'decompress':
        return asText(
          name.startsWith('gzip') ? gunzipSync(bytes, limit) : inflateSync(bytes, limit),
        );
      case 'decode':
        if (/rot_?13/i.test(encoding ?? '')) return rot13(text);
        if (/^(hex|base64)(_codec)?$/.test(encoding ?? ''))
          return asText(Buffer.from(text, encoding?.startsWith('hex') ? 'hex' : 'base64'));
        return text;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

const limit = { maxOutputLength: foldedCharsMax };

// Bytes are kept one per character, so that a second decoder gets them whole.
function asText(bytes: Buffer): string {
  const utf8 = bytes.toString('utf8');
  return utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8;
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** `text[::-1]`, `text[1:4]`, `text[0]`. */
export function foldSlice(
  text: string,
  from: number | undefined,
  to: number | undefined,
  step: number | undefined,
): string | undefined {
  if (text.includes(unknownPart)) return undefined;
  if (step === -1 && from === undefined && to === undefined) return [...text].reverse().join('');
  const characters = [...text].slice(from ?? 0, to ?? undefined);
  if (step === undefined || step === 1) return characters.join('');
  return step > 1 ? characters.filter((_, index) => index % step === 0).join('') : undefined;
}

function short(text: string): string | undefined {
  return text.length > foldedCharsMax ? undefined : text;
}
