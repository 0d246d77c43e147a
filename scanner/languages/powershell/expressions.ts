/** Expressions of PowerShell (about_Operators, about_Operator_Precedence). */

import type { Steps } from '../../fact/steps.ts';
import type { Block, Expression, Parameter, PowerShellStatement } from './syntax.ts';

const operators: readonly RegExp[] = [
  /-(?:and|or|xor)(?![\w-])/iy,
  /-(?:band|bor|bxor|shl|shr)(?![\w-])/iy,
  /-(?:[ci]?(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|replace|split|contains|notcontains|in|notin)|is|isnot|as|join)(?![\w-])/iy,
  /[+](?![+=])|[-\u2013](?![-=A-Za-z])/y,
  /[*/%](?!=)/y,
  /-f(?![\w-])/iy,
  /\.\./y,
];
const operatorAhead = /[-+*/%.,\u2013|]/;

/** Parses an expression with all its operators. */
export function parseExpression(reader: Reader): Expression {
  return deeper(reader, () => parseLevel(reader, 0, parseList));
}

type Parse = (reader: Reader) => Expression;

function parseLevel(reader: Reader, level: number, operand: Parse): Expression {
  const operator = operators[level];
  if (operator === undefined) return operand(reader);
  let left = parseLevel(reader, level + 1, operand);
  for (;;) {
    skipBlanks(reader, false);
    if (!operatorAhead.test(reader.text[reader.at] ?? '')) return left;
    const found = take(reader, operator);
    if (found === undefined) return left;
    skipBlanks(reader, true);
    const right = parseLevel(reader, level + 1, operand);
    left = { type: 'operation', operator: nameOf(found[0]), left, right };
  }
}

function nameOf(operator: string): string {
  return operator.toLowerCase().replace(/^-[ci](?=eq|ne|replace|split|match)/, '-');
}

function parseList(reader: Reader): Expression {
  const first = parseUnary(reader);
  const items = [first];
  for (;;) {
    skipBlanks(reader, false);
    if (reader.text[reader.at] !== ',') break;
    reader.at += 1;
    skipBlanks(reader, true);
    items.push(parseUnary(reader));
  }
  return items.length === 1 ? first : { type: 'list', items };
}

