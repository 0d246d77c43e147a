/** Decodes the blobs in the texts of a round into programs of the next round. */
import { gunzipSync, inflateSync } from 'node:zlib';
import type { Fact, FactContext, TraitFact } from '../fact/fact.ts';
import { givesOrders, programIn } from '../fact/program-look.ts';
import { remembered } from '../fact/remembered.ts';
import { decodedCharsMax, detailCharsMax } from '../fact/shared-limits.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import { characterClass, hasNumberList, runsOf } from '../prose/encoded-words.ts';
import { describesBlock } from './markdown/code.ts';

/** Blobs of one text that are decoded. */
const decodedBlobsMax = 100;

export const embeddedDepthMax = 3;

// Finds encoded programs and orders in a text: Base64, hexadecimal, character codes, compressed
// data.

interface DecodedProgram {
  /** Start of the blob in the text. */
  readonly start: number;
  readonly end: number;
  /** Its encoding, for people. */
  readonly form: string;
  readonly language: Language;
  readonly text: string;
}

/**
 * The blobs of a text that decode to a program, to orders for a reader, or to a text with such a
 * blob. Pictures, digests, keys, lock files and test data do not. Linear in the text.
 */
export function decodedPrograms(text: string, depth = 0): DecodedProgram[] {
  const found: DecodedProgram[] = [];
  let end = 0;
  for (const { blob, start } of blobsIn(text)) {
    if (start < end || found.length >= decodedBlobsMax) continue;
    const decoded = decodeBlob(blob);
    if (decoded === undefined) continue;
    const language = languageIn(decoded.text, depth);
    if (language === undefined) continue;
    end = start + blob.length;
    found.push({ start, end, form: decoded.form, language, text: decoded.text });
  }
  return found;
}

interface Blob {
  readonly blob: string;
  readonly start: number;
}

// Most texts have only long runs of letters, which are found without a search at each character.
function* blobsIn(text: string): Generator<Blob> {
  if (escapes.test(text) || hasNumberList(text, listedNumbersMin)) {
    for (const match of text.matchAll(blobForm)) yield { blob: match[0], start: match.index };
    return;
  }
  let behind = 0;
  for (const run of runsOf(text, base64Class, base64CharsMin)) {
    for (
      let start = Math.max(run.start, behind);
      run.end - start >= base64CharsMin;
      start = behind
    ) {
      base64Here.lastIndex = start;
      const [blob = ''] = base64Here.exec(text) ?? [];
      if (blob === '') break;
      behind = start + blob.length;
      yield { blob, start };
    }
  }
}

const listedNumbersMin = 15;
const base64CharsMin = 24;
const base64Class = characterClass(/[A-Za-z0-9+/_-]/);
const base64Form = String.raw`[A-Za-z0-9+/_-]{24,90000}(?:={1,2}|(?:\r?\n[ \t]{0,16}[A-Za-z0-9+/]{16,200}){1,1500}={0,2})?`;
const base64Here = new RegExp(base64Form, 'y');
// Two of an escape form; blobs have twelve and more.
const escapes =
  /\\x[0-9a-f]{2}\\x|\\u00[0-9a-f]{2}\\u|\\[0-7]{3}\\|%[0-9a-f]{2}%|&#x?[0-9a-f]{2,4};&/i;
// Each alternative repeats one class of characters, so that there is only one way to match.
const blobForm = new RegExp(
  [
    String.raw`(?:\\x[0-9a-fA-F]{2}){12,20000}`,
    String.raw`(?:\\u00[0-9a-fA-F]{2}){12,20000}`,
    String.raw`(?:\\[0-7]{3}){12,20000}`,
    '(?:%[0-9a-fA-F]{2}){12,20000}',
    '(?:&#x?[0-9a-fA-F]{2,4};){12,20000}',
    String.raw`(?<![\w.])(?:(?:0x[0-9a-fA-F]{2}|\d{2,3})\s{0,4},\s{0,8}){15,20000}(?:0x[0-9a-fA-F]{2}|\d{2,3})`,
    base64Form,
  ].join('|'),
  'g',
);

