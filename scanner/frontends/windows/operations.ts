/** Operators of PowerShell on known values; what is not known keeps where it comes from. */

import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import type { Block, PowerShellStatement, WrittenPlace } from './syntax.ts';

/** The value of an operation. */
export function operate(operator: string, left: Value | undefined, right: Value): Value {
  const known = knownText(right);
  switch (operator) {
    case '+':
      if (left === undefined) return right;
      if (left.items !== undefined)
        return listValue([...left.items, ...(right.items ?? [right])].slice(0, itemsMax));
      return bothNumbers(left, right, (a, b) => a + b) ?? joined([left, right]);
    case '-join':
      return left === undefined
        ? joined(right.items ?? [right])
        : known === undefined
          ? changed([left, right])
          : joined(left.items ?? [left], known);
    case '-split':
      return left === undefined ? split(right, '\\s+') : split(left, known?.replace(/ .*$/s, ''));
    case '-replace':
      return left === undefined ? unknown : replaced(left, right);
    case '-f':
      return left === undefined ? unknown : formatted(left, right.items ?? [right]);
    case '..':
      return left === undefined ? unknown : range(left, right);
    case '*':
      return left === undefined ? unknown : repeated(left, right);
    case '-as':
    case ',':
      return operator === ',' ? listValue([right]) : (left ?? right);
    case '-bxor':
    case '-band':
    case '-bor':
      return (
        (left &&
          bothNumbers(left, right, (a, b) =>
            operator === '-bxor' ? a ^ b : operator === '-band' ? a & b : a | b,
          )) ?? { ...changed(left === undefined ? [right] : [left, right]), decoded: true }
      );
    case '-':
      if (left === undefined && known !== undefined && /^\d+$/.test(known))
        return textValue(`-${known}`);
      return (
        (left && bothNumbers(left, right, (a, b) => a - b)) ??
        changed(left ? [left, right] : [right])
      );
    case '-and':
    case '-or':
      return unknown;
    default:
      return changed(left === undefined ? [right] : [left, right]);
  }
}

const itemsMax = 2_000;

function bothNumbers(
  left: Value,
  right: Value,
  made: (a: number, b: number) => number,
): Value | undefined {
  const a = numberOf(left);
  const b = numberOf(right);
  return a === undefined || b === undefined || left.items || right.items
    ? undefined
    : textValue(`${made(a, b)}`);
}

/** A value that is a whole number. */
export function numberOf(value: Value): number | undefined {
  if (value.parts.length !== 1) return undefined;
  const text = knownText(value);
  return text !== undefined && text.length < 12 && /^-?(?:\d{1,9}|0x[0-9a-f]{1,8})$/i.test(text)
    ? Number(text)
    : undefined;
}

function split(value: Value, pattern: string | undefined): Value {
  const text = knownText(value);
  if (text === undefined || pattern === undefined) return changed([value]);
  const pieces = searchLinearly(pattern, (form) => text.split(form));
  if (pieces === undefined) return changed([value]);
  return listValue(
    pieces
      .filter((piece) => piece !== undefined)
      .slice(0, itemsMax)
      .map((piece) => ({ ...textValue(piece), ...(value.decoded && { decoded: true as const }) })),
  );
}

function replaced(left: Value, right: Value): Value {
  const [from, to] = right.items ?? [right];
  const pattern = from && knownText(from);
  const by = to === undefined ? '' : knownText(to);
  if (left.items !== undefined)
    return listValue(left.items.slice(0, itemsMax).map((item) => replaced(item, right)));
  const text = knownText(left);
  if (text === undefined || pattern === undefined || by === undefined)
    return changed([left, right]);
  const made = searchLinearly(pattern, (form) => text.replace(form, by));
  return made === undefined ? changed([left]) : { ...left, parts: [{ text: made }] };
}

function formatted(left: Value, given: readonly Value[]): Value {
  const format = knownText(left);
  if (format === undefined) return changed([left, ...given]);
  const made: Value[] = [];
  let last = 0;
  for (const found of format.matchAll(
    /\{(\d{1,3})(?:,-?\d{1,3})?(?::([^{}]{0,40}))?\}|\{\{|\}\}/g,
  )) {
    made.push(textValue(format.slice(last, found.index)));
    const [all, index, style] = found;
    if (index === undefined) made.push(textValue(all[0] ?? ''));
    else {
      const value = given[Number(index)] ?? nothing;
      made.push(style === undefined ? value : changed([value]));
    }
    last = found.index + all.length;
  }
  return joined([...made, textValue(format.slice(last))]);
}

function range(left: Value, right: Value): Value {
  const from = numberOf(left);
  const to = numberOf(right);
  if (from === undefined || to === undefined || Math.abs(to - from) > itemsMax) return unknown;
  const step = from <= to ? 1 : -1;
  return listValue(
    Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => textValue(`${from + at * step}`)),
  );
}

function repeated(left: Value, right: Value): Value {
  const count = numberOf(right);
  const text = knownText(left);
  if (count === undefined || text === undefined || /^-?\d+$/.test(text) || count < 0)
    return changed([left]);
  return text.length * count > 2_000 ? changed([left]) : textValue(text.repeat(count));
}

