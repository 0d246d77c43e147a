/** Bytes become sources: what each file is, by content and name, and what becomes of it. Nothing is skipped by where it lies. */
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import type { ArtifactFact, FactContext } from './fact.ts';
import { sourceCharsMax } from './limits.ts';
import { own } from './models/api.ts';
import { fileTypes, languageOfExtension, languageOfInterpreter, unknownLanguages } from './models/file-types.ts';
import type { Language, Source } from './source.ts';

export interface IngestedFile {
  readonly path: string;
  readonly sha256: Digest;
  readonly bytes: number;
  /** What a front end reads, when it is text. */
  readonly source: Source | undefined;
  readonly disposition: 'analysed' | 'inert' | 'unanalysed';
  readonly reason: string;
  readonly artifacts: readonly ArtifactFact[];
}

type What = ArtifactFact['what'];

/** Says what a file is. Pure; the same bytes and path give the same answer. */
export function ingestFile({ path, bytes }: SourceFile): IngestedFile {
  const about = { path, sha256: digestOf(bytes), bytes: bytes.byteLength };
  const fact = (what: What, detail: string): ArtifactFact => ({
    kind: 'artifact',
    what,
    detail,
    span: { path, start: 0, end: 0 },
    context: contextOf(path),
    certainty: 'exact',
  });
  const unanalysed = (reason: string, ...artifacts: ArtifactFact[]): IngestedFile => ({
    ...about,
    source: undefined,
    disposition: 'unanalysed',
    reason,
    artifacts,
  });
  const extension = extensionOf(path);
  const type = fileTypes.find((row) => row.magic.every((magic) => matches(bytes, magic)) && fitsText(row, extension, bytes));
  if (type !== undefined) {
    const disguised = type.extensions.includes(extension) ? [] : [fact('disguised', `${type.type} named .${extension}`)];
    if (type.class !== 'inert') return unanalysed(type.type, fact(type.class, type.type), ...disguised);
    return {
      ...about,
      source: undefined,
      disposition: disguised.length > 0 ? 'unanalysed' : 'inert',
      reason: type.type,
      artifacts: disguised,
    };
  }
  const decoded = decode(bytes);
  if (decoded === undefined)
    return unanalysed('not text, and of no known type', fact('unreadable', 'not text, and of no known type'));
  if (decoded.text.length > sourceCharsMax)
    return unanalysed('too large', fact('unparsed', `more than ${sourceCharsMax} characters`));
  const language = languageOf(path, extension, decoded.text);
  const source: Source = {
    path,
    file: path,
    language: language ?? 'text',
    text: decoded.text,
    context: contextOf(path),
    depth: 0,
  };
  const artifacts = decoded.encoding === 'utf-8' ? [] : [fact('not-utf8', decoded.encoding)];
  if (language === undefined) {
    const detail = `a program in a language that is not analysed (.${extension})`;
    return {
      ...about,
      source,
      disposition: 'unanalysed',
      reason: detail,
      artifacts: [...artifacts, fact('unknown-language', detail)],
    };
  }
  if (decoded.encoding === 'unknown') return { ...about, source, disposition: 'unanalysed', reason: 'not UTF-8', artifacts };
  return { ...about, source, disposition: 'analysed', reason: language, artifacts };
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

// Some magic numbers are letters that a text may begin with; text wins when it is valid UTF-8 and the name does not claim the type.
function fitsText(row: (typeof fileTypes)[number], extension: string, bytes: Uint8Array): boolean {
  if (row.extensions.includes(extension) && extension !== '') return true;
  return decode(bytes)?.encoding !== 'utf-8' || bytes.subarray(0, 4096).includes(0) || row.class === 'document';
}

function matches(bytes: Uint8Array, { at, hex }: { at: number; hex: string }): boolean {
  if (bytes.byteLength < at + hex.length / 2) return false;
  for (let i = 0; i < hex.length; i += 2) {
    const digits = hex.slice(i, i + 2);
    if (digits !== '??' && bytes[at + i / 2] !== Number.parseInt(digits, 16)) return false;
  }
  return true;
}

interface Decoded {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'unknown';
}

/** Text of bytes without byte order mark; undefined for what is no text. */
function decode(bytes: Uint8Array): Decoded | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'utf-16le' };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'utf-16be' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, encoding: 'utf-8' };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    let odd = 0;
    for (const byte of bytes.subarray(0, 4096)) if (byte < 9 || (byte > 13 && byte < 32)) odd++;
    return odd * 20 > Math.min(bytes.byteLength, 4096) ? undefined : { text, encoding: 'unknown' };
  }
}

/** The language of a text: its name's extension, else its `#!` line, which also wins over extensions of plain text and data. */
function languageOf(path: string, extension: string, text: string): Language | undefined {
  const named = own(languageOfExtension, extension);
  if (named === 'typescript' || named === 'javascript' || named === 'python' || named === 'shell') return named;
  const [, interpreter] = /^#![ \t]*(?:\S*\/)?(?:env[ \t]+(?:-\S+[ \t]+|\w+=\S*[ \t]+)*)?(?:\S*\/)?([a-z-]+)/.exec(text) ?? [];
  if (interpreter !== undefined) return own(languageOfInterpreter, interpreter);
  if (named !== undefined) return named;
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (unknownLanguages.has(extension)) return undefined;
  return name === 'package-lock.json' ? 'json' : 'text';
}

function contextOf(path: string): FactContext {
  return /(^|\/)(tests?|__tests__|specs?)\/|(^|\/)test_[^/]*\.py$|[._](test|spec)\.[cm]?[jt]sx?$|_test\.py$/i.test(path)
    ? 'test'
    : 'code';
}
