/** Strings of PowerShell: quoted ones, here-strings, and the expressions in them. */
import { isHere, type Reader, take } from './reader.ts';
import type { Expression } from './syntax.ts';

/** Parses the string that begins here; undefined when none does. */
export function parseString(reader: Reader): Expression | undefined {
  const here = take(reader, /@(['"\u2018\u2019\u201c\u201d])[ \t]*\r?\n/y);
  if (here !== undefined) return hereString(reader, isSingle(here[1] ?? ''));
  const mark = reader.text[reader.at] ?? '';
  if (!/['"\u2018\u2019\u201c\u201d]/.test(mark)) return undefined;
  reader.at += 1;
  return isSingle(mark) ? singleQuoted(reader) : doubleQuoted(reader, false);
}

function isSingle(mark: string): boolean {
  return /['\u2018\u2019]/.test(mark);
}

function singleQuoted(reader: Reader): Expression {
  let text = '';
  for (;;) {
    const found = take(reader, /[^'\u2018\u2019]*/y);
    text += found?.[0] ?? '';
    if (reader.at >= reader.text.length) break;
    reader.at += 1;
    if (take(reader, /['\u2018\u2019]/y) === undefined) break;
    text += "'";
  }
  return { type: 'text', parts: [text] };
}

function hereString(reader: Reader, single: boolean): Expression {
  if (!single) return doubleQuoted(reader, true);
  const ends = /^['\u2018\u2019]@/gm;
  ends.lastIndex = reader.at;
  const found = ends.exec(reader.text);
  const text = reader.text.slice(reader.at, found?.index ?? reader.text.length);
  reader.at += text.length + (found === null ? 0 : 2);
  reader.steps.take();
  return { type: 'text', parts: [found === null ? text : text.replace(/\r?\n$/, '')] };
}

function doubleQuoted(reader: Reader, isHereString: boolean): Expression {
  const parts: (string | Expression)[] = [];
  const ends = isHereString ? /\r?\n["\u201c\u201d]@/y : /["\u201c\u201d](?!["\u201c\u201d])/y;
  const plain = isHereString ? /[^`$\r\n]+/y : /[^`$"\u201c\u201d]+/y;
  while (reader.at < reader.text.length && take(reader, ends) === undefined) {
    const text = take(reader, plain)?.[0];
    if (text !== undefined) parts.push(text);
    else if (take(reader, /`/y) !== undefined) parts.push(escaped(reader));
    else if (!isHereString && take(reader, /["\u201c\u201d]{2}/y) !== undefined) parts.push('"');
    else {
      const inner = parseDollar(reader);
      if (inner !== undefined) parts.push(inner);
      else {
        parts.push(reader.text[reader.at] ?? '');
        reader.at += 1;
      }
    }
  }
  return { type: 'text', parts };
}

/** The character behind a backtick. */
export function escaped(reader: Reader): string {
  const letter = reader.text[reader.at] ?? '';
  reader.at += 1;
  return { n: '\n', t: '\t', r: '\r', '0': '', a: '', b: '', f: '\f', v: '\v' }[letter] ?? letter;
}

/** A variable or `$(…)`; undefined when neither begins here. */
export function parseDollar(reader: Reader): Expression | undefined {
  if (isHere(reader, '$(')) {
    reader.at += 2;
    return { type: 'group', body: reader.parseStatements(reader, ')') };
  }
  const found =
    take(reader, /\$\{([^}\n]{1,200})\}/y) ??
    take(reader, /\$((?:[A-Za-z]{1,12}:(?=\w))?[\w?]{1,120}|[$^])/y);
  if (found === undefined) return undefined;
  const name = (found[1] ?? '')
    .replaceAll('`', '')
    .toLowerCase()
    .replace(/^(script|global|local|private|using|variable):/, '');
  return { type: 'variable', name, isSplat: false };
}
