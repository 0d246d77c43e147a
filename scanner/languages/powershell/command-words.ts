/** Commands of PowerShell: their words, options and redirections. */
import {
  deeper,
  escaped,
  parseDollar,
  parseExpression,
  parsePostfix,
  parsePrimary,
  parseString,
  type Reader,
  skipBlanks,
  take,
} from './expressions.ts';
import type { Command, CommandWord, Expression } from './syntax.ts';

/** A command with its words and redirections, or an expression. */
export function parseCommand(reader: Reader): Command {
  const start = reader.at;
  const call = take(reader, /&(?!&)\s*|\.(?=\s+\S|\s*[$'"(\\/{])\s*/y)?.[0].trim();
  if (call === undefined && /[$'"([{@\d!+,\u2018\u201c-]/.test(reader.text[start] ?? '')) {
    const expression = parseExpression(reader);
    const redirects = takeRedirects(reader);
    const place = { start, end: reader.at };
    return { name: undefined, isSourced: false, words: [], expression, redirects, place };
  }
  const name = parseWordValue(reader);
  const words: CommandWord[] = [];
  const redirects: Command['redirects'][number][] = [];
  for (;;) {
    skipBlanks(reader, false);
    redirects.push(...takeRedirects(reader));
    const letter = reader.text[reader.at];
    if (letter === undefined || /[;|)}\r\n]/.test(letter)) break;
    if (letter === '&') break;
    const before = reader.at;
    words.push(parseWord(reader));
    if (reader.at === before) reader.at += 1;
  }
  const place = { start, end: reader.at };
  return { name, isSourced: call === '.', words, expression: undefined, redirects, place };
}

function takeRedirects(reader: Reader): Command['redirects'][number][] {
  const found: Command['redirects'][number][] = [];
  for (;;) {
    skipBlanks(reader, false);
    if (take(reader, /[1-6*]>&[12]|</y) !== undefined) continue;
    const mark = take(reader, /[1-6*]?(>>?)/y);
    if (mark === undefined) return found;
    skipBlanks(reader, false);
    const target = parseWordValue(reader);
    if (!/^[2-6]/.test(mark[0])) found.push({ target, appends: mark[1] === '>>' });
  }
}

function parseWord(reader: Reader): CommandWord {
  const option = take(reader, /[-\u2013\u2014]([A-Za-z?_][\w-]{0,80})(?=[\s:;|)}\r\n,]|$)(:)?/y);
  if (option !== undefined) {
    const name = (option[1] ?? '').toLowerCase();
    const written = `-${option[1] ?? ''}`;
    if (option[2] === undefined) return { option: name, written, value: undefined };
    skipBlanks(reader, false);
    return { option: name, written, value: parseWordList(reader) };
  }
  return { option: undefined, written: '', value: parseWordList(reader) };
}

function parseWordList(reader: Reader): Expression {
  const items = [parseWordValue(reader)];
  for (;;) {
    if (take(reader, /[ \t]*,/y) === undefined) break;
    skipBlanks(reader, true);
    items.push(parseWordValue(reader));
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { type: 'list', items };
}

/** A word of a command: pieces of text, variables and brackets next to each other. */
export function parseWordValue(reader: Reader): Expression {
  return deeper(reader, () => {
    const pieces: Expression[] = [];
    for (;;) {
      const letter = reader.text[reader.at];
      if (letter === undefined || /[\s;|,)}]/.test(letter) || (letter === '&' && pieces.length > 0))
        break;
      if (pieces.length > 0 && /[({]/.test(letter)) break;
      const isValue =
        letter === '$' ||
        letter === '(' ||
        letter === '{' ||
        /@[({'"A-Za-z]/.test(reader.text.substr(reader.at, 2));
      const string = parseString(reader);
      if (string !== undefined) pieces.push(string);
      else if (isValue && pieces.length === 0)
        pieces.push(parsePostfix(reader, parsePrimary(reader)));
      else {
        const variable = letter === '$' ? parseDollar(reader) : undefined;
        if (variable !== undefined) pieces.push(variable);
        else if (take(reader, /`/y) !== undefined)
          pieces.push({ type: 'text', parts: [escaped(reader)] });
        else {
          const text = take(reader, /[^\s;|,(){}'"`$&]+/y)?.[0] ?? letter;
          if (text === letter && !/[^\s;|,(){}'"`$&]/.test(letter)) reader.at += 1;
          pieces.push({ type: 'text', parts: [text] });
        }
      }
    }
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) return only;
    return {
      type: 'text',
      parts: pieces.flatMap((piece) => (piece.type === 'text' ? piece.parts : [piece])),
    };
  });
}
