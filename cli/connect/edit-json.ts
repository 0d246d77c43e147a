/** Edits of JSON, JSON with comments, and JSON5, by the places that a parser gives. */
import {
  type ArrayNode,
  type MemberNode,
  type ObjectNode,
  parse,
  type Token,
  type ValueNode,
} from '@humanwhocodes/momoa';
import {
  type ConfigEntry,
  canonical,
  type Editor,
  type Json,
  lineEndOf,
  unusable,
  withoutMark,
} from './entry.ts';

type Range = [start: number, end: number];

export function jsonEditor(mode: 'jsonc' | 'json5'): Editor {
  const parseText = (text: string, path: string): Parsed => {
    try {
      const { body, tokens = [] } = parse(withoutMark(text), {
        mode,
        ranges: true,
        tokens: true,
        allowTrailingCommas: true,
      });
      return { text, path, root: body, tokens };
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      const { line, column } = cause as { line?: number; column?: number };
      throw line === undefined || column === undefined
        ? unusable(path, 'it is nested too deeply')
        : unusable(path, `it does not parse: ${cause.message}`, { line, column });
    }
  };
  return {
    found(text, entry, path) {
      if (isBlank(text)) return undefined;
      const { rest, at } = walk(parseText(text, path), entry.at);
      if (rest.length > 0) return undefined;
      if (entry.marker === undefined) return canonical(plainOf(at));
      const texts = elementsOf(at, path).map((one) => canonical(plainOf(one)));
      const { marker } = entry;
      return (
        texts.find((one) => one === canonical(entry.value)) ??
        texts.find((one) => one.includes(marker))
      );
    },
    add(text, entry, path) {
      const { at: keys, marker } = entry;
      const value = marker === undefined ? entry.value : [entry.value];
      if (isBlank(text))
        return {
          text: `${text}${JSON.stringify(nested(keys, value), null, 2)}\n`,
          made: keys.length - (marker === undefined ? 1 : 0),
        };
      const parsed = parseText(text, path);
      if (keys.length === 0) return { text: JSON.stringify(value), made: 0 };
      const { rest, at } = walk(parsed, keys);
      const [key, ...inner] = rest;
      if (key === undefined) {
        elementsOf(at, path);
        return { text: append(parsed, at as ArrayNode, undefined, entry.value), made: 0 };
      }
      return {
        text: append(parsed, at as ObjectNode, key, nested(inner, value)),
        made: inner.length + (marker === undefined ? 0 : 1),
      };
    },
    remove(text, entry, path) {
      let left = cut(parseText(text, path), entry);
      const keys = entry.marker === undefined ? entry.at.slice(0, -1) : entry.at;
      for (let made = entry.made; made > 0; made--) {
        const parsed = parseText(left, path);
        const at = keys.slice(0, keys.length - entry.made + made);
        const { rest, at: node } = walk(parsed, at);
        if (at.length === 0 || rest.length > 0 || !isEmpty(parsed, node)) break;
        left = cut(parsed, { at });
      }
      return left;
    },
  };
}

interface Parsed {
  readonly text: string;
  readonly path: string;
  readonly root: ValueNode;
  readonly tokens: readonly Token[];
}

function isBlank(text: string): boolean {
  return withoutMark(text).trim() === '';
}

function nested(keys: readonly string[], value: Json): Json {
  return keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}

/** Follows keys as far as they go. @returns the deepest value, and the keys that it lacks */
function walk(
  { path, root }: Parsed,
  keys: readonly string[],
): { at: ValueNode; rest: readonly string[]; member?: MemberNode } {
  let at = root;
  let member: MemberNode | undefined;
  for (const [depth, key] of keys.entries()) {
    const { line, column } = at.loc.start;
    const parents = keys.slice(0, depth).join('.') || 'the file';
    if (at.type !== 'Object') throw unusable(path, `${parents} is no object`, { line, column });
    const named = at.members.filter(({ name }) => nameOf(name) === key);
    if (named.length > 1) throw unusable(path, `it has ${key} twice`, named[1]?.loc.start);
    if (named[0] === undefined) return { at, rest: keys.slice(depth) };
    member = named[0];
    at = member.value;
  }
  return { at, rest: [], ...(member !== undefined && { member }) };
}

function nameOf(name: MemberNode['name']): string {
  return name.type === 'String' ? name.value : name.name;
}

function elementsOf(node: ValueNode, path: string): readonly ValueNode[] {
  if (node.type === 'Array') return valuesOf(node);
  throw unusable(path, 'a list is expected here', node.loc.start);
}

