/**
 * Bytes become sources: determines each file's type by content and name, and its disposition. No
 * folder is skipped.
 */

import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { isTar } from '../../skills-index/archives/tar.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { ArtifactFact } from '../fact/fact.ts';
import { extensionOf } from '../fact/language.ts';
import { type InnerPlace, placeFact } from '../fact/place-inside.ts';
import { programIn } from '../fact/program-look.ts';
import type { TaintSource } from '../fact/source.ts';
import { type FileType, fileTypes } from '../lookup-tables/file-types.ts';
import { ArchiveBudget, isUnread } from './archive-entry.ts';
import { endOfMedia, mediaTextCharsMax, textInside } from './file-ends.ts';
import { looseBytesMax, openArchive } from './open-archive.ts';
import { readPickle } from './pickle/pickle.ts';
import { type Ingested, ingestText, textSource } from './text.ts';

/** Nesting of archives. */
const archiveDepthMax = 3;

export interface IngestedFile extends Ingested {
  readonly path: string;
  readonly sha256: Digest;
  readonly bytes: number;
}

/**
 * Determines what the files of a skill are. Pure: the same files in the same order give the same
 * answer.
 */
export function ingestFiles(files: readonly SourceFile[]): IngestedFile[] {
  const budget = new ArchiveBudget();
  const taken = new Set(files.map((file) => file.path));
  return files.map((file) => {
    const ingested = ingestFile(file, budget);
    return { ...ingested, sources: ingested.sources.map((source) => underOwnPath(source, taken)) };
  });
}

// Two entries may have one name, and a file of the bundle may have an entry's name, so each source
// gets a path of its own.
function underOwnPath(source: TaintSource, taken: Set<string>): TaintSource {
  if (source.path === source.file) return source;
  let { path } = source;
  for (let count = 2; taken.has(path); count++) path = `${source.path}~${count}`;
  taken.add(path);
  return { ...source, path };
}

/** Determines what one file is. Archives are opened as far as the budget allows. */
export function ingestFile(
  { path, bytes }: Pick<SourceFile, 'path' | 'bytes'>,
  budget = new ArchiveBudget(),
): IngestedFile {
  const about = { path, sha256: digestOf(bytes), bytes: bytes.byteLength };
  return { ...about, ...ingestBytes({ file: path, path, depth: 0 }, bytes, budget) };
}

// A reader that fails on hostile bytes never costs the report on the other files.
function ingestBytes(place: InnerPlace, bytes: Uint8Array, budget: ArchiveBudget): Ingested {
  try {
    return withPickle(place, bytes, ingestAsNamed(place, bytes, budget));
  } catch {
    const reason = 'its reader failed';
    return unanalysed(reason, [placeFact(place, 'unparsed', reason)]);
  }
}

// The code that loads a pickle says that it is one: its name does not.
function withPickle(place: InnerPlace, bytes: Uint8Array, ingested: Ingested): Ingested {
  const { program, unread } = readPickle(bytes);
  const inside = { ...place, path: `${place.path}!/calls.py` };
  const calls = program === undefined ? [] : [textSource(inside, program, 'python')];
  const sources = [...ingested.sources, ...calls];
  if (unread === undefined || ingested.disposition === 'unanalysed')
    return { ...ingested, sources };
  const artifacts = [...ingested.artifacts, placeFact(place, 'unparsed', unread)];
  return unanalysed(unread, artifacts, sources);
}

