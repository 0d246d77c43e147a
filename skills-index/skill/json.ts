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
  const offsets = new Map<string, number>();
  const place = (offset: number): Place => placeAt(text, offset, file);
  walk({ text, offsets, place }, skipSpace(text, 0), [], 0);
  return { value, placeOf: (path) => place(offsets.get(JSON.stringify(path)) ?? 0) };
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
  readonly offsets: Map<string, number>;
  readonly place: (offset: number) => Place;
}

// JSON.parse accepted the text, so the walk only has to follow it. It returns the offset behind the value.
function walk(context: Walk, start: number, path: readonly (string | number)[], depth: number): number {
  const { text, offsets, place } = context;
  if (depth > jsonDepthMax) {
    const at = place(start);
    throw new Problem('json-invalid', `Cannot read ${at.path}:${at.line}: more than ${jsonDepthMax} levels deep`);
  }
  if (!offsets.has(JSON.stringify(path))) offsets.set(JSON.stringify(path), start);
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
      refuseTwice(keys, step, place(at));
      offsets.set(JSON.stringify([...path, step]), at);
      at = skipSpace(text, skipSpace(text, keyEnd) + 1);
    }
    at = skipSpace(text, walk(context, at, [...path, step], depth + 1));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function refuseTwice(keys: Set<string>, key: string, at: Place): void {
  if (keys.has(key))
    throw new Problem(
      'json-invalid',
      `Cannot read ${at.path}:${at.line}:${at.column}: key ${JSON.stringify(key)} is there twice`,
    );
  keys.add(key);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at++;
  return at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? '')) at++;
  return at;
}
