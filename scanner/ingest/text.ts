/** Text bytes become a source, with the oddities of their encoding. */
import type { ArtifactFact } from '../fact/fact.ts';
import { contextOf, extensionOf, languageOf, namesTwoLanguages } from '../fact/language.ts';
import { type InnerPlace, placeFact } from '../fact/place-inside.ts';
import { type Language, lexicalLanguages, type TaintSource } from '../fact/source.ts';
import { own } from '../lookup-tables/api.ts';

export const sourceCharsMax = 5 * 1024 * 1024;

/**
 * Reads bytes as text; undefined for other bytes. `isPlain` means valid UTF-8, whatever the magic
 * number.
 */
export function ingestText(
  place: InnerPlace,
  bytes: Uint8Array,
): { readonly ingested: Ingested; readonly isPlain: boolean } | undefined {
  const decoded = decodeText(bytes);
  if (decoded === undefined) return undefined;
  const isPlain = decoded.encoding === 'utf-8';
  if (decoded.text.length > sourceCharsMax) {
    const artifacts = [placeFact(place, 'unparsed', `more than ${sourceCharsMax} characters`)];
    return {
      isPlain,
      ingested: { sources: [], artifacts, disposition: 'unanalysed', reason: 'too large' },
    };
  }
  return { isPlain, ingested: ingestDecoded(place, bytes, decoded) };
}

/** A text as a source of its own. */
export function textSource(
  { file, path }: InnerPlace,
  text: string,
  language: Language = 'text',
): TaintSource {
  return { path, file, language, text, context: contextOf(path), depth: 0 };
}

function ingestDecoded(place: InnerPlace, bytes: Uint8Array, decoded: Decoded): Ingested {
  const language = languageOf(place.path, decoded.text);
  const coded =
    language === 'python'
      ? asPythonReads(place, bytes, decoded)
      : { decoded, artifacts: [], reason: undefined };
  const { text, encoding, exact } = coded.decoded;
  const artifacts = [
    ...(encoding === 'utf-8' ? [] : [placeFact(place, 'not-utf8', encoding)]),
    ...coded.artifacts,
    ...lineTricks(text, language).map(({ start, end, detail }) =>
      placeFact(place, 'line-trick', detail, start, end),
    ),
  ];
  const source = textSource(place, text, language);
  const done = (reason: string | undefined): Ingested => ({
    sources: [source],
    artifacts,
    disposition: reason === undefined ? 'analysed' : 'unanalysed',
    reason: reason ?? language,
  });
  if (coded.reason !== undefined) return done(coded.reason);
  if (!exact && isCode(language)) return done('not UTF-8');
  if (namesTwoLanguages(language, text)) return done('its name and its #! line name two languages');
  if (own(programInData, extensionOf(place.path))?.test(text) === true)
    return done('data that start a program');
  if (!lexicalLanguages.has(language)) return done(undefined);
  const detail = `a program in a language that is not analysed (.${extensionOf(place.path)})`;
  artifacts.push(placeFact(place, 'unknown-language', detail));
  return done(detail);
}

function isCode(language: Language): boolean {
  return !/^(markdown|text|html|json|yaml|toml|ini)$/.test(language);
}

interface Coded {
  readonly decoded: Decoded;
  readonly artifacts: readonly ArtifactFact[];
  /** Why Python would read another text. */
  readonly reason: string | undefined;
}

// PEP 263: Python decodes a file as its first lines declare, even when other readers see another
// text.
function asPythonReads(place: InnerPlace, bytes: Uint8Array, decoded: Decoded): Coded {
  const coding = codingLine(decoded.text);
  if (coding === undefined) return { decoded, artifacts: [], reason: undefined };
  if (coding.label === undefined) {
    const detail = `asks Python to decode it as ${coding.name}`;
    const artifacts = [placeFact(place, 'misleading-encoding', detail, coding.start, coding.end)];
    return { decoded, artifacts, reason: `written in ${coding.name}` };
  }
  const text = /^[\0-\x7f]*$/.test(decoded.text) ? decoded.text : decodeAs(coding.label, bytes);
  if (text === undefined)
    return { decoded, artifacts: [], reason: `not ${coding.name}, which it says it is` };
  const encoding = decoded.exact && text === decoded.text ? decoded.encoding : coding.label;
  return { decoded: { text, encoding, exact: true }, artifacts: [], reason: undefined };
}

/** The result for some bytes. */
export interface Ingested {
  /** Texts: of the file itself under its own path, and of its entries. */
  readonly sources: readonly TaintSource[];
  readonly disposition: 'analysed' | 'inert' | 'unanalysed';
  readonly reason: string;
  readonly artifacts: readonly ArtifactFact[];
}

// Bytes become text: byte order marks, UTF-16 and UTF-32, Python's coding line, and bytes that are
// not UTF-8.