function ingestAsNamed(place: InnerPlace, bytes: Uint8Array, budget: ArchiveBudget): Ingested {
  if (bytes.byteLength === 0)
    return {
      ...nothing,
      sources: [textSource(place, '')],
      disposition: 'analysed',
      reason: 'empty',
    };
  const text = ingestText(place, bytes);
  const type = typeOf(place.path, bytes, text?.isPlain === true);
  if (type === undefined)
    return text === undefined ? ingestUnknown(place) : disguisedText(place, text.ingested);
  // Without an extension a name says nothing, as that of `.coverage`, a database.
  const extension = extensionOf(place.path);
  const named =
    type.extensions.length === 0 || type.extensions.includes(extension) || extension === '';
  const disguised = named
    ? []
    : [placeFact(place, 'disguised', `${type.type} named .${extension}`)];
  if (type.class === 'inert') return ingestMedia(place, type, bytes, disguised);
  if (place.depth >= archiveDepthMax && type.class !== 'binary')
    return unanalysed('archives in archives', [
      placeFact(place, 'archive', 'archives in archives'),
      ...disguised,
    ]);
  const opened = openArchive(type.type, place.path, bytes, budget);
  if (opened === undefined)
    return unanalysed(type.type, [placeFact(place, type.class, type.type), ...disguised]);
  const artifacts = [
    ...disguised,
    ...opened.troubles.map(({ what, detail }) => placeFact(place, what, `${type.type}: ${detail}`)),
  ];
  if (
    place.depth > 0 &&
    opened.form === 'archive' &&
    !/\.(tgz|tar\.gz)!\/[^!]*\.tar$/i.test(place.path)
  )
    artifacts.push(placeFact(place, 'nested-archive', type.type));
  return joinEntries(place, type, opened, artifacts, budget);
}

const nothing = { sources: [], artifacts: [] } as const;

function unanalysed(
  reason: string,
  artifacts: readonly ArtifactFact[],
  sources: readonly TaintSource[] = [],
): Ingested {
  return { sources, artifacts, disposition: 'unanalysed', reason };
}

function ingestUnknown(place: InnerPlace): Ingested {
  const reason = 'not text, and of no known type';
  return unanalysed(reason, [placeFact(place, 'unreadable', reason)]);
}

// Nobody looks at a text with a picture's name. A pointer of Git LFS has the name of its picture,
// and so has what a server says in place of a picture.
function disguisedText(place: InnerPlace, ingested: Ingested): Ingested {
  const claimed = claimedType(place.path);
  const text = ingested.sources[0]?.text ?? '';
  const isPointer = text.startsWith('version https://git-lfs.github.com/spec/');
  if (claimed === undefined || isPointer || isMissing.test(text)) return ingested;
  return {
    ...ingested,
    artifacts: [
      ...ingested.artifacts,
      placeFact(place, 'disguised', `text named .${extensionOf(place.path)}`),
    ],
  };
}

const isMissing = /^\s*404:? not found\s*$/i;

function ingestMedia(
  place: InnerPlace,
  type: FileType,
  bytes: Uint8Array,
  disguised: readonly ArtifactFact[],
): Ingested {
  const doubt = doubtMedia(type.type, bytes);
  const text = textInside(type.type, bytes);
  const program = text === '' ? undefined : programIn(text);
  const artifacts = [
    ...disguised,
    ...(doubt === undefined ? [] : [placeFact(place, doubt.what, doubt.detail)]),
    ...(program === undefined || doubt !== undefined
      ? []
      : [placeFact(place, 'polyglot', `${type.type} with a program in it`)]),
  ];
  const inside = { ...place, path: `${place.path}!/text` };
  const sources =
    text === ''
      ? []
      : [textSource(inside, text, program ?? (/^\s*<[?\w]/.test(text) ? 'html' : 'text'))];
  const isDoubtful = artifacts.length > 0;
  return {
    sources,
    artifacts,
    disposition: isDoubtful ? 'unanalysed' : 'inert',
    reason: doubt?.detail ?? type.type,
  };
}

function joinEntries(
  place: InnerPlace,
  type: FileType,
  opened: NonNullable<ReturnType<typeof openArchive>>,
  artifacts: ArtifactFact[],
  budget: ArchiveBudget,
): Ingested {
  const inner = opened.entries.map(({ name, bytes }) => ({
    name,
    ...ingestBytes(
      { file: place.file, path: `${place.path}!/${name.toWellFormed()}`, depth: place.depth + 1 },
      bytes,
      budget,
    ),
  }));
  const failed = inner.find((entry) => entry.disposition === 'unanalysed');
  const trouble = opened.troubles.find(isUnread);
  const count = `${type.type}, ${opened.entries.length} ${opened.entries.length === 1 ? 'entry' : 'entries'}`;
  const all = [...artifacts, ...inner.flatMap((entry) => entry.artifacts)];
  const sources = inner.flatMap((entry) => entry.sources);
  if (trouble !== undefined) return unanalysed(`${type.type}: ${trouble.detail}`, all, sources);
  const done = [...all, placeFact(place, 'opened', count)];
  if (failed !== undefined)
    return unanalysed(`${type.type}: ${failed.name} (${failed.reason})`, done, sources);
  return { sources, artifacts: done, disposition: 'analysed', reason: count };
}

