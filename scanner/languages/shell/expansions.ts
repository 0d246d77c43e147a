/**
 * Parameter expansions (Bash manual §3.5.3): arrays, defaults, pieces, replacements, cases, names
 * in names; and the fields of what is expanded (§3.5.7).
 */

import type { ApiCall } from '../../engine/effects/effects.ts';
import { unescaped } from '../../engine/library/codecs.ts';
import {
  concat,
  countWork,
  dataOf,
  either,
  itemsOf,
  listValue,
  newObject,
  objectValue,
  textValue,
  unknown,
  type Value,
} from '../../engine/value.ts';
import { shellWordsMax } from '../../fact/shared-limits.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { shellPatternWorkMax } from '../../programs/bounded-pattern.ts';
import { numberOf } from './arithmetic.ts';
import { globOf, replaceGlob } from './glob.ts';
import { named, type Shell } from './shell-state.ts';
import {
  alternatives,
  changed,
  changedEach,
  empty,
  fewWords,
  isKnown,
  itemsIn,
  joined,
  membersOf,
  nodes,
  plain,
  shown,
  textsIn,
  withText,
} from './values.ts';
import { argumentsIn, environmentValue, readVariable, targetName } from './variables.ts';

/** What an expansion is written as. */
interface Expansion {
  readonly call: ApiCall;
  readonly parameter: string;
  readonly prefix: string;
  readonly index: Value | undefined;
  readonly does: string;
  readonly operator: string;
  readonly operand: Value;
  readonly other: Value | undefined;
}

function expansionOf(call: ApiCall): Expansion {
  const text = (name: string): string => shown(call.named.get(name));
  return {
    call,
    parameter: shown(call.args[0]),
    prefix: text('prefix'),
    index: call.named.get('index'),
    does: text('does'),
    operator: text('operator'),
    operand: call.named.get('operand') ?? empty,
    other: call.named.get('other'),
  };
}

/** `$name` as one text; all arguments or items are joined. */
export function simple(shell: Shell, call: ApiCall): Value {
  const name = shown(call.args[0]);
  const isAll = isArguments(shell, name);
  const value = readVariable(shell, isAll ? '@' : name, call.at);
  if (!isAll) return { ...plain(value), isFolded: true };
  return joinedItems(shell, [...(membersOf(value)?.values() ?? [value])], name);
}

/** `${…}` as one text. */
export function expanded(shell: Shell, call: ApiCall): Value {
  const expansion = expansionOf(call);
  const list = listOf(shell, expansion);
  if (list === undefined) return expandedOne(shell, expansion);
  return joinedItems(shell, list, shown(expansion.index ?? call.args[0]));
}

// `"$*"` and `"${a[*]}"` have the first separator between their words.
function joinedItems(shell: Shell, items: readonly Value[], how: string): Value {
  const separators = how.endsWith('*') ? shell.get('IFS') : undefined;
  return joined(items, separators === undefined ? ' ' : shown(separators).charAt(0));
}

/** `"$@"`, `${a[@]}`: as many words as there are. */
export function list(shell: Shell, call: ApiCall): Value {
  const expansion = expansionOf(call);
  const isAll = call.named.size === 0;
  const found = isAll ? argumentsIn(shell) : listOf(shell, expansion);
  if (found !== undefined)
    return listValue(
      fewWords(
        found.filter((value) => !isPlainEmpty(value)),
        shellWordsMax,
      ),
    );
  const one = isAll ? simple(shell, call) : expandedOne(shell, expansion);
  return listValue(fieldsIn(shell, one));
}

function isPlainEmpty(value: Value): boolean {
  return !value.isOpen && value.texts.length > 0 && value.texts.every(({ whole }) => whole === '');
}

/** Whether a name stands for all arguments. fish and zsh have `$argv` for `$@`. */
function isArguments(shell: Shell, name: string): boolean {
  return /^[@*]$/.test(name) || (name === 'argv' && shell.get(name) === undefined);
}