interface Decoded {
  /** Without a byte order mark; line ends unchanged. */
  readonly text: string;
  /** The WHATWG name, `utf-32le`, or `utf-8 with errors` for UTF-8 with some invalid bytes. */
  readonly encoding: string;
  /** Whether every byte was decoded. */
  readonly exact: boolean;
}

/** Text of bytes; undefined for bytes that are no text. */
export function decodeText(bytes: Uint8Array): Decoded | undefined {
  const marked = byMark(bytes);
  if (marked !== undefined) return marked;
  const wide = wideWithoutMark(bytes);
  if (wide !== undefined) return wide;
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      encoding: 'utf-8',
      exact: true,
    };
  } catch {
    return hasOddBytes(bytes) ? undefined : notUtf8(bytes);
  }
}

interface CodingLine {
  /** The encoding's name, in lower case with hyphens. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /**
   * The label of a decoder; undefined for a codec that turns text into other text, and for an
   * unknown one.
   */
  readonly label: string | undefined;
}

/**
 * The encoding that a Python file declares in its first two lines (PEP 263); undefined when it
 * declares none, or UTF-8.
 */
function codingLine(text: string): CodingLine | undefined {
  const [first = '', second = ''] = text.slice(0, 2_000).split(/\r\n|\r|\n/, 2);
  const form = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]{1,60})/;
  const isOpen = /^[ \t\f]*(?:#.*)?$/.test(first);
  const found = form.exec(first) ?? (isOpen ? form.exec(second) : null);
  if (found === null) return undefined;
  const name = (found[1] ?? '').toLowerCase().replaceAll('_', '-');
  if (/^utf-?8(-(sig|unix|dos|mac))?$|^u8$/.test(name)) return undefined;
  const start = text.indexOf(found[0]);
  return {
    name,
    start,
    end: start + found[0].length,
    label: Object.hasOwn(pythonCodecs, name) ? pythonCodecs[name] : undefined,
  };
}

/** Text of bytes in a named encoding; undefined when a byte is invalid in it. */
function decodeAs(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function byMark(bytes: Uint8Array): Decoded | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return utf32(bytes, true);
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return utf32(bytes, false);
  if (a === 0xff && b === 0xfe) return utf16('utf-16le', bytes);
  if (a === 0xfe && b === 0xff) return utf16('utf-16be', bytes);
  return undefined;
}

function utf16(encoding: 'utf-16le' | 'utf-16be', bytes: Uint8Array): Decoded {
  const text = decodeAs(encoding, bytes);
  return {
    text: text ?? new TextDecoder(encoding).decode(bytes),
    encoding,
    exact: text !== undefined,
  };
}

function utf32(bytes: Uint8Array, isLittle: boolean): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  let exact = bytes.byteLength % 4 === 0;
  for (let at = 4; at + 4 <= bytes.byteLength; at += 4) {
    const point = view.getUint32(at, isLittle);
    const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    if (!isCharacter) exact = false;
    parts.push(isCharacter ? String.fromCodePoint(point) : '\ufffd');
  }
  return { text: parts.join(''), encoding: isLittle ? 'utf-32le' : 'utf-32be', exact };
}

// Latin text in UTF-16 has a zero in every other byte, and editors recognise it by these zeros.
function wideWithoutMark(bytes: Uint8Array): Decoded | undefined {
  const sample = bytes.subarray(0, 4096);
  if (sample.byteLength < 8 || sample.byteLength % 2 !== 0) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < sample.length; at += 2) {
    if (sample[at] === 0) even++;
    if (sample[at + 1] === 0) odd++;
  }
  const half = sample.byteLength / 2;
  const encoding =
    odd > half * 0.6 && even < half * 0.02
      ? 'utf-16le'
      : even > half * 0.6 && odd < half * 0.02
        ? 'utf-16be'
        : '';
  if (encoding === '') return undefined;
  const decoded = utf16(encoding, bytes);
  return hasControls(decoded.text) ? undefined : decoded;
}

function hasControls(text: string): boolean {
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text.slice(0, 4096));
}

function hasOddBytes(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096);
  let odd = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++;
  return odd * 20 > sample.byteLength;
}

// A UTF-8 text with a broken part stays UTF-8. A text without any UTF-8 character beyond ASCII is
// in an old Western encoding.
function notUtf8(bytes: Uint8Array): Decoded {
  const text = new TextDecoder('utf-8').decode(bytes);
  if (/[^\0-\x7f\ufffd]/.test(text)) return { text, encoding: 'utf-8 with errors', exact: false };
  return {
    text: new TextDecoder('windows-1252').decode(bytes),
    encoding: 'windows-1252',
    exact: false,
  };
}

// Encodings that a Python file may declare (PEP 263; Python's "Standard Encodings") and that
// decoders here support, by Python's names.

/**
 * Codecs that turn text into other text (utf-7, unicode_escape, rot13, hex, zlib …) are left out on
 * purpose: they hide code.
 */