// The type of a file by its first bytes.

/**
 * The type of the magic number at a file's beginning; undefined for text and for files without one.
 */
function typeOf(path: string, bytes: Uint8Array, isPlainText: boolean): FileType | undefined {
  const extension = extensionOf(path);
  const isTarFile = isTar(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return fileTypes.find((row) =>
    isTarFile
      ? row.type === 'tar archive'
      : row.magic.every((magic) => matches(bytes, magic)) &&
        fitsText(row, extension, bytes, isPlainText),
  );
}

/** The inert type of a file name; undefined for names of text, programs and archives. */
function claimedType(path: string): string | undefined {
  const extension = extensionOf(path);
  return fileTypes.find((row) => row.class === 'inert' && row.extensions.includes(extension))?.type;
}

// Some magic numbers are letters that a text may begin with. Valid UTF-8 counts as text unless the
// name claims the type.
function fitsText(
  row: FileType,
  extension: string,
  bytes: Uint8Array,
  isPlainText: boolean,
): boolean {
  if (row.extensions.includes(extension) && extension !== '') return true;
  return !isPlainText || bytes.subarray(0, 4096).includes(0) || row.class === 'document';
}

function matches(bytes: Uint8Array, { at, hex }: { at: number; hex: string }): boolean {
  if (bytes.byteLength < at + hex.length / 2) return false;
  for (let i = 0; i < hex.length; i += 2) {
    const digits = hex.slice(i, i + 2);
    if (digits !== '??' && bytes[at + i / 2] !== Number.parseInt(digits, 16)) return false;
  }
  return true;
}

// Checks that a picture, a sound or a font is only that: no second file behind it, none around it.

/** Why a file is more than its first bytes say. */
interface Doubt {
  /**
   * `polyglot`: it is a file of another type as well. `unreadable`: it contains data without a
   * type.
   */
  readonly what: 'polyglot' | 'unreadable';
  readonly detail: string;
}

/** The fault of a file of an inert type; undefined for a correct one. */
function doubtMedia(type: string, bytes: Uint8Array): Doubt | undefined {
  const second = secondFile(bytes);
  if (second !== undefined) return { what: 'polyglot', detail: `${type} and also ${second}` };
  if (type === 'NumPy array' && !isPlainArray(bytes))
    return { what: 'unreadable', detail: 'NumPy array that is not of plain numbers' };
  const packed = endlessTypes.has(type) ? packedProgram(bytes) : undefined;
  if (packed !== undefined) return { what: 'polyglot', detail: `${type} with ${packed} in it` };
  const end = endOfMedia(type, bytes);
  if (end === undefined) return undefined;
  const loose = bytes.subarray(end);
  if (
    loose.byteLength <= looseBytesMax ||
    loose.every((byte) => byte === 0 || byte === 0xff || byte === 0x0a || byte === 0x20)
  )
    return undefined;
  if (looksLikeText(loose))
    return {
      what: 'polyglot',
      detail: `${type} with text of ${loose.byteLength} bytes behind its end`,
    };
  return {
    what: 'unreadable',
    detail: `${type} with ${loose.byteLength} bytes that are no part of it`,
  };
}

/** Types without an end that could be checked; files of these types are searched. */
const endlessTypes: ReadonlySet<string> = new Set([
  'MP3 audio',
  'FLAC audio',
  'WebM video',
  'SQLite database',
  'SQLite write-ahead log',
  'SQLite index of a write-ahead log',
  'TIFF image',
  'Windows metafile',
]);

// Programs that read zip archives begin at the end, and PDF readers allow any data in the first
// kilobyte.
function secondFile(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end >= 0 && end + 22 <= buffer.length) {
    const directory = end - buffer.readUInt32LE(end + 12);
    if (directory >= 0 && (directory === end || buffer.readUInt32BE(directory) === 0x504b0102))
      return 'a zip archive';
  }
  if (buffer.subarray(0, 1024).includes('%PDF-')) return 'a PDF document';
  if (buffer.indexOf(Buffer.from('377abcaf271c', 'hex')) >= 0) return 'a 7-Zip archive';
  if (buffer.indexOf(Buffer.from('526172211a07', 'hex')) >= 0) return 'a RAR archive';
  if (/<\?php\b|<script\b/i.test(buffer.toString('latin1'))) return 'a page with a script';
  return undefined;
}