function listOf(shell: Shell, expansion: Expansion): readonly Value[] | undefined {
  const { call, parameter, prefix, index, does } = expansion;
  const isAll = isArguments(shell, parameter);
  if (!/^[@*]$/.test(index === undefined ? (isAll ? '@' : '') : shown(index))) return undefined;
  const members = membersOf(readVariable(shell, isAll ? '@' : parameter, call.at));
  if (prefix === '#' || members === undefined) return undefined;
  if (prefix === '!') return [...members.keys()].map((key) => textValue(key));
  const all = [...members.values()];
  if (does === '') return all;
  if (does !== 'Slice') return all.map((value) => applied(shell, value, expansion));
  const [from, count] = sliceOf(shell, expansion);
  if (from === undefined) return all;
  // `${@:1}` begins with the first argument: argument 0 is the script.
  const start = from < 0 ? all.length + from : isAll ? Math.max(0, from - 1) : from;
  return all.slice(start, count === undefined ? undefined : start + count);
}

function expandedOne(shell: Shell, expansion: Expansion): Value {
  const { call, parameter, prefix, index, does } = expansion;
  if (prefix === '#') return lengthOf(shell, call);
  if (prefix === '!') return indirect(shell, expansion);
  if (does === 'Default') return withDefault(shell, expansion);
  const read = readVariable(shell, parameter, call.at);
  const value = index === undefined ? plain(read) : itemOf(shell, read, index);
  return does === '' ? { ...value, isFolded: true } : applied(shell, value, expansion);
}

function itemOf(shell: Shell, array: Value, index: Value): Value {
  const members = membersOf(array);
  const keys = indexesOf(shell, index).map((one) => keyOf(shell, one));
  if (members === undefined) return keys.every((key) => key === '0') ? array : dataOf(nodes(array));
  const isCounted = [...members.keys()].every((key) => /^\d+$/.test(key));
  const found = keys.flatMap((key) => {
    // A name in place of a number is a variable of which the value is not known.
    if (key === undefined || (isCounted && !/^-?\d+$/.test(key))) return [...members.values()];
    const at = key.startsWith('-') ? [...members.keys()].at(Number(key)) : key;
    return (at === undefined ? undefined : members.get(at)) ?? empty;
  });
  return found.length === 0 ? empty : either(found);
}

// Each index that it may be; a name stands for what the variable holds.
function indexesOf(shell: Shell, index: Value): readonly Value[] {
  const held = shell.get(shown(index).replace(/^\$/, ''));
  const several = held !== undefined && textsIn(held).length > 1 ? held : index;
  return textsIn(several).map((text) => changed(index, text));
}

/** The index of an array, a number or a word; undefined when it is not known. */
export function keyOf(shell: Shell, index: Value): string | undefined {
  if (!isKnown(index)) return undefined;
  const number = numberOf(shell, shown(index));
  return number === undefined ? shown(index) : `${number}`;
}

function lengthOf(shell: Shell, { named: given }: ApiCall): Value {
  const number = numberOf(shell, shown(given.get('written')));
  return number === undefined ? unknown : textValue(`${number}`);
}

// `${!name}`: the variable whose name is in a variable; `${!prefix@}`: the names that begin so.
function indirect(shell: Shell, { call, parameter, does }: Expansion): Value {
  if (does === 'Names') {
    const names = shell.names().filter((name) => name.startsWith(parameter));
    return names.length === 0 ? unknown : textValue(names.join(' '));
  }
  if (shell.get(`reference ${parameter}`) !== undefined)
    return textValue(targetName(shell, parameter));
  const name = plain(readVariable(shell, parameter, call.at));
  const texts = textsIn(name);
  if (texts.every((text) => !text.includes(unknownPart)))
    return either(
      texts.map((text) => (text === '' ? empty : plain(readVariable(shell, text, call.at)))),
    );
  const at = { ...named(call.at, shown(call.named.get('written'))), certainty: 'widened' } as const;
  return dataOf([...nodes(environmentValue(shell, '*', at)), ...nodes(name)]);
}

