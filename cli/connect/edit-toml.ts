/** Edits of TOML: an entry is a table of its own. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { canonical, type Editor, type Json, lineEndOf, unusable, withoutMark } from './entry.ts';

export const tomlEditor: Editor = {
  found(text, { at }, path) {
    const near = nodesAt(text, at, path);
    const [table, ...more] = near;
    if (table === undefined) return undefined;
    // A table below ours, or another way to write it: somebody changed the entry.
    if (more.length > 0 || table.type !== 'TOMLTable' || table.resolvedKey.length !== at.length)
      return '';
    return canonical(
      Object.fromEntries(
        table.body.map(({ key, value }) => [
          key.keys.map(keyText).join('.'),
          getStaticTOMLValue(value),
        ]),
      ),
    );
  },
  add(text, { at, value }, path) {
    const end = lineEndOf(text);
    const lines = [
      `[${at.join('.')}]`,
      ...pairsOf(value).map(([key, one]) => `${key} = ${tomlOf(one)}`),
    ];
    const gap = withoutMark(text).trim() === '' ? '' : /(^|\n)$/.test(text) ? end : end + end;
    const added = `${text}${gap}${lines.join(end)}${end}`;
    // Where the parent is an inline table, nothing can be added to it.
    nodesAt(added, at, path);
    return { text: added, made: 0 };
  },
  remove(text, { at }, path) {
    const [from, to] = nodesAt(text, at, path)[0]?.range ?? [0, 0];
    const before = text.slice(0, from).replace(/\r?\n(?=(?:\r?\n)$)/, '');
    return before + text.slice(to).replace(/^\r?\n/, '');
  },
};

type Node = AST.TOMLTable | AST.TOMLKeyValue;

/** The tables and pairs at a key, and below it. */
function nodesAt(text: string, at: readonly string[], path: string): Node[] {
  let body: readonly Node[];
  try {
    body = parseTOML(withoutMark(text), { tomlVersion: '1.0' }).body[0].body;
  } catch (cause) {
    if (!(cause instanceof ParseError)) {
      if (cause instanceof RangeError) throw unusable(path, 'it is nested too deeply');
      throw cause;
    }
    const { lineNumber: line, column } = cause;
    throw unusable(path, `it does not parse: ${cause.message}`, { line, column: column + 1 });
  }
  return body.flatMap((node): Node[] => {
    const keys = node.type === 'TOMLTable' ? node.resolvedKey : node.key.keys.map(keyText);
    if (at.every((key, depth) => keys[depth] === key)) return [node];
    const inside = node.type === 'TOMLTable' ? node.body : inlineOf(node);
    return inside.filter(({ key }) => {
      const all = [...keys, ...key.keys.map(keyText)];
      return at.every((one, depth) => all[depth] === one);
    });
  });
}

function inlineOf({ value }: AST.TOMLKeyValue): readonly AST.TOMLKeyValue[] {
  return value.type === 'TOMLInlineTable' ? value.body : [];
}

function keyText(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function pairsOf(value: Json): [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

// JSON's texts, numbers and lists are TOML's too.
function tomlOf(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return JSON.stringify(value);
  return `{ ${pairsOf(value)
    .map(([key, one]) => `${key} = ${tomlOf(one)}`)
    .join(', ')} }`;
}