const pythonCodecs: Readonly<Record<string, string>> = {
  ...all(
    'windows-1252',
    'latin-1 latin1 l1 iso-8859-1 iso8859-1 8859 cp819 cp1252 windows-1252 ascii us-ascii 646 iso-latin-1-unix',
  ),
  ...all('iso-8859-2', 'iso-8859-2 iso8859-2 latin-2 latin2 l2'),
  ...all('iso-8859-5', 'iso-8859-5 iso8859-5 cyrillic'),
  ...all('iso-8859-7', 'iso-8859-7 iso8859-7 greek'),
  ...all('iso-8859-15', 'iso-8859-15 iso8859-15 latin-9 latin9 l9'),
  ...all('windows-1250', 'cp1250 windows-1250'),
  ...all('windows-1251', 'cp1251 windows-1251'),
  ...all('windows-1253', 'cp1253 windows-1253'),
  ...all('windows-1254', 'cp1254 windows-1254 iso-8859-9 iso8859-9 latin5 latin-5'),
  ...all('windows-1255', 'cp1255 windows-1255'),
  ...all('windows-1256', 'cp1256 windows-1256'),
  ...all('windows-1257', 'cp1257 windows-1257'),
  ...all('windows-1258', 'cp1258 windows-1258'),
  ...all('koi8-r', 'koi8-r'),
  ...all('koi8-u', 'koi8-u'),
  ...all('gbk', 'gbk gb2312 cp936 936 euc-cn'),
  ...all('gb18030', 'gb18030'),
  ...all('big5', 'big5 cp950'),
  ...all('shift_jis', 'shift-jis sjis cp932 shiftjis'),
  ...all('euc-jp', 'euc-jp eucjp ujis'),
  ...all('euc-kr', 'euc-kr euckr cp949'),
};

function all(label: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, label]));
}

// Data that can start programs: queries, plans and documents whose interpreters have a command for
// it.

/** Texts that are data until a line starts a program: by extension, the forms of such lines. */
const programInData: Readonly<Record<string, RegExp>> = {
  // PostgreSQL COPY … PROGRAM and \!, SQLite .shell and .system, Transact-SQL.
  sql: /\bPROGRAM\s{1,20}[$'E]|^\s{0,20}\\!|^\.(?:shell|system|sh|sy)\b|\bxp_cmdshell\b|\bsys_exec\b/im,
  tf: /"(?:local|remote)-exec"|\bdata\s{1,20}"external"/,
  tex: /\\write\s{0,5}18\b|\\(?:input|openin|openout)[^\n]{0,40}\||\\ShellEscape\b|\\directlua\b/,
  sty: /\\write\s{0,5}18\b|\\ShellEscape\b|\\directlua\b/,
  ps: /%pipe%/,
};

// Characters that only some readers take for a line end: code that looks like a comment to people,
// and runs.

interface LineTrick {
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

const names: Readonly<Record<string, string>> = {
  '\r': 'a carriage return',
  '\u2028': 'U+2028',
  '\u2029': 'U+2029',
  '\u0085': 'U+0085',
  '\u000b': 'a vertical tab',
  '\u000c': 'a form feed',
};

// Marks of comments by language. Languages without a row use all marks.
const commentMarks: Readonly<Partial<Record<Language, RegExp>>> = {
  javascript: /\/\/|\/\*/,
  typescript: /\/\/|\/\*/,
  python: /#/,
  shell: /#/,
  yaml: /#/,
  toml: /#/,
  dockerfile: /#/,
  makefile: /#/,
  powershell: /#/,
  ruby: /#/,
};
const noCode = new Set<Language>(['markdown', 'text', 'html', 'json']);
const tricksMax = 20;

/**
 * Such characters in code before text that is code for some reader. A file with carriage returns
 * only is old, and no trick.
 */
function lineTricks(text: string, language: Language): LineTrick[] {
  if (noCode.has(language) || !/[\u2028\u2029\u0085\v\f]|\r(?!\n)/.test(text)) return [];
  const isOld = !text.includes('\n');
  const marks = commentMarks[language] ?? /#|\/\/|--|\/\*|;|'/;
  const found: LineTrick[] = [];
  let lineStart = 0;
  for (const match of text.matchAll(/\r\n|\r+(?!\n)|[\n\u2028\u2029\u0085\v\f]/g)) {
    const [character] = match[0];
    if (match[0] === '\n' || match[0] === '\r\n' || (isOld && character === '\r'))
      lineStart = match.index + match[0].length;
    else {
      const before = text.slice(Math.max(lineStart, match.index - 2_000), match.index);
      const behind = text.slice(match.index + match[0].length, match.index + match[0].length + 200);
      const isTrick =
        /^[^\n]*?[A-Za-z_]\w*/.test(behind) &&
        (marks.test(before) || (character === '\r' && before.trim() !== ''));
      if (isTrick && found.length < tricksMax)
        found.push({
          start: match.index,
          end: match.index + match[0].length,
          detail: `${names[character ?? ''] ?? 'a character'} inside a line: some readers begin a new line there`,
        });
    }
  }
  return found;
}