// The parser gives an element no range of its own.
function valuesOf({ elements }: ArrayNode): ValueNode[] {
  return elements.map(({ value }) => value);
}

// As `JSON.parse` does, and without its way to the prototype of all objects.
function plainOf(node: ValueNode): unknown {
  switch (node.type) {
    case 'Object':
      return Object.fromEntries(
        node.members.map(({ name, value }) => [nameOf(name), plainOf(value)]),
      );
    case 'Array':
      return valuesOf(node).map(plainOf);
    case 'Null':
      return null;
    case 'NaN':
    case 'Infinity':
      return node.type;
    default:
      return node.value;
  }
}

const rangeOf = ({ range }: { range?: Range | undefined }): Range => range ?? [0, 0];
const isComment = ({ type }: Token): boolean => type.endsWith('Comment');

function isEmpty({ text }: Parsed, node: ValueNode): boolean {
  const [start, end] = rangeOf(node);
  const isContainer = node.type === 'Object' || node.type === 'Array';
  return isContainer && text.slice(start + 1, end - 1).trim() === '';
}

function append(
  parsed: Parsed,
  into: ObjectNode | ArrayNode,
  key: string | undefined,
  value: Json,
): string {
  const { text, tokens } = parsed;
  const [start, end] = rangeOf(into);
  const parts = into.type === 'Object' ? into.members : valuesOf(into);
  const last = parts.at(-1);
  const lastEnd = last === undefined ? start + 1 : rangeOf(last)[1];
  const behind = tokens.filter((token) => rangeOf(token)[0] >= lastEnd && rangeOf(token)[1] < end);
  const previous = behind.at(-1);
  const from = previous === undefined ? lastEnd : rangeOf(previous)[1];
  const hasComma = behind.some(({ type }) => type === 'Comma');
  const first = parts[0];
  const inLine =
    previous?.type !== 'LineComment' &&
    !(first === undefined ? text : text.slice(start, rangeOf(first)[0])).includes('\n');
  const unit = /^\t/m.test(text) ? '\t' : (/^( +)\S/m.exec(text)?.[1] ?? '  ');
  const outer = indentAt(text, start);
  const inner = last === undefined || inLine ? outer + unit : indentAt(text, rangeOf(last)[0]);
  const lineEnd = lineEndOf(text);
  const named = key === undefined ? '' : `${JSON.stringify(key)}: `;
  const written = inLine
    ? JSON.stringify(value)
    : JSON.stringify(value, null, unit).replaceAll('\n', lineEnd + inner);
  const before = inLine ? (last === undefined ? '' : ' ') : lineEnd + inner;
  const isOneLine = !text.slice(from, end - 1).includes('\n');
  return [
    text.slice(0, lastEnd),
    last === undefined || hasComma ? '' : ',',
    text.slice(lastEnd, from),
    `${before}${named}${written}${hasComma ? ',' : ''}`,
    !inLine && isOneLine ? lineEnd + outer : '',
    text.slice(from),
  ].join('');
}

function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? '';
}

/** Without one part of a container, and the comma that it needs no more. */
function cut(parsed: Parsed, entry: Pick<ConfigEntry, 'at' | 'marker'> & { value?: Json }): string {
  const { text, path, tokens } = parsed;
  const { at, member } = walk(parsed, entry.at);
  const isOurs = (one: ValueNode): boolean => canonical(plainOf(one)) === canonical(entry.value);
  const part = entry.marker === undefined ? member : elementsOf(at, path).find(isOurs);
  if (part === undefined) throw unusable(path, 'the entry is not there');
  const [start, end] = rangeOf(part);
  const before = tokens.filter((token) => rangeOf(token)[1] <= start);
  const next = tokens.find((token) => rangeOf(token)[0] >= end && !isComment(token));
  const previous = before.at(-1);
  const from = previous === undefined ? start : rangeOf(previous)[1];
  const comma = next?.type === 'Comma' ? next : before.findLast((token) => !isComment(token));
  const cuts: Range[] = [[from, end]];
  if (comma?.type === 'Comma') cuts.push(rangeOf(comma));
  const left = without(text, cuts);
  // What follows must not become a part of the comment before.
  const isSwallowed =
    previous?.type === 'LineComment' &&
    !/^[ \t]*\r?\n/.test(text.slice(Math.max(...cuts.map(([, to]) => to))));
  return isSwallowed ? without(text, [[start, end], ...cuts.slice(1)]) : left;
}

function without(text: string, cuts: readonly Range[]): string {
  return cuts
    .toSorted(([a], [b]) => b - a)
    .reduce((left, [from, to]) => left.slice(0, from) + left.slice(to), text);
}
