/**
 * The text of a PDF's pages, as far as its fonts map codes to characters (ISO 32000-1, 9.4 and
 * 9.10).
 */
import { documentFontsMax, documentTextCharsMax } from '../limits.ts';

export interface PdfStream {
  readonly number: number;
  readonly dictionary: string;
  /** Decoded, one character for each byte. */
  readonly data: string;
}

type CharacterMap = ReadonlyMap<number, string>;

export interface PdfDictionary {
  readonly number: number;
  readonly dictionary: string;
}

/**
 * Text in the order of the pages' streams in the file, with a line end after each that ends one.
 */
export function pdfText(objects: readonly PdfDictionary[], streams: readonly PdfStream[]): string {
  const fonts = fontMaps(objects, streams);
  const parts: string[] = [];
  let size = 0;
  for (const { data } of streams) {
    if (!/\bBT\s/.test(data) || data.includes('begincmap')) continue;
    const text = shownText(data, fonts);
    parts.push(text);
    size += text.length;
    if (size > documentTextCharsMax) break;
  }
  return parts.join('\n').slice(0, documentTextCharsMax);
}

/** A literal `(…)` or hexadecimal `<…>` string as text; UTF-16 when it begins with its mark. */
export function pdfString(written: string): string {
  const bytes = stringBytes(written);
  if (!bytes.startsWith('\xfe\xff')) return bytes;
  let text = '';
  for (let at = 2; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode(bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1));
  return text;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '\n': '',
  '\r': '',
};

function stringBytes(written: string): string {
  if (written.startsWith('<')) {
    const digits = written.replace(/[^0-9a-fA-F]/g, '');
    return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex').toString('latin1');
  }
  return written
    .slice(1, -1)
    .replace(/\\([0-7]{1,3}|[\s\S])/g, (_, code: string) =>
      /^[0-7]/.test(code)
        ? String.fromCharCode(Number.parseInt(code, 8) & 0xff)
        : (escapes[code] ?? code),
    );
}

function characterMap(data: string): CharacterMap {
  const map = new Map<number, string>();
  const show = (hex: string): string => pdfString(`<feff${hex}>`);
  for (const [, block = ''] of data.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, code = '', to = ''] of block.matchAll(
      /<([0-9a-fA-F]{2,8})>\s*<([0-9a-fA-F]{2,64})>/g,
    ))
      map.set(Number.parseInt(code, 16), show(to));
  for (const [, block = ''] of data.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, low = '', high = '', to = '', list = ''] of block.matchAll(
      /<([0-9a-fA-F]{2,8})>\s*<([0-9a-fA-F]{2,8})>\s*(?:<([0-9a-fA-F]{2,64})>|\[([^\]]{0,20000})\])/g,
    )) {
      const from = Number.parseInt(low, 16);
      const until = Math.min(Number.parseInt(high, 16), Number.parseInt(low, 16) + 0xffff);
      const listed = [...list.matchAll(/<([0-9a-fA-F]{2,64})>/g)];
      for (let code = from; code <= until && map.size < 0x10000; code++) {
        const hex = listed.length > 0 ? (listed[code - from]?.[1] ?? '') : nextHex(to, code - from);
        map.set(code, show(hex));
      }
    }
  }
  return map;
}

function nextHex(hex: string, add: number): string {
  const last = Number.parseInt(hex.slice(-4), 16) + add;
  return hex.slice(0, -4) + (last & 0xffff).toString(16).padStart(Math.min(4, hex.length), '0');
}

// Pages use short names for fonts, and another page may use the same name for another font: the
// font that maps all codes is used.
function fontMaps(
  objects: readonly PdfDictionary[],
  streams: readonly PdfStream[],
): ReadonlyMap<string, readonly CharacterMap[]> {
  const data = new Map(streams.map((stream) => [stream.number, stream.data]));
  const ofFont = new Map<number, CharacterMap>();
  for (const { number, dictionary } of objects) {
    const cmap = data.get(Number(/\/ToUnicode\s+(\d{1,10})\s/.exec(dictionary)?.[1] ?? -1));
    if (cmap !== undefined && ofFont.size < documentFontsMax)
      ofFont.set(number, characterMap(cmap));
  }
  const fonts = new Map<string, Set<CharacterMap>>();
  for (const { dictionary } of objects)
    for (const [, name = '', number] of dictionary.matchAll(
      /\/([A-Za-z][\w+-]{0,40})\s+(\d{1,10})\s+\d+\s+R/g,
    )) {
      const map = ofFont.get(Number(number));
      if (map !== undefined) fonts.set(name, (fonts.get(name) ?? new Set()).add(map));
    }
  return new Map([...fonts].map(([name, maps]) => [name, [...maps].slice(0, 8)]));
}

function shownText(data: string, fonts: ReadonlyMap<string, readonly CharacterMap[]>): string {
  let maps: readonly CharacterMap[] = [];
  let text = '';
  const token =
    /\/([A-Za-z][\w+-]{0,40})\s+[\d.]+\s+Tf\b|(\((?:[^()\\]|\\[\s\S]|\((?:[^()\\]|\\[\s\S]){0,200}\)){0,4000}\)|<[0-9a-fA-F\s]{2,8000}>)|(-?[\d.]{1,12})(?=\s*[(<])|\b(T\*|Td|TD|Tm|ET)(?![\w*])|(['"])\s/g;
  for (const [, font, shown, shift, move] of data.matchAll(token)) {
    if (font !== undefined) maps = fonts.get(font) ?? [];
    else if (shown !== undefined)
      text += decodeShown(stringBytes(shown), shown.startsWith('<'), maps);
    else if (shift !== undefined) text += Number(shift) < -180 ? ' ' : '';
    else if (move !== undefined && !text.endsWith('\n'))
      text += move === 'Td' || move === 'Tm' ? ' ' : '\n';
    if (text.length > documentTextCharsMax) break;
  }
  return text.replace(/[ \t]{2,}/g, ' ');
}

function decodeShown(bytes: string, isHex: boolean, maps: readonly CharacterMap[]): string {
  for (const width of isHex ? [2, 1] : [1, 2]) {
    for (const map of maps) {
      const decoded = decodeWith(bytes, width, map);
      if (decoded !== undefined) return decoded;
    }
  }
  return bytes.replace(/[^\x20-\x7e\xa0-\xff]/g, '');
}

function decodeWith(bytes: string, width: number, map: CharacterMap): string | undefined {
  if (bytes.length % width !== 0) return undefined;
  let text = '';
  for (let at = 0; at < bytes.length; at += width) {
    const code =
      width === 1 ? bytes.charCodeAt(at) : bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1);
    const shown = map.get(code);
    if (shown === undefined) return undefined;
    text += shown;
  }
  return text;
}
