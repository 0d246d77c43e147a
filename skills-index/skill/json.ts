/** JSON read strictly: UTF-8, no repeated keys, no great depth, and where each value stands, so that messages can name the place. */
import { jsonDepthMax } from './limits.ts';
import { type Place, Problem } from './problem.ts';

export interface ParsedJson {
  readonly value: unknown;
  /** Where the value at a path of keys and indexes begins (a key's own place for members of an object). */
  placeOf(path: readonly (string | number)[]): Place;
}

/**
 * Parses one JSON document.
 * @param content bytes (UTF-8) or text
 * @param file how messages name it
 * @throws Problem `json-invalid` with the place
 */
export function parseJson(content: Uint8Array | string, file: string): ParsedJson {
  const text = typeof content === 'string' ? content : decodeUtf8(content, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Problem('json-invalid', `Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  const place = (offset: number): Place => placeAt(text, offset, file);
  walk({ text, place, note: undefined }, skipSpace(text, 0), [], 0);
  // Most documents are fine, so places are looked for only when the first one is asked for.
  let offsets: ReadonlyMap<string, number> | undefined;
  return {
    value,
    placeOf: (path) => {
      offsets ??= readOffsets(text, place);
      return place(offsets.get(JSON.stringify(path)) ?? 0);
    },
  };
}

/**
 * Decodes UTF-8 and refuses what is not.
 * @throws Problem `json-invalid`
 */
function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem('json-invalid', `Cannot read ${file}: it is not UTF-8`, { cause });
  }
}

/** Line and column (UTF-16 units) of an offset, both from 1; lines end with LF. */
export function placeAt(text: string, offset: number, path: string): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { path, line: before.split('\n').length, column: offset - lineStart + 1 };
}

interface Walk {
  readonly text: string;
  readonly place: (offset: number) => Place;
  /** Told where each value begins; a member of an object where its key does. */
  readonly note: ((path: Path, offset: number) => void) | undefined;
}

type Path = readonly (string | number)[];

function readOffsets(text: string, place: Walk['place']): Map<string, number> {
  const offsets = new Map<string, number>();
  const note = (path: Path, offset: number): void => {
    const key = JSON.stringify(path);
    if (!offsets.has(key)) offsets.set(key, offset);
  };
  walk({ text, place, note }, skipSpace(text, 0), [], 0);
  return offsets;
}

// JSON.parse accepted the text, so the walk only has to follow it. It returns the offset behind the value.
function walk(context: Walk, start: number, path: Path, depth: number): number {
  const { text, note } = context;
  if (depth > jsonDepthMax) {
    const at = context.place(start);
    throw new Problem('json-invalid', `Cannot read ${at.path}:${at.line}: more than ${jsonDepthMax} levels deep`);
  }
  note?.(path, start);
  if (text[start] === '"') return endOfString(text, start);
  if (text[start] !== '{' && text[start] !== '[') return endOfScalar(text, start);
  const isObject = text[start] === '{';
  const keys = new Set<string>();
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== '}' && text[at] !== ']'; index++) {
    let step: string | number = index;
    if (isObject) {
      const keyEnd = endOfString(text, at);
      step = JSON.parse(text.slice(at, keyEnd)) as string;
      if (keys.has(step)) throw thereTwice(step, context.place(at));
      keys.add(step);
      note?.([...path, step], at);
      at = skipSpace(text, skipSpace(text, keyEnd) + 1);
    }
    at = skipSpace(text, walk(context, at, note === undefined ? path : [...path, step], depth + 1));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function thereTwice(key: string, at: Place): Problem {
  const where = `${at.path}:${at.line}:${at.column}`;
  return new Problem('json-invalid', `Cannot read ${where}: key ${JSON.stringify(key.slice(0, 100))} is there twice`);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length && !endsScalar.has(text[at] ?? '')) at++;
  return at;
}

// White space of JSON (RFC 8259 §2), and what may follow a number or a word.
const spaces = new Set([' ', '\t', '\n', '\r']);
const endsScalar = new Set([...spaces, ',', ']', '}']);

function skipSpace(text: string, start: number): number {
  let at = start;
  while (spaces.has(text[at] ?? '')) at++;
  return at;
}