function parseUnary(reader: Reader): Expression {
  return deeper(reader, () => {
    skipBlanks(reader, false);
    const found = take(
      reader,
      /-(?:not|bnot|join|split|[ci]split)(?![\w-])|!|\+\+|--|[-+](?=[\w$'"([@{])|,(?=\s{0,9}[\w$'"([@{])/iy,
    );
    if (found !== undefined) {
      skipBlanks(reader, false);
      const right = parseUnary(reader);
      return { type: 'operation', operator: found[0].toLowerCase(), left: undefined, right };
    }
    const type = takeType(reader);
    if (type === undefined) return parsePostfix(reader, parsePrimary(reader));
    if (isHere(reader, '::') || !startsOperand.test(reader.text.slice(reader.at, reader.at + 40)))
      return parsePostfix(reader, { type: 'typeName', name: type });
    skipBlanks(reader, false);
    return { type: 'cast', to: type, value: parseUnary(reader) };
  });
}

// A word in the next line is a command.
const startsOperand =
  /^(?:[ \t]{0,30}\w|\s{0,30}(?:[$'"([{\d\u2018\u201c]|@[({'"]|[-+]\d|-(?:join|split|not)\b))/i;

// `[Net.WebClient]`, `[char[]]`, `[System.Collections.Generic.List[string]]`, attributes.
function takeType(reader: Reader): string | undefined {
  if (reader.text[reader.at] !== '[') return undefined;
  const found = take(reader, /\[\s*([A-Za-z_][\w.`+]{0,200}(?:\[[\w.,\s[\]]{0,200}\])?)\s*\]/y);
  if (found !== undefined)
    return (found[1] ?? '')
      .replaceAll('`', '')
      .toLowerCase()
      .replace(/^system\./, '');
  return undefined;
}

/** A value without operators. */
export function parsePrimary(reader: Reader): Expression {
  skipBlanks(reader, false);
  const text = parseString(reader);
  if (text !== undefined) return text;
  const variable = parseDollar(reader);
  if (variable !== undefined) return variable;
  if (take(reader, /@\(|\(/y) !== undefined)
    return { type: 'group', body: reader.parseStatements(reader, ')') };
  if (take(reader, /@\{/y) !== undefined) return parseTable(reader);
  const splat = take(reader, /@([A-Za-z_]\w{0,80})/y);
  if (splat !== undefined)
    return { type: 'variable', name: (splat[1] ?? '').toLowerCase(), isSplat: true };
  if (take(reader, /\{/y) !== undefined) return parseBlock(reader);
  const word = take(
    reader,
    /0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:[ldun]{0,2}|[kmgt]b)(?![\w])|[A-Za-z_][\w:-]*/iy,
  );
  if (word !== undefined) return { type: 'text', parts: [word[0]] };
  noteUnread(
    reader,
    `a value was expected before ${JSON.stringify(reader.text[reader.at] ?? 'the end')}`,
  );
  reader.at += 1;
  return { type: 'text', parts: [] };
}

/** Members, calls and indexes behind a value. */
export function parsePostfix(reader: Reader, first: Expression): Expression {
  let of = first;
  for (let count = 0; count < membersMax; count++) {
    const dotted = take(reader, /::|\??\.(?=[\w$'"({`])|\s*\r?\n\s*\.(?=[A-Za-z]\w*\()/y);
    if (dotted !== undefined) {
      const name = take(reader, /[A-Za-z_`][\w`]{0,120}/y);
      const named: Expression =
        name === undefined
          ? parsePrimary(reader)
          : { type: 'text', parts: [name[0].replaceAll('`', '')] };
      take(reader, /\s{0,4}(?=\()/y);
      const args = take(reader, /\(/y) === undefined ? undefined : parseArguments(reader);
      of = { type: 'member', of, name: named, args };
    } else if (reader.text[reader.at] === '[' && of.type !== 'block') {
      reader.at += 1;
      skipBlanks(reader, true);
      const at = reader.parseExpression(reader);
      skipBlanks(reader, true);
      if (take(reader, /\]/y) === undefined) noteUnread(reader, 'an index has no end');
      of = { type: 'index', of, at };
    } else if (take(reader, /\+\+|--/y) === undefined) return of;
  }
  noteUnread(reader, 'a value has too many members');
  return of;
}

const membersMax = 200;

function parseArguments(reader: Reader): Expression[] {
  const body = reader.parseStatements(reader, ')');
  const [only] = body;
  if (body.length === 1 && only?.type === 'pipeline' && only.commands.length === 1) {
    const expression = only.commands[0]?.expression;
    if (expression?.type === 'list') return [...expression.items];
    if (expression !== undefined) return [expression];
  }
  return body.length === 0 ? [] : [{ type: 'group', body }];
}

function parseTable(reader: Reader): Expression {
  return deeper(reader, () => parseEntries(reader));
}

function parseEntries(reader: Reader): Expression {
  const entries: { key: Expression; value: Expression }[] = [];
  for (;;) {
    skipBlanks(reader, true);
    if (take(reader, /;/y) !== undefined) continue;
    if (reader.at >= reader.text.length || take(reader, /\}/y) !== undefined) break;
    const key = parsePostfix(reader, parsePrimary(reader));
    skipBlanks(reader, true);
    if (take(reader, /=/y) === undefined) {
      noteUnread(reader, 'a table has an entry without a value');
      break;
    }
    skipBlanks(reader, true);
    const body = reader.parseStatements(reader, 'entry');
    entries.push({ key, value: { type: 'group', body } });
  }
  return { type: 'table', entries };
}

/** The parameters and statements of a block, behind its brace. */
export function parseBlock(reader: Reader): Block {
  skipBlanks(reader, true);
  skipAttributes(reader);
  const parameters = take(reader, /param\s{0,20}\(/iy) === undefined ? [] : parseParameters(reader);
  return { type: 'block', parameters, body: reader.parseStatements(reader, '}') };
}

/** Parameters behind an opening bracket, up to the closing one. */
export function parseParameters(reader: Reader): Parameter[] {
  const parameters: Parameter[] = [];
  for (;;) {
    skipBlanks(reader, true);
    if (take(reader, /,/y) !== undefined) continue;
    if (reader.at >= reader.text.length || take(reader, /\)/y) !== undefined) break;
    skipAttributes(reader);
    const found = take(reader, /\$(\w{1,120})/y);
    if (found === undefined) {
      noteUnread(reader, 'a parameter has no name');
      break;
    }
    const name = (found[1] ?? '').toLowerCase();
    countAssigned(reader, name);
    skipBlanks(reader, true);
    const hasValue = take(reader, /=/y) !== undefined;
    skipBlanks(reader, true);
    // A comma ends the default of a parameter.
    parameters.push({ name, value: hasValue ? parseLevel(reader, 0, parseUnary) : undefined });
  }
  return parameters;
}

/** Skips `[Attribute(…)]` and types before a parameter or a block. */
export function skipAttributes(reader: Reader): void {
  for (;;) {
    skipBlanks(reader, true);
    if (reader.text[reader.at] !== '[') return;
    let open = 0;
    for (; reader.at < reader.text.length; reader.at++) {
      const letter = reader.text[reader.at];
      if (letter === "'" || letter === '"') {
        parseString(reader);
        reader.at -= 1;
      } else if (letter === '[') open += 1;
      else if (letter === ']') open -= 1;
      if (open === 0) break;
    }
    reader.at += 1;
    reader.steps.take();
  }
}

// The place in a PowerShell program that is being parsed, and what was left out.

export interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  readonly steps: Steps;
  /** Parts that could not be read, and why. */
  readonly unread: { readonly at: number; readonly reason: string }[];
  /** How often each variable is set. */
  readonly assigned: Map<string, number>;
  readonly parseStatements: (reader: Reader, closes: string) => PowerShellStatement[];
  readonly parseExpression: (reader: Reader) => Expression;
}

/** Thrown where the program is nested too deeply; the whole of it then counts as unread. */
export class TooDeep extends Error {}

/** Skips blanks, comments and continued lines, and line ends when `lines` is set. */
export function skipBlanks(reader: Reader, lines: boolean): void {
  const { text } = reader;
  for (;;) {
    blanks.lastIndex = reader.at;
    const [found = ''] = blanks.exec(text) ?? [];
    reader.at += found.length;
    if (text.startsWith('<#', reader.at)) {
      const end = text.indexOf('#>', reader.at);
      reader.at = end < 0 ? text.length : end + 2;
    } else if (text[reader.at] === '#') {
      const end = text.indexOf('\n', reader.at);
      reader.at = end < 0 ? text.length : end;
    } else if (lines && (text[reader.at] === '\n' || text[reader.at] === '\r')) reader.at += 1;
    else if (found === '') return;
  }
}

const blanks = /(?:[ \t\f\v\u00a0]|`\r?\n)*/y;

/** Takes what a sticky pattern matches here. */
export function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) return undefined;
  reader.steps.take();
  reader.at += found[0].length;
  return found;
}

/** Whether a text begins here. */
export function isHere(reader: Reader, text: string): boolean {
  return reader.text.startsWith(text, reader.at);
}

/** Runs a part of the parser one level deeper. */
export function deeper<Result>(reader: Reader, part: () => Result): Result {
  reader.steps.take();
  if (reader.depth > depthMax) throw new TooDeep();
  reader.depth += 1;
  try {
    return part();
  } finally {
    reader.depth -= 1;
  }
}

const depthMax = 150;

/** Notes that a part is not read. */
export function noteUnread(reader: Reader, reason: string): void {
  if (reader.unread.length < 20) reader.unread.push({ at: reader.at, reason });
}

export function countAssigned(reader: Reader, name: string): void {
  reader.assigned.set(name, (reader.assigned.get(name) ?? 0) + 1);
}

// Strings of PowerShell: quoted ones, here-strings, and the expressions in them.

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
