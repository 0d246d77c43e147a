/**
 * PDF (ISO 32000-1), read lexically: its objects and streams, its actions on opening, and its text.
 */
import { inflateSync } from 'node:zlib';
import {
  type ArchiveBudget,
  type ArchiveEntry,
  type ArchiveTrouble,
  inflateWithin,
  type OpenedArchive,
} from './archive-entry.ts';

const pdfObjectsMax = 50_000;

const documentFontsMax = 200;

/** Text extracted from one document. */
const documentTextCharsMax = 2 * 1024 * 1024;

/** Opens a PDF: its text, its scripts, and its attachments as entries. */
export function openPdf(bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const objects = objectsOf(raw);
  if (objects === undefined)
    return { entries: [], troubles: [{ what: 'document', detail: 'too many objects' }] };
  if (objects.length === 0)
    return { entries: [], troubles: [{ what: 'document', detail: 'no object in it' }] };
  const structure = objects.map(({ number, dictionary }) => ({ number, dictionary }));
  if (/\/Encrypt\s+\d+\s+\d+\s+R|\/Encrypt\s*<</.test(raw))
    return { entries: [], troubles: [{ what: 'document', detail: 'it is encrypted' }] };
  const streams: PdfStream[] = [];
  const troubles: ArchiveTrouble[] = [];
  let unread = 0;
  for (const object of objects) {
    if (object.data === undefined || isImage(object.dictionary)) continue;
    const data = decodeStream(object.dictionary, object.data, budget);
    if (data === 'bomb')
      return {
        entries: [],
        troubles: [{ what: 'over-ratio', detail: 'a stream becomes too large' }],
      };
    if (data === undefined) unread += 1;
    else if (/\/Type\s*\/ObjStm\b/.test(object.dictionary))
      structure.push(...embeddedObjects(object.dictionary, data));
    else streams.push({ number: object.number, dictionary: object.dictionary, data });
  }
  if (unread > 0)
    troubles.push({ what: 'document', detail: `${unread} streams that cannot be read` });
  const named = structure.map(({ number, dictionary }) => ({
    number,
    dictionary: plainNames(dictionary),
  }));
  const whole = named.map(({ dictionary }) => dictionary).join('\n');
  const links = [...whole.matchAll(/\/URI\s*(\((?:[^()\\]|\\[\s\S]){0,2000}\))/g)].map(
    ([, link = '']) => pdfString(link),
  );
  const text = [pdfText(named, streams), ...new Set(links)].join('\n');
  const entries = [
    { name: 'text.txt', bytes: Buffer.from(text) },
    ...scriptsOf(whole, streams),
    ...attachmentsOf(streams),
  ];
  return {
    entries: entries.filter((entry) => entry.bytes.byteLength > 0),
    troubles: [...troubles, ...actsOf(whole)],
  };
}

interface PdfObject {
  readonly number: number;
  readonly dictionary: string;
  readonly data: string | undefined;
}

// Finds objects by their own marks and not by the table at the end: the table may leave out objects
// that a viewer restores.
function objectsOf(raw: string): PdfObject[] | undefined {
  const found: PdfObject[] = [];
  const start = /(\d{1,10})\s{1,4}\d{1,5}\s{1,4}obj\b/g;
  for (let match = start.exec(raw); match !== null; match = start.exec(raw)) {
    if (found.length >= pdfObjectsMax) return undefined;
    const from = match.index + match[0].length;
    const end = raw.indexOf('endobj', from);
    const stream = raw.indexOf('stream', from);
    const isStream = stream >= 0 && (end < 0 || stream < end);
    const dictionary = raw.slice(from, isStream ? stream : end < 0 ? raw.length : end);
    const number = Number(match[1]);
    if (!isStream) {
      found.push({ number, dictionary, data: undefined });
      start.lastIndex = end < 0 ? raw.length : end;
      continue;
    }
    const dataStart =
      stream +
      6 +
      (raw[stream + 6] === '\r' ? 1 : 0) +
      (raw[stream + 6] === '\n' || raw[stream + 7] === '\n' ? 1 : 0);
    const length = Number(/\/Length\s+(\d{1,10})(?!\s+\d+\s+R)/.exec(dictionary)?.[1] ?? -1);
    const isTold =
      length >= 0 &&
      /^\s{0,4}endstream/.test(raw.slice(dataStart + length, dataStart + length + 16));
    const dataEnd = isTold ? dataStart + length : raw.indexOf('endstream', dataStart);
    found.push({
      number,
      dictionary,
      data: raw.slice(dataStart, dataEnd < 0 ? raw.length : dataEnd),
    });
    start.lastIndex = dataEnd < 0 ? raw.length : dataEnd;
  }
  return found;
}

function isImage(dictionary: string): boolean {
  return /\/Subtype\s*\/Image\b|\/(DCT|JPX|CCITTFax|JBIG2)Decode\b|\/Length[123]\b|\/Subtype\s*\/(Type1C|CIDFontType0C|OpenType)\b/.test(
    dictionary,
  );
}

