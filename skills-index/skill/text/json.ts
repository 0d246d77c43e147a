/**
 * Parses JSON strictly: UTF-8, no repeated keys, limited depth and number of values. The parser
 * also finds the place of each value, so that messages can name the place.
 */
import { jsonDepthMax } from '../front-matter.ts';
import { type Place, Problem, type Reason } from '../problem.ts';

/** Maximum number of values in one JSON document: objects, lists, and their members. */
const jsonValuesMax = 100_000;

export interface ParsedJson {
  readonly value: unknown;
  /**
   * The place in the JSON text where a value begins. The value is named by its path of keys and
   * indexes. For a member of an object, the place of the member's key.
   */
  placeOf(path: readonly (string | number)[]): Place;
}

/**
 * Parses one JSON document.
 * @param content the document as bytes (UTF-8) or text
 * @param file how messages name the document
 * @param valuesMax how many values the document may contain, where the usual limit is too low
 * @throws Problem `json-invalid` with the place of the fault
 */
export function parseJson(
  content: Uint8Array | string,
  file: string,
  valuesMax = jsonValuesMax,
): ParsedJson {
  const text = typeof content === 'string' ? content : decodeUtf8(content, file);
  // Values are counted before JSON.parse runs, because a few million small values need more memory
  // than a server has.
  if (holdsMoreThan(text, valuesMax))
    throw new Problem('json-invalid', `Cannot read ${file}: more than ${valuesMax} values`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Problem('json-invalid', `Cannot read ${file}: ${message}`, {
      cause,
      reasons: syntaxReasons(text, message, file),
    });
  }
  const place = (offset: number): Place => placeAt(text, offset, file);
  walk({ text, place }, skipSpace(text, 0), 0);
  // A file may have a hundred faults, so its lines are counted once.
  const lines = lazily(() => lineTableOf(text));
  const members = new Map<number, Members>();
  return {
    value,
    placeOf: (path) => ({ path: file, ...lines()(offsetOf(text, path, members)) }),
  };
}

function syntaxReasons(text: string, message: string, file: string): Reason[] {
  const offset = faultIn(text, message);
  const why = message.replace(/ in JSON at position .*/, '');
  return offset === undefined ? [] : [{ message: why, place: placeAt(text, offset, file) }];
}

// JavaScript's message about broken JSON contains an offset, says that the text ends too early, or
// quotes the ten characters before and after the fault.
function faultIn(text: string, message: string): number | undefined {
  const position = /at position (\d{1,10})/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  if (message.startsWith('Unexpected end')) return text.length;
  const [, isCut, quoted = '', goesOn] =
    /, (\.{3})?"(.*)"(\.{3})? is not valid JSON$/s.exec(message) ?? [];
  if (isCut !== undefined) return text.indexOf(quoted) + 10;
  return goesOn === undefined ? undefined : quoted.length - 10;
}

// Every JSON value but the first follows a comma or an opening bracket. Commas and brackets in
// strings are skipped.
function holdsMoreThan(text: string, valuesMax: number): boolean {
  let values = 1;
  for (let at = 0; at < text.length && values <= valuesMax; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) at = endOfString(text, at) - 1;
    else if (char === comma || char === openBrace || char === openBracket) values++;
  }
  return values > valuesMax;
}

/**
 * Decodes bytes as UTF-8.
 * @throws Problem `json-invalid` for bytes that are not UTF-8
 */
function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem('json-invalid', `Cannot read ${file}: it is not UTF-8`, { cause });
  }
}

/** The place of an offset in a text. */
export function placeAt(text: string, offset: number, path: string): Place {
  return { path, ...lineTableOf(text.slice(0, offset))(offset) };
}

function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

interface Walk {
  readonly text: string;
  readonly place: (offset: number) => Place;
}

// Follows the structure of a text that JSON.parse has accepted. Returns the offset behind the value
// that begins at `start`.
function walk(context: Walk, start: number, depth: number): number {
  const { text } = context;
  if (depth > jsonDepthMax) {
    const at = context.place(start);
    throw new Problem(
      'json-invalid',
      `Cannot read ${at.path}:${at.line}: more than ${jsonDepthMax} levels deep`,
    );
  }
  const keys = text[start] === '{' ? new Set<unknown>() : undefined;
  return eachMember(text, start, (key, keyAt, valueAt) => {
    if (keys?.has(key)) throw thereTwice(`${key}`, context.place(keyAt));
    keys?.add(key);
    return walk(context, valueAt, depth + 1);
  });
}

/**
 * Visits the members of an object or list in a JSON text; a scalar has no members.
 * @param visit gets the key or index, the offset of the member and the offset of the member's
 * value; returns the offset behind the value
 * @returns the offset behind the object, list or scalar
 */