function decodeBlob(blob: string): { readonly text: string; readonly form: string } | undefined {
  if (blob.startsWith('\\x') || blob.startsWith('\\u'))
    return plain(numbersIn(blob, /[xu](?:00)?([0-9a-f]{2})/gi, 16), 'escapes');
  if (blob.startsWith('\\')) return plain(numbersIn(blob, /([0-7]{3})/g, 8), 'octal escapes');
  if (blob.startsWith('%')) return plain(numbersIn(blob, /([0-9a-f]{2})/gi, 16), 'percent signs');
  if (blob.startsWith('&'))
    return plain(numbersIn(blob, /#(?:x([0-9a-f]+)|\d+)/gi, 16), 'character references');
  if (blob.includes(',')) return plain(listedNumbers(blob), 'numbers of characters');
  if (/^(?:[0-9a-fA-F]{2}){16,}$/.test(blob)) return plain(Buffer.from(blob, 'hex'), 'hexadecimal');
  const head = Buffer.from(blob.slice(0, 64), 'base64');
  if (!isPromising(head)) return undefined;
  const [first = ''] = blob.split('\n', 1);
  // The next lines may belong to the blob, or to the text after it.
  return base64(blob) ?? (first === blob ? undefined : base64(first));
}

function base64(blob: string): ReturnType<typeof plain> {
  return plain(Buffer.from(blob.slice(0, decodedCharsMax * 2), 'base64'), 'Base64');
}

function numbersIn(blob: string, form: RegExp, base: number): Uint8Array {
  const digits = [...blob.matchAll(form)].map(([all, hex]) =>
    hex === undefined ? Number(all.slice(1)) : Number.parseInt(hex, base),
  );
  return Uint8Array.from(digits);
}

function listedNumbers(blob: string): Uint8Array {
  const numbers = blob.split(',').map((number) => Number(number.trim()));
  return Uint8Array.from(numbers.every((number) => number < 256) ? numbers : []);
}

// Most blobs are pictures, digests and keys: their first bytes are neither text nor compressed
// data.
function isPromising(head: Uint8Array): boolean {
  if (isCompressed(head)) return true;
  let odd = 0;
  for (const byte of head)
    if (byte >= 127 || (byte < 32 && byte !== 0 && byte !== 9 && byte !== 10 && byte !== 13)) odd++;
  return odd * 8 <= head.byteLength;
}

function isCompressed([first, second]: Uint8Array): boolean {
  return (
    (first === 0x1f && second === 0x8b) ||
    (first === 0x78 && (second === 0x01 || second === 0x9c || second === 0xda))
  );
}

function plain(
  bytes: Uint8Array,
  form: string,
): { readonly text: string; readonly form: string } | undefined {
  if (isCompressed(bytes)) {
    const inflated = inflated64(bytes);
    const inner = inflated === undefined ? undefined : plain(inflated, `${form}, compressed`);
    return inner;
  }
  const text = textOf(bytes);
  return text === undefined || text.length < 12
    ? undefined
    : { text: text.slice(0, decodedCharsMax), form };
}

function inflated64(bytes: Uint8Array): Uint8Array | undefined {
  const limit = { maxOutputLength: decodedCharsMax, finishFlush: 2 };
  try {
    return bytes[0] === 0x1f ? gunzipSync(bytes, limit) : inflateSync(bytes, limit);
  } catch {
    return undefined;
  }
}

// UTF-8, or UTF-16 as in PowerShell's encoded commands.
function textOf(bytes: Uint8Array): string | undefined {
  const isWide = bytes.byteLength > 8 && bytes[1] === 0 && bytes[3] === 0 && bytes[5] === 0;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  const odd =
    text.match(/[^\x09\x0a\x0d\x20-\x7e\u00a0-\u024f\u0370-\u05ff\u3000-\ud7ff\uff00-\uffef]/g)
      ?.length ?? 0;
  return odd * 33 > text.length ? undefined : text;
}

// Source maps hold programs that are also in files beside them; JSON Web Tokens and other data are
// JSON.
function languageIn(text: string, depth: number): Language | undefined {
  if (/^\s*\{\s*"version"\s*:\s*3\b/.test(text)) return undefined;
  const language = programIn(text);
  if (language !== undefined) return language;
  if (givesOrders(text)) return 'markdown';
  return depth < embeddedDepthMax && decodedPrograms(text, depth + 1).length > 0
    ? 'text'
    : undefined;
}

interface DecodedSources {
  readonly facts: readonly TraitFact[];
  readonly embedded: readonly EmbeddedProgram[];
}

/**
 * Searches files and decoded texts. An embedded program has only the blobs of the text around it.
 */
export function decodedSources(
  sources: readonly TaintSource[],
  facts: readonly Fact[],
  steps: Steps,
): DecodedSources {
  const found = { facts: [] as TraitFact[], embedded: [] as EmbeddedProgram[] };
  const texts = new Map(sources.map((source) => [source.path, source]));
  for (const source of sources) {
    if (source.depth > 0 && !source.path.includes(decodedMark)) continue;
    steps.take(1 + (source.text.length >> 6));
    for (const blob of programsIn(source)) note(found, source, blob.start, blob.end, blob);
  }
  // A text that a front end computed from pieces is in no source as a whole.
  for (const fact of facts) {
    const source =
      fact.kind === 'text' && fact.role === 'string' ? texts.get(fact.span.path) : undefined;
    if (source === undefined || fact.kind !== 'text' || fact.text.length < 24) continue;
    const { start, end } = fact.span;
    if (source.text.slice(start, end).includes(fact.text)) continue;
    for (const blob of decodedPrograms(fact.text)) note(found, source, start, end, blob);
  }
  return found;
}

const programsIn = remembered((source: TaintSource) => decodedPrograms(source.text));
const decodedMark = '#decoded';

function note(
  { facts, embedded }: { facts: TraitFact[]; embedded: EmbeddedProgram[] },
  source: TaintSource,
  start: number,
  end: number,
  { form, language, text }: ReturnType<typeof decodedPrograms>[number],
): void {
  const context = contextOf(source, start);
  facts.push({
    kind: 'trait',
    trait: 'encoded-program',
    api: form,
    detail: text.replace(/\s+/g, ' ').trim().slice(0, detailCharsMax),
    span: { path: source.path, start, end },
    context,
    certainty: 'folded',
  });
  embedded.push({
    within: source.path,
    language,
    text,
    context,
    map: [{ at: 0, raw: start, fixed: true }],
    decoded: true,
  });
}

// Nothing shows that the program runs. A front end that sees it run reports that itself.
function contextOf(source: TaintSource, start: number): FactContext {
  if (source.context === 'comment' || source.context === 'fence-doc') return source.context;
  const isProse = /^(markdown|text|html)$/.test(source.language);
  return isProse && describesBlock.test(source.text.slice(Math.max(0, start - 160), start))
    ? 'fence-doc'
    : 'fence-run';
}
