/**
 * PDF (ISO 32000-1), read lexically: its objects and streams, its actions on opening, and its text.
 */
import { inflateSync } from 'node:zlib';
import { pdfObjectsMax } from '../limits.ts';
import {
  type ArchiveBudget,
  type ArchiveEntry,
  type ArchiveTrouble,
  inflateWithin,
  type OpenedArchive,
} from './archive-entry.ts';
import { type PdfStream, pdfString, pdfText } from './pdf-text.ts';

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