function decodeStream(
  dictionary: string,
  data: string,
  budget: ArchiveBudget,
): string | 'bomb' | undefined {
  const filters = [
    ...(/\/Filter\s*(\[[^\]]{0,200}\]|\/\w+)/.exec(plainNames(dictionary))?.[1] ?? '').matchAll(
      /\/(\w+)/g,
    ),
  ];
  let bytes: Uint8Array = Buffer.from(data, 'latin1');
  for (const [, filter] of filters) {
    if (filter === 'ASCIIHexDecode' || filter === 'AHx')
      bytes = Buffer.from(
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/>[\s\S]*$|\s/g, ''),
        'hex',
      );
    else if (filter === 'ASCII85Decode' || filter === 'A85')
      bytes = ascii85(Buffer.from(bytes).toString('latin1'));
    else if (filter !== 'FlateDecode' && filter !== 'Fl') return undefined;
    else {
      const compressed = bytes;
      const maxOutputLength = budget.allowance(bytes.byteLength);
      const inflated =
        maxOutputLength === 0
          ? 'bomb'
          : inflateWithin(() => inflateSync(compressed, { maxOutputLength, finishFlush: 2 }));
      if (inflated === 'bomb') return 'bomb';
      if (inflated === 'broken') return undefined;
      budget.takeBytes(inflated.byteLength);
      bytes = inflated;
    }
  }
  return Buffer.from(bytes).toString('latin1');
}

// ISO 32000-1, 7.4.3.
function ascii85(text: string): Uint8Array {
  const bytes: number[] = [];
  let group: number[] = [];
  const flush = (): void => {
    const missing = 5 - group.length;
    const value = [...group, ...Array<number>(missing).fill(84)].reduce(
      (all, digit) => all * 85 + digit,
      0,
    );
    for (let index = 0; index < 4 - missing; index++)
      bytes.push(Math.floor(value / 256 ** (3 - index)) & 0xff);
    group = [];
  };
  for (const character of text) {
    if (character === '~') break;
    if (character === 'z' && group.length === 0) bytes.push(0, 0, 0, 0);
    else if (character >= '!' && character <= 'u') group.push(character.charCodeAt(0) - 33);
    if (group.length === 5) flush();
  }
  if (group.length > 1) flush();
  return Uint8Array.from(bytes);
}

// ISO 32000-1, 7.5.7: numbers and offsets first, then the objects.
function embeddedObjects(
  dictionary: string,
  data: string,
): { number: number; dictionary: string }[] {
  const first = Number(/\/First\s+(\d{1,10})/.exec(dictionary)?.[1] ?? 0);
  const pairs = [...data.slice(0, first).matchAll(/(\d{1,10})\s+(\d{1,10})/g)].map(
    ([, number, at]) => [Number(number), Number(at)] as const,
  );
  if (pairs.length === 0) return [{ number: 0, dictionary: data }];
  return pairs.map(([number, at], index) => ({
    number,
    dictionary: data.slice(first + at, first + (pairs[index + 1]?.[1] ?? data.length)),
  }));
}

/** Names may be written with hexadecimal escapes: `/J#61vaScript`. */
function plainNames(text: string): string {
  return text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function actsOf(structure: string): ArchiveTrouble[] {
  return acts
    .filter(([form]) => form.test(structure))
    .map(([, detail]) => ({ what: 'active-content' as const, detail }));
}

const acts: readonly (readonly [RegExp, string])[] = [
  [/\/S\s*\/JavaScript\b|\/JavaScript\s*(<<|\d+\s+\d+\s+R)/, 'JavaScript in a PDF'],
  [/\/S\s*\/Launch\b/, 'a PDF that starts a program'],
  [/\/S\s*\/(SubmitForm|ImportData|GoToE|Rendition)\b/, 'a PDF that sends or fetches data'],
  [/\/Type\s*\/EmbeddedFile\b|\/EmbeddedFiles\b/, 'files attached to a PDF'],
  [/\/RichMedia\b|\/XFA\b/, 'rich media or an XFA form in a PDF'],
];

function scriptsOf(structure: string, streams: readonly PdfStream[]): ArchiveEntry[] {
  const direct = [
    ...structure.matchAll(
      /\/JS\s*(\((?:[^()\\]|\\[\s\S]|\([^()]{0,2000}\)){0,20000}\)|<[0-9a-fA-F\s]{0,20000}>)/g,
    ),
  ];
  const numbers = new Set(
    [...structure.matchAll(/\/JS\s+(\d{1,10})\s+\d+\s+R/g)].map(([, number]) => Number(number)),
  );
  const texts = [
    ...direct.map(([, text = '']) => pdfString(text)),
    ...streams.filter(({ number }) => numbers.has(number)).map(({ data }) => data),
  ];
  return texts.map((text, index) => ({ name: `script-${index + 1}.js`, bytes: Buffer.from(text) }));
}

function attachmentsOf(streams: readonly PdfStream[]): ArchiveEntry[] {
  return streams
    .filter(({ dictionary }) => /\/Type\s*\/EmbeddedFile\b/.test(dictionary))
    .map(({ data }, index) => ({
      name: `attached-${index + 1}`,
      bytes: Buffer.from(data, 'latin1'),
    }));
}

// The text of a PDF's pages, as far as its fonts map codes to characters (ISO 32000-1, 9.4 and
// 9.10).

interface PdfStream {
  readonly number: number;
  readonly dictionary: string;
  /** Decoded, one character for each byte. */
  readonly data: string;
}

type CharacterMap = ReadonlyMap<number, string>;

interface PdfDictionary {
  readonly number: number;
  readonly dictionary: string;
}

/**
 * Text in the order of the pages' streams in the file, with a line end after each that ends one.
 */
function pdfText(objects: readonly PdfDictionary[], streams: readonly PdfStream[]): string {
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
function pdfString(written: string): string {
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