function looksLikeText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 512);
  let printable = 0;
  for (const byte of sample)
    if ((byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13) printable++;
  return printable >= sample.byteLength * 0.9;
}

// NumPy arrays (the NPY format, versions 1 to 3). An array of Python objects is a pickle, which
// runs code when it is read.

/**
 * Whether a file is only an array of numbers, truth values or text: its length matches its header.
 */
function isPlainArray(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 12) return false;
  const isLong = (view[6] ?? 1) >= 2;
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? view.readUInt32LE(8) : view.readUInt16LE(8));
  if (end > view.length || end - start > headerCharsMax) return false;
  const header = view.toString('latin1', start, end);
  const [, type, sizeText = ''] =
    /^\{[^\\]*'descr': ?'[<>|=]?([bBhHiIlLqQfcuUSmM?])(\d{0,5})(?:\[\w{1,6}\])?'/.exec(header) ??
    [];
  const shape = /'shape': ?\(([\d, ]*)\)/.exec(header)?.[1];
  // Each key once, in a plain dictionary: of two equal keys Python takes the last.
  const isOnce = ['descr', 'shape', 'fortran_order'].every((key) => header.split(key).length <= 2);
  if (type === undefined || shape === undefined || !isOnce || /[\\"]/.test(header)) return false;
  const count = shape
    .split(',')
    .reduce((all, dimension) => (dimension.trim() === '' ? all : all * Number(dimension)), 1);
  const itemBytes = Number(sizeText === '' ? '1' : sizeText) * (type === 'U' ? 4 : 1);
  return view.length - end === count * itemBytes;
}

const headerCharsMax = 20_000;

// Compressed or encoded programs in a file of a type whose end cannot be determined.

/** The encoding of a packed program; undefined when the first candidate places have none. */
function packedProgram(bytes: Uint8Array): string | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let tries = 0;
  for (let at = 0; at + 8 < view.length && tries < triesMax; at++) {
    const unpack = unpackAt(view, at);
    if (unpack === undefined) continue;
    tries += 1;
    const text = unpack();
    if (text !== undefined && isText(text) && programIn(text) !== undefined)
      return 'a compressed program';
  }
  for (const [run] of view.toString('latin1').matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)) {
    if (++tries > triesMax) break;
    const text = Buffer.from(run.slice(0, mediaTextCharsMax), 'base64').toString('utf8');
    if (isText(text) && programIn(text) !== undefined) return 'an encoded program';
  }
  return undefined;
}

const triesMax = 1_000;

// RFC 1952 and RFC 1950 define how each begins.
function unpackAt(view: Buffer, at: number): (() => string | undefined) | undefined {
  const first = view[at] ?? 0;
  const second = view[at + 1] ?? 0;
  const rest = (): Buffer => view.subarray(at, at + packedBytesMax);
  const isGzip = first === 0x1f && second === 0x8b && view[at + 2] === 8;
  if (isGzip) return () => unpacked(() => gunzipSync(rest(), options));
  const isZlib = first === 0x78 && (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
  if (isZlib) return () => unpacked(() => inflateSync(rest(), options));
  return at <= rawStartMax ? () => unpacked(() => inflateRawSync(rest(), options)) : undefined;
}

// A stream without a header of its own is searched only right behind the file's header.
const rawStartMax = 128;
const packedBytesMax = 65_536;
const options = { maxOutputLength: 4 * mediaTextCharsMax, finishFlush: 2 } as const;

function unpacked(unpack: () => Buffer): string | undefined {
  try {
    return unpack().toString('utf8');
  } catch {
    return undefined;
  }
}

function isText(text: string): boolean {
  return text.length >= 16 && !/[\ufffd\0-\x08]/.test(text.slice(0, 4_000));
}