// The text behind `:-` is the author's default. A variable from outside changes it only for the
// user who sets it.
function withDefault(
  shell: Shell,
  { call, parameter, operator, operand, index }: Expansion,
): Value {
  const held = shell.get(targetName(shell, parameter));
  const known = held && (index === undefined ? plain(held) : itemOf(shell, held, index));
  // The operand is a message. Of an empty variable, the shell ends.
  if (/^:?\?$/.test(operator)) {
    const value = known ?? plain(readVariable(shell, parameter, call.at));
    return operator === '?' ? value : withoutEmpty(value);
  }
  if (operator === '+' || operator === ':+') return either([operand, empty]);
  if (known !== undefined && shown(known) !== '')
    return { ...either([known, operand]), isFolded: true };
  const outside = plain(readVariable(shell, parameter, call.at));
  if (operator === '=' || operator === ':=') shell.set(parameter, operand);
  return { ...operand, nodes: [...new Set([...nodes(operand), ...nodes(outside)])] };
}

function withoutEmpty(value: Value): Value {
  const texts = value.texts.filter(({ whole }) => whole !== '');
  return texts.length === 0 ? dataOf(nodes(value)) : { ...value, texts };
}

function applied(shell: Shell, value: Value, expansion: Expansion): Value {
  return changedEach(value, (text) => operated(shell, text, expansion));
}

function operated(shell: Shell, text: string, expansion: Expansion): string | undefined {
  shell.take(1 + (text.length >> 4));
  const { does, operator, operand, other } = expansion;
  switch (does) {
    case 'Remove': {
      const glob = knownGlob(shell, operand, text, false);
      const isStart = operator.startsWith('#');
      const lengths = isStart ? glob?.prefixes(text) : glob?.suffixes(text);
      const length = lengths?.at(operator.length === 2 ? -1 : 0) ?? 0;
      if (glob === undefined) return undefined;
      return isStart ? text.slice(length) : text.slice(0, text.length - length);
    }
    case 'Replace': {
      const glob = knownGlob(shell, operand, text, true);
      const by = other ?? empty;
      if (glob === undefined || !isKnown(by)) return undefined;
      if (operator === '/#') return replacedAt(text, glob.prefixes(text).at(-1), shown(by), true);
      if (operator === '/%') return replacedAt(text, glob.suffixes(text).at(-1), shown(by), false);
      return replaceGlob(text, glob, shown(by), operator === '//');
    }
    case 'Slice': {
      const [from, count] = sliceOf(shell, expansion);
      if (from === undefined || (other !== undefined && count === undefined)) return undefined;
      const start = from < 0 ? text.length + from : from;
      return text.slice(start, count === undefined ? undefined : count < 0 ? count : start + count);
    }
    case 'CaseModification':
      return changedCase(text, operator);
    case 'Transform':
      return transformed(text, shown(operand));
    default:
      return undefined;
  }
}

function sliceOf(
  shell: Shell,
  { operand, other }: Expansion,
): [number | undefined, number | undefined] {
  const count = other === undefined ? undefined : numberOf(shell, shown(other));
  return [numberOf(shell, shown(operand)), count];
}

// Matching a pattern at each place of a text costs their product; with a `*` in it, the text once
// more.
function knownGlob(
  shell: Shell,
  pattern: Value,
  { length }: string,
  everywhere: boolean,
): ReturnType<typeof globOf> {
  const text = shown(pattern);
  const cost = length * text.length * (everywhere && text.includes('*') ? length : 1);
  if (!isKnown(pattern) || cost > shellPatternWorkMax) return undefined;
  shell.take(1 + (cost >> 6));
  return globOf(text);
}