function eachMember(
  text: string,
  start: number,
  visit: (key: string | number, keyAt: number, valueAt: number) => number,
): number {
  const first = text.charCodeAt(start);
  if (first === quote) return endOfString(text, start);
  if (first !== openBrace && first !== openBracket) return endOf(scalar, text, start);
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== '}' && text[at] !== ']'; index++) {
    let key: string | number = index;
    let valueAt = at;
    if (first === openBrace) {
      const keyEnd = endOfString(text, at);
      key = text.slice(at + 1, keyEnd - 1);
      if (key.includes('\\')) key = JSON.parse(text.slice(at, keyEnd));
      valueAt = skipSpace(text, skipSpace(text, keyEnd) + 1);
    }
    at = skipSpace(text, visit(key, at, valueAt));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

/** The offsets of a member's key (in a list: of its value) and of its value. */
type Members = ReadonlyMap<string | number, { readonly keyAt: number; readonly valueAt: number }>;

/**
 * The offset of a value in a JSON text (for a member of an object: of the member's key); 0 when the
 * value is absent.
 * @param known the members of objects and lists that were looked through, by their offsets
 */
function offsetOf(
  text: string,
  path: readonly (string | number)[],
  known: Map<number, Members>,
): number {
  let at = skipSpace(text, 0);
  let value = at;
  for (const step of path) {
    const members = known.get(value) ?? membersOf(text, value);
    known.set(value, members);
    const found = members.get(step);
    if (found === undefined) return 0;
    at = found.keyAt;
    value = found.valueAt;
  }
  return at;
}

function membersOf(text: string, start: number): Members {
  const members = new Map<string | number, { keyAt: number; valueAt: number }>();
  eachMember(text, start, (key, keyAt, valueAt) => {
    members.set(key, { keyAt, valueAt });
    return endOfValue(text, valueAt);
  });
  return members;
}

function endOfValue(text: string, start: number): number {
  return eachMember(text, start, (_key, _at, valueAt) => endOfValue(text, valueAt));
}

function thereTwice(key: string, at: Place): Problem {
  const where = `${at.path}:${at.line}:${at.column}`;
  const why = `key ${JSON.stringify(key.slice(0, 100))} is there twice`;
  return new Problem('json-invalid', `Cannot read ${where}: ${why}`, {
    reasons: [{ message: why, place: at }],
  });
}

// `indexOf` runs in machine code from the first call on: most of a signed statement is one string.
function endOfString(text: string, start: number): number {
  let quoteAt = start;
  do {
    quoteAt = text.indexOf('"', quoteAt + 1);
    // A string that is never closed ends with the text: `holdsMoreThan` counts values before
    // JSON.parse has checked the text.
    if (quoteAt === -1) return text.length + 1;
  } while (isEscaped(text, quoteAt, start));
  return quoteAt + 1;
}

/** Whether an odd number of backslashes stands before a character of the string from `start` on. */
function isEscaped(text: string, at: number, start: number): boolean {
  let before = at - 1;
  while (before > start && text[before] === '\\') before--;
  return (at - before) % 2 === 0;
}

const quote = 0x22;
const comma = 0x2c;
const openBrace = 0x7b;
const openBracket = 0x5b;
/** The white space of JSON (RFC 8259 §2). */
const spaces = /[ \t\n\r]*/y;
/** A number or a word. */
const scalar = /[^ \t\n\r,\]}]*/y;

function skipSpace(text: string, start: number): number {
  return endOf(spaces, text, start);
}

/** @param run a sticky pattern that also matches nothing */
function endOf(run: RegExp, text: string, start: number): number {
  run.lastIndex = start;
  run.test(text);
  return run.lastIndex;
}

// Lines and columns in a text. The table has one row for each block of the text, because a text of
// four million line ends would otherwise have four million rows.

/** A line and a column (UTF-16 units), each counted from 1. */
interface LinePlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Reads the text once.
 * @returns a function that finds the place of an offset. Lines end with LF.
 */
export function lineTableOf(text: string): (offset: number) => LinePlace {
  const rows = Math.floor(text.length / blockChars) + 1;
  // Of the character with which each block begins: lines before its own, and its line's first.
  const lines = new Uint32Array(rows);
  const starts = new Uint32Array(rows);
  let line = 0;
  let start = 0;
  for (let row = 0; row < rows; row++) {
    lines[row] = line;
    starts[row] = start;
    const end = Math.min(text.length, (row + 1) * blockChars);
    for (let at = row * blockChars; at < end; at++)
      if (text.charCodeAt(at) === lineFeed) {
        line++;
        start = at + 1;
      }
  }
  return (offset) => {
    const row = Math.min(Math.floor(offset / blockChars), rows - 1);
    let before = lines[row] ?? 0;
    let from = starts[row] ?? 0;
    for (let at = row * blockChars; at < offset; at++)
      if (text.charCodeAt(at) === lineFeed) {
        before++;
        from = at + 1;
      }
    return { line: before + 1, column: offset - from + 1 };
  };
}

const blockChars = 4_096;
const lineFeed = 0x0a;