/** An element of a list or a table, or letters of a text. */
export function indexed(of: Value, at: Value): Value {
  const key = knownText(at);
  if (of.fields !== undefined) {
    const found = key === undefined ? undefined : of.fields.get(key.toLowerCase());
    if (found !== undefined) return found;
    const all = [...of.fields.values()];
    const blocks = all.flatMap((value) => value.blocks ?? []);
    return { ...changed([of]), ...(blocks.length > 0 && { blocks }) };
  }
  const items = of.items ?? letters(of);
  const places = (at.items ?? [at]).map(numberOf);
  if (items === undefined || places.some((place) => place === undefined)) return changed([of, at]);
  const chosen = places.flatMap((place) => items.at(place ?? 0) ?? []);
  return at.items === undefined ? (chosen[0] ?? nothing) : listValue(chosen);
}

function letters(value: Value): readonly Value[] | undefined {
  const text = knownText(value);
  return text === undefined || text.length > itemsMax ? undefined : [...text].map(textValue);
}

/** A value as another type. */
export function cast(to: string, value: Value): Value {
  const text = knownText(value);
  if (to === 'char') {
    const code = numberOf(value);
    return code === undefined
      ? changed([value])
      : { ...textValue(String.fromCodePoint(Math.min(Math.max(code, 0), 0xffff))), decoded: true };
  }
  if (to === 'char[]') {
    if (value.items !== undefined) return listValue(value.items.map((item) => cast('char', item)));
    const found = letters(value);
    return found === undefined ? changed([value]) : listValue(found);
  }
  if (to === 'scriptblock') return { ...value, type: 'scriptblock' };
  if (/^(?:u?int(?:16|32|64)?|long|byte)$/.test(to))
    return text === undefined ? changed([value]) : value;
  if (
    /^(?:string|string\[\]|array|object|psobject|pscustomobject|ordered|hashtable|uri|void|switch|bool|mailaddress|io\.fileinfo|xml|object\[\]|securestring|regex|version|guid|datetime|timespan|double|decimal|float|single|byte\[\]|int\[\]|collections\.[\w.`[\]]+|ipaddress|net\.ipaddress|consolecolor|ref|math|environment|convert|cmdletbinding|parameter)$/.test(
      to,
    )
  )
    return value;
  return { ...value, type: to };
}

// Values of a PowerShell program: known text, or shell code that gives it.

type Part =
  | { readonly text: string }
  /** `of` has the words that an unknown text was made of. */
  | { readonly code: string; readonly of?: readonly string[] };

export interface Value {
  readonly parts: readonly Part[];
  /** The elements of a list, and the entries of a table by lower-case name. */
  readonly items?: readonly Value[];
  readonly fields?: ReadonlyMap<string, Value>;
  /** What runs when the value is called. */
  readonly blocks?: readonly Block[];
  /** The .NET type of an object, or the type itself; lower case. */
  readonly type?: string;
  readonly isType?: true;
  /** A member that was named and not called yet. */
  readonly method?: { readonly of: Value; readonly name: string };
  /** Decoded bytes, and whether the text was decoded. */
  readonly bytes?: Buffer;
  readonly decoded?: true;
}

/** Stands for text that could not be computed; the shell's front end knows the mark. */
export const hole = '\0';
export const unknown: Value = { parts: [{ text: hole }] };
export const nothing: Value = { parts: [] };

export function textValue(text: string): Value {
  // What does not fit is unknown, so that nothing counts as read that is not.
  if (text.length > textMax) return { parts: [{ text: text.slice(0, textMax) }, { text: hole }] };
  return { parts: [{ text }] };
}

export function codeValue(code: string): Value {
  return { parts: [{ code }] };
}

const textMax = 20_000;
const partsMax = 60;

/** The whole text where it is known. */
export function knownText(value: Value): string | undefined {
  let text = '';
  for (const part of value.parts) {
    if (!('text' in part) || part.text.includes(hole)) return undefined;
    text += part.text;
  }
  return text;
}

/** Several values one after the other. */
export function joined(values: readonly Value[], separator = ''): Value {
  const parts: Part[] = [];
  values.forEach((value, at) => {
    if (at > 0 && separator !== '') addPart(parts, { text: separator });
    for (const part of value.parts) addPart(parts, part);
  });
  const length = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 8), 0);
  const decoded = values.some((value) => value.decoded) ? ({ decoded: true } as const) : {};
  if (parts.length > partsMax || length > textMax) return changed(values);
  return { parts, ...decoded };
}

// Known texts next to each other are one.
function addPart(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last !== undefined && 'text' in last && 'text' in part)
    parts[parts.length - 1] = { text: last.text + part.text };
  else parts.push(part);
}

export function listValue(items: readonly Value[]): Value {
  return { ...joined(items, ' '), items };
}

/** A value that some operation makes of others: its text is unknown, where it comes from is not. */
export function changed(values: readonly Value[]): Value {
  const codes = values.flatMap(({ parts }) => parts.filter((part) => 'code' in part));
  if (codes.length === 0) return unknown;
  const words = [...new Set(codes.flatMap(({ code, of }) => of ?? [`"${code}"`]))].slice(0, 40);
  return { parts: [{ code: `$(${valueProgram} ${words.join(' ')})`, of: words }] };
}

/** A program of the lowered script that makes an unknown text of its words and its input. */
export const valueProgram = 'powershell-value';

/** A value as one word of the shell. */
export function wordOf({ parts, decoded }: Value): string {
  const text = knownText({ parts });
  if (decoded && text !== undefined)
    return `"$(printf %s '${Buffer.from(text, 'utf8').toString('base64')}' | base64 -d)"`;
  if (parts.length === 0 || text === '') return "''";
  return parts
    .filter((part) => 'code' in part || part.text !== '')
    .map((part) => ('text' in part ? quoted(part.text) : `"${part.code}"`))
    .join('');
}

function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const profile =
  /^[A-Za-z]:[\\/]users[\\/](?!public[\\/]|default[\\/]|all users)[^\\/]{1,60}(?=[\\/]|$)/i;

/** A value as a path of the shell. */
export function pathOf(value: Value): Value {
  const parts = value.parts.map((part, at): Part => {
    if (
      !('text' in part) ||
      /^(?:\\\\|hk(?:lm|cu|cr|ey)|cert:|env:|registry::|[a-z]{2,}:\/\/)/i.test(part.text)
    )
      return part;
    const text =
      at === 0
        ? part.text
            .replace(profile, '~')
            .replace(/^([A-Za-z]):(?=[\\/])/, (_, drive: string) => `/${drive.toLowerCase()}`)
        : part.text;
    return { text: text.replace(/\\+/g, '/') };
  });
  return { ...value, parts };
}

// Patterns of a program, applied where they are certain to take linear time.

/** Applies a pattern without repetitions of groups; undefined for any other pattern. */
function searchLinearly<Result>(
  pattern: string,
  apply: (form: RegExp) => Result,
): Result | undefined {
  // Letters, classes, one group of letters, and one repetition.
  const isPlain =
    pattern.length <= 60 &&
    /^(?:\\[\\.dDwWsSnrt|()[\]{}$^*+?\-/"']|\[\^?[^\]\\]{1,40}\]|[^\\[\](){}*+?])+[+*?]?$|^\(\.{1,4}\)$|^\(\?<=\\G\.{1,4}\)$/.test(
      pattern,
    );
  if (!isPlain) return undefined;
  try {
    return apply(new RegExp(pattern, 'gi'));
  } catch {
    return undefined;
  }
}

// The state of lowering a PowerShell program to a shell program.

export interface Lowering {
  readonly source: TaintSource;
  readonly steps: Steps;
  readonly assigned: ReadonlyMap<string, number>;
  readonly vars: Map<string, Value>;
  readonly functions: Map<string, Block>;
  out: Script;
  depth: number;
  /** Statements that may still be lowered: a block is lowered at each of its calls. */
  left: number;
  readonly lowerStatements: (
    lowering: Lowering,
    statements: readonly PowerShellStatement[],
  ) => void;
  /** The value that statements give. */
  readonly outcomeOf: (lowering: Lowering, statements: readonly PowerShellStatement[]) => Value;
}

/** Lines of the shell, with the places that they come from. */
export class Script {
  #lines: string[] = [];
  #map: { at: number; raw: number; fixed: true }[] = [];
  #length = 0;

  add(line: string, place?: WrittenPlace): void {
    if (place !== undefined) {
      this.#map.push({ at: this.#length, raw: place.start, fixed: true });
      if (line.length > 1)
        this.#map.push({
          at: this.#length + line.length - 1,
          raw: Math.max(place.start, place.end - 1),
          fixed: true,
        });
    }
    this.#lines.push(line);
    this.#length += line.length + 1;
  }

  get length(): number {
    return this.#length;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  get map(): OffsetMap {
    const first = { at: 0, raw: 0, fixed: true } as const;
    return [first, ...this.#map].filter((piece, at, all) => all[at + 1]?.at !== piece.at);
  }
}

/** The shell code that a part of the lowering adds, by itself. */
export function captured(lowering: Lowering, part: () => void): string {
  const outer = lowering.out;
  lowering.out = new Script();
  lowering.depth += 1;
  try {
    if (lowering.depth <= captureDepthMax) part();
    else lowering.out.add(tooMuch);
    return lowering.out.text;
  } finally {
    lowering.out = outer;
    lowering.depth -= 1;
  }
}

const captureDepthMax = 24;

/** A line that holds the skill, because a part of the program is left out. */
export const tooMuch = "powershell-unread 'calls itself too often'";

/** Adds code that may run. */
export function mayRun(lowering: Lowering, body: () => void): void {
  lowering.out.add('if :; then :');
  body();
  lowering.out.add('fi');
}

/** The name in the shell for a variable. */
export function shellName(name: string): string {
  return `v_${name.replace(/\W/g, '_')}`;
}