function replacedAt(
  text: string,
  length: number | undefined,
  replacement: string,
  isStart: boolean,
): string {
  if (length === undefined) return text;
  return isStart
    ? replacement + text.slice(length)
    : text.slice(0, text.length - length) + replacement;
}

function changedCase(text: string, operator: string): string {
  const change = (piece: string): string =>
    operator.startsWith('^') ? piece.toUpperCase() : piece.toLowerCase();
  return operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
}

// `@E` reads escapes like `$'…'`, `@P` like a prompt; commands in a prompt run where it is
// expanded.
function transformed(text: string, kind: string): string | undefined {
  if (kind === 'U' || kind === 'L') return kind === 'U' ? text.toUpperCase() : text.toLowerCase();
  if (kind === 'u') return changedCase(text, '^');
  if (/^[QKk]$/.test(kind)) return text;
  return /^[EP]$/.test(kind) ? unescaped(text) : undefined;
}

/** The fields of a word: only what an unquoted expansion gives is split. */
export function fields(shell: Shell, call: ApiCall, most = fieldListsMax): Value {
  const [mask, ...pieces] = call.args;
  // Where a piece is one number of fields or another, so are the words.
  const at = pieces.findIndex(
    (piece, index) => shown(mask)[index] === 's' && !hasOneCount(shell, piece),
  );
  const piece = pieces[at];
  const texts = piece === undefined ? [] : alternatives(piece);
  if (piece === undefined || texts.length > most) return fieldsOfOne(shell, call);
  const left = Math.floor(most / texts.length);
  return either(
    texts.map((text) =>
      fields(shell, { ...call, args: call.args.with(at + 1, withText(piece, text)) }, left),
    ),
  );
}

/** Lists of fields that a word may be; beyond, each field is any of those in its place. */
const fieldListsMax = 8;

function hasOneCount(shell: Shell, piece: Value): boolean {
  const separators = separatorsIn(shell);
  return new Set(textsIn(piece).map((text) => fieldsOf(text, separators).length)).size <= 1;
}

function fieldsOfOne(shell: Shell, call: ApiCall): Value {
  const [mask = '', ...pieces] = [shown(call.args[0]), ...call.args.slice(1)] as [
    string,
    ...Value[],
  ];
  const words: Value[][] = [[]];
  pieces.forEach((piece, index) => {
    shell.engine.context.steps.takeText(shown(piece).length);
    if (mask[index] !== 's') {
      words.at(-1)?.push(piece);
      return;
    }
    const { isOpenAtStart, isOpenAtEnd, found } = splitPiece(shell, piece);
    if (!isOpenAtStart) words.push([]);
    found.forEach((field, at) => {
      if (at > 0) words.push([]);
      words.at(-1)?.push(field);
    });
    if (!isOpenAtEnd) words.push([]);
  });
  const all = words.map((parts) => concatAll(parts)).filter((value) => !isPlainEmpty(value));
  return listValue(fewWords(all, shellWordsMax));
}

function concatAll(parts: readonly Value[]): Value {
  const [only] = parts;
  if (only === undefined) return empty;
  return parts.length === 1 ? only : concat(parts);
}

interface SplitPiece {
  /** Whether the first field goes on with what stands before. */
  readonly isOpenAtStart: boolean;
  readonly isOpenAtEnd: boolean;
  readonly found: readonly Value[];
}

// Each of the texts is split; what may be the first field is one value, and so on.
function splitPiece(shell: Shell, piece: Value): SplitPiece {
  const separators = separatorsIn(shell);
  const texts = textsIn(piece);
  const isSplit = [...texts.join('')].some((letter) => separators.has(letter));
  if (!isSplit) return { isOpenAtStart: true, isOpenAtEnd: true, found: [piece] };
  const [first = ''] = texts;
  const rows = texts.map((text) =>
    fieldsOf(text, separators)
      .filter((field) => field !== '')
      .slice(0, shellWordsMax + 1),
  );
  const count = Math.max(...rows.map(({ length }) => length));
  const found = Array.from({ length: count }, (_, at) =>
    either(rows.flatMap((row) => (row[at] === undefined ? [] : [changed(piece, row[at])]))),
  );
  return {
    isOpenAtStart: !separators.has(first.charAt(0)),
    isOpenAtEnd: !separators.has(first.at(-1) ?? ''),
    found,
  };
}

