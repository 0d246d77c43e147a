/** Python literals (Python reference §2.5). */
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { textOf } from './nodes.ts';
import type { PyNode, PythonModule } from './program.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** `at` is where the text begins. */
export interface StringLiteral {
  readonly text: string;
  readonly isBytes: boolean;
  readonly at: number;
}

/** A string literal without its quotes. */
export function stringOf(module: PythonModule, node: PyNode): StringLiteral {
  const written = textOf(module, node);
  const { prefix, open, close } = quotesOf(written);
  const text = unescapeText(written.slice(open, close), prefix);
  return { text, isBytes: prefix.includes('b'), at: node.from + open };
}

/** What is put into a format string: an expression and how it is shown. */
interface Replacement {
  readonly value: PyNode | undefined;
  readonly spec: string;
  /** `f"{name=}"` shows the expression as well. */
  readonly isNamed: boolean;
}

/** `at` is where the first of the pieces begins. */
export interface FormatPieces {
  readonly pieces: readonly (string | Replacement)[];
  readonly at: number;
}

/** The texts of a format string, and what stands between them. */
export function piecesOf(module: PythonModule, node: PyNode): FormatPieces {
  const { prefix, open, close } = quotesOf(textOf(module, node));
  const pieces: (string | Replacement)[] = [];
  let at = node.from + open;
  const plain = (to: number): void => {
    const text = unescapeText(module.source.text.slice(at, to), prefix);
    if (to > at) pieces.push(text.replaceAll('{{', '{').replaceAll('}}', '}'));
  };
  for (const one of node.getChildren('FormatReplacement')) {
    plain(one.from);
    at = one.to;
    const spec = one.getChild('FormatSpec');
    pieces.push({
      value: one.children.find(({ name }) => /^\w+$/.test(name) && !name.startsWith('Format')),
      spec: spec === null ? '' : textOf(module, spec).replace(/^:/, ''),
      isNamed: one.getChild('FormatSelfDoc') !== null,
    });
  }
  plain(node.from + close);
  return { pieces, at: node.from + open };
}

/** A number as it is written; undefined for what is no real number, or too long. */
export function numberOf(text: string): bigint | number | undefined {
  const plain = text.replaceAll('_', '').replace(/[lL]$/, '');
  if (plain.length > 20_000) return undefined;
  if (/^(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)$/.test(plain)) return BigInt(plain);
  const value = Number(plain);
  return Number.isNaN(value) ? undefined : value;
}

// The prefix and quotes of a string literal.
function quotesOf(literal: string): {
  readonly prefix: string;
  readonly open: number;
  readonly close: number;
} {
  const [all = '', prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(literal) ?? [];
  const isClosed = literal.length >= all.length + quote.length && literal.endsWith(quote);
  return {
    prefix: prefix.toLowerCase(),
    open: all.length,
    close: isClosed ? literal.length - quote.length : literal.length,
  };
}

// The value of the text between quotes.
function unescapeText(text: string, prefix: string): string {
  if (prefix.includes('r') || !text.includes('\\')) return text;
  return text.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[0-7]{1,3}|\r?\n|[\s\S])/g,
    (all, code: string) => {
      if (/^[xuU]/.test(code) && code.length > 1) {
        const point = Number.parseInt(code.slice(1), 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      }
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
      if (code.startsWith('N{')) return unknownPart;
      return simpleEscapes[code.replace('\r', '')] ?? all;
    },
  );
}