function fieldsIn(shell: Shell, value: Value): readonly Value[] {
  return splitPiece(shell, value).found.filter((field) => !isPlainEmpty(field));
}

/** The characters that words are split at. */
export function separatorsIn(shell: Shell): ReadonlySet<string> {
  const separators = shell.get('IFS');
  return new Set(separators === undefined ? ' \t\n' : shown(separators));
}

/** White space at the ends and repeated separates once; every other separator ends a field. */
export function fieldsOf(text: string, separators: ReadonlySet<string>): string[] {
  const found: string[] = [];
  let field = '';
  let hasField = false;
  // Several steps look at each letter.
  countWork(4 * text.length);
  for (const character of text) {
    if (!separators.has(character)) {
      field += character;
      hasField = true;
    } else if (hasField || !/\s/.test(character)) {
      found.push(field);
      field = '';
      hasField = false;
    }
  }
  return hasField ? [...found, field] : found;
}

/** What a substitution prints, without the ends of its last lines. */
export function substituted(shell: Shell, call: ApiCall): Value {
  const printed = subshell(shell, call);
  if (printed.texts.every(({ whole }) => !whole.endsWith('\n'))) return printed;
  const texts = printed.texts.map((text) => text.slice(0, text.whole.replace(/\n+$/, '').length));
  return { ...printed, texts };
}

/** `<(…)`: a path from which what the commands print is read. */
export function substitutedFile(shell: Shell, call: ApiCall): Value {
  const [operator, block = empty] = call.args;
  const path = `/dev/fd/${shown(operator)}${call.at.place.start}`;
  shell.keep(path, subshell(shell, { ...call, args: [block] }));
  return textValue(path);
}

/** Commands in a shell of their own. */
export function subshell(shell: Shell, { args: [block = empty], frame }: ApiCall): Value {
  return shell.apart(() => shell.run(block, frame));
}

/** What one command prints is the input of the next. */
export function pipe(shell: Shell, { args: [from, block = empty], frame }: ApiCall): Value {
  return shell.apart(() => shell.during('<0', from, () => shell.run(block, frame)));
}

/** What a loop goes through: any number of items, where one of them is not known. */
export function loopItems(_: Shell, { args: [given = empty] }: ApiCall): Value {
  const items = itemsOf(given)?.map(upToLevels);
  const isSure = items?.every((item) => isKnown(item) && !item.isOpen);
  if (items !== undefined && isSure) return listValue(items);
  const object = newObject('list');
  object.rest = either(itemsIn(given).map(upToLevels));
  return objectValue(object);
}

/** Folders inside one another that a script which walks through them is shown to reach. */
const levelsMax = 8;
const tooDeep = new RegExp(`(?:/[*${unknownPart}]){${levelsMax + 1},}$`);

// `for f in "$1"/*; do walk "$f"; done` goes down as far as there are folders.
function upToLevels(value: Value): Value {
  const texts = value.texts.map((text) => {
    const levels = tooDeep.exec(text.whole)?.[0].length ?? 0;
    return levels === 0 ? text : text.slice(0, text.length - levels + 2 * levelsMax);
  });
  return { ...value, texts };
}

/** One of several branches prints something. */
export function printed(_: Shell, { args: [value = empty] }: ApiCall): Value {
  const texts = value.texts.filter(({ whole, nodes: held }) => whole !== '' || held.length > 0);
  return texts.length === 0 || texts.length === value.texts.length ? value : { ...value, texts };
}
