/**
 * Parameter expansions (Bash manual §3.5.3): arrays, defaults, pieces, replacements, cases, names
 * in names.
 */
import type {
  ArithmeticExpression,
  ParameterExpansionPart,
  ParameterOperation,
  Word,
} from 'unbash';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { shellPatternWorkMax } from '../../programs/bounded-pattern.ts';
import { globOf, replaceGlob } from './glob.ts';
import { noteCapability, type ShellRun, spanOf } from './run.ts';
import {
  changedText,
  changedTexts,
  either,
  emptyValue,
  isKnown,
  joinWith,
  literalValue,
  rootTaint,
  type ShellValue,
  textsOf,
  unknownValue,
} from './value.ts';
import { isArguments, readVariable, targetName } from './variables.ts';

/** Folds a word of an expansion. It is a parameter, because words contain expansions. */
type Fold = (run: ShellRun, word: Word) => ShellValue;

/** An expansion as one value: a list is joined. */
export function foldParameter(run: ShellRun, part: ParameterExpansionPart, fold: Fold): ShellValue {
  return joinWith(listOf(run, part, fold) ?? [foldOne(run, part, fold)], ' ');
}

/**
 * The words of an expansion with several words: `${a[@]}`, `${@:2}`; undefined for a single word.
 */
export function listOf(
  run: ShellRun,
  part: ParameterExpansionPart,
  fold: Fold,
): ShellValue[] | undefined {
  const isList = isArguments(run, part.parameter);
  if (!/^[@*]$/.test(part.index?.text ?? (isList ? '@' : ''))) return undefined;
  const { members } = readVariable(run, isList ? '@' : part.parameter, part);
  if (part.prefix === '#' || members === undefined) return undefined;
  if (part.prefix === '!')
    return [...members.keys()].map((key) => literalValue(key, spanOf(run, part).start, true));
  const { operation } = part;
  const all = [...members.values()];
  if (operation === undefined) return all;
  if (operation.type !== 'Slice')
    return all.map((value) => applyOperation(run, value, operation, fold));
  const [from, count] = sliceOf(run, operation, fold);
  if (from === undefined) return all;
  // `${@:1}` begins with the first argument: argument 0 is the script.
  const start = from < 0 ? all.length + from : isList ? Math.max(0, from - 1) : from;
  return all.slice(start, count === undefined ? undefined : start + count);
}

function foldOne(run: ShellRun, part: ParameterExpansionPart, fold: Fold): ShellValue {
  if (part.prefix === '#') return lengthOf(run, part);
  if (part.prefix === '!') return foldIndirect(run, part);
  const { operation } = part;
  if (operation?.type === 'Default') return foldDefault(run, part, operation, fold);
  const value =
    part.index === undefined
      ? readVariable(run, part.parameter, part)
      : elementOf(run, part, part.index, fold);
  return operation === undefined ? value : applyOperation(run, value, operation, fold);
}

function elementOf(
  run: ShellRun,
  part: ParameterExpansionPart,
  index: Word,
  fold: Fold,
): ShellValue {
  const array = readVariable(run, part.parameter, part);
  const keys = indexesOf(run, fold(run, index)).map((one) => keyOf(run, one));
  const { members } = array;
  if (members === undefined)
    return keys.every((key) => key === '0') ? array : unknownValue(array.taints);
  const isCounted = [...members.keys()].every((key) => /^\d+$/.test(key));
  const found = keys.flatMap((key) => {
    // A name in place of a number is a variable of which the value is not known.
    if (key === undefined || (isCounted && !/^-?\d+$/.test(key))) return [...members.values()];
    const at = key.startsWith('-') ? [...members.keys()].at(Number(key)) : key;
    return (at === undefined ? undefined : members.get(at)) ?? emptyValue;
  });
  return found.length === 0 ? emptyValue : found.reduce(either);
}

// Each index that it may be; a name stands for what the variable holds.
function indexesOf(run: ShellRun, index: ShellValue): readonly ShellValue[] {
  const held = run.vars.get(index.text.replace(/^\$/, '')) ?? index;
  return textsOf(held.others.length > 0 ? held : index).map((text) => changedText(index, text));
}

/** The index of an array, a number or a word; undefined when it is not known. */
export function keyOf(run: ShellRun, index: ShellValue): string | undefined {
  if (!isKnown(index)) return undefined;
  const number = numberOf(run, index.text);
  return number === undefined ? index.text : `${number}`;
}

function lengthOf(run: ShellRun, part: ParameterExpansionPart): ShellValue {
  const number = numberOf(run, part.text);
  return number === undefined
    ? unknownValue()
    : literalValue(`${number}`, spanOf(run, part).start, true);
}

// `${!name}`: the variable whose name is in a variable; `${!prefix@}`: the names that begin so.
function foldIndirect(run: ShellRun, part: ParameterExpansionPart): ShellValue {
  const span = spanOf(run, part);
  if (part.operation?.type === 'Names') {
    const names = [...run.vars.keys()].filter((name) => name.startsWith(part.parameter));
    return names.length === 0 ? unknownValue() : literalValue(names.join(' '), span.start, true);
  }
  if (run.references.has(part.parameter))
    return literalValue(targetName(run, part.parameter), span.start, true);
  const name = readVariable(run, part.parameter, part);
  if (textsOf(name).every((text) => !text.includes(unknownPart))) {
    const read = textsOf(name).map((text) =>
      text === '' ? emptyValue : readVariable(run, text, part),
    );
    return read.reduce(either);
  }
  noteCapability(run, { span, api: part.text, certainty: 'widened' }, { kind: 'env', name: '*' }, [
    'dynamic-name',
  ]);
  const step = { span, note: 'reads a variable whose name is computed' };
  return unknownValue([rootTaint({ what: 'env', name: '*' }, step, 'widened'), ...name.taints]);
}

// The text behind `:-` is the author's default. A variable from outside changes it only for the
// user who sets it.
function foldDefault(
  run: ShellRun,
  part: ParameterExpansionPart,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
  fold: Fold,
): ShellValue {
  const known = run.vars.get(targetName(run, part.parameter));
  const operand = fold(run, operation.operand);
  // The operand is a message. Of an empty variable, the shell ends.
  if (/^:?\?$/.test(operation.operator)) {
    const value = known ?? readVariable(run, part.parameter, part);
    return operation.operator === '?' ? value : withoutEmpty(value);
  }
  if (operation.operator === '+' || operation.operator === ':+') return either(operand, emptyValue);
  if (known !== undefined && known.text !== '') return either({ ...known, folded: true }, operand);
  const outside = readVariable(run, part.parameter, part);
  if (operation.operator === '=' || operation.operator === ':=')
    run.vars.set(part.parameter, operand);
  // An operand that gives the variable a value is read again: each taint once.
  return { ...operand, taints: [...new Set([...operand.taints, ...outside.taints])] };
}

function withoutEmpty(value: ShellValue): ShellValue {
  const others = value.others.filter((text) => text !== '');
  if (value.text !== '') return { ...value, others };
  const [text = unknownPart, ...rest] = others;
  return { ...changedText(value, text), others: rest };
}

function applyOperation(
  run: ShellRun,
  value: ShellValue,
  operation: ParameterOperation,
  fold: Fold,
): ShellValue {
  const changed = changedTexts(value, (text) => operated(run, text, operation, fold));
  return changed.text === unknownPart
    ? { ...unknownValue(value.taints), decoded: value.decoded, others: changed.others }
    : changed;
}

function operated(
  run: ShellRun,
  text: string,
  operation: ParameterOperation,
  fold: Fold,
): string | undefined {
  run.context.steps.take(1 + (text.length >> 4));
  switch (operation.type) {
    case 'Remove': {
      const glob = knownGlob(run, fold(run, operation.operand), text, false);
      const isStart = operation.operator.startsWith('#');
      const lengths = isStart ? glob?.prefixes(text) : glob?.suffixes(text);
      const length = lengths?.at(operation.operator.length === 2 ? -1 : 0) ?? 0;
      return glob === undefined
        ? undefined
        : isStart
          ? text.slice(length)
          : text.slice(0, text.length - length);
    }
    case 'Replace': {
      const glob = knownGlob(run, fold(run, operation.pattern), text, true);
      const replacement = fold(run, operation.replacement);
      if (glob === undefined || !isKnown(replacement)) return undefined;
      if (operation.operator === '/#')
        return replacedAt(text, glob.prefixes(text).at(-1), replacement.text, true);
      if (operation.operator === '/%')
        return replacedAt(text, glob.suffixes(text).at(-1), replacement.text, false);
      return replaceGlob(text, glob, replacement.text, operation.operator === '//');
    }
    case 'Slice': {
      const [from, count] = sliceOf(run, operation, fold);
      if (from === undefined || (operation.length !== undefined && count === undefined))
        return undefined;
      const start = from < 0 ? text.length + from : from;
      return text.slice(start, count === undefined ? undefined : count < 0 ? count : start + count);
    }
    case 'CaseModification':
      return changedCase(text, operation.operator);
    case 'Transform':
      return transformed(text, operation.operand.text);
    case 'Names':
    case 'Unknown':
    case 'Default':
      return undefined;
  }
}

function sliceOf(
  run: ShellRun,
  operation: Extract<ParameterOperation, { type: 'Slice' }>,
  fold: Fold,
): [number | undefined, number | undefined] {
  const count =
    operation.length === undefined ? undefined : numberOf(run, fold(run, operation.length).text);
  return [numberOf(run, fold(run, operation.offset).text), count];
}

// Matching a pattern at each place of a text costs their product; with a `*` in it, the text once
// more.
function knownGlob(
  run: ShellRun,
  pattern: ShellValue,
  { length }: string,
  everywhere: boolean,
): ReturnType<typeof globOf> {
  const cost =
    length * pattern.text.length * (everywhere && pattern.text.includes('*') ? length : 1);
  if (!isKnown(pattern) || cost > shellPatternWorkMax) return undefined;
  run.context.steps.take(1 + (cost >> 6));
  return globOf(pattern.text);
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
  if (kind === 'Q' || kind === 'K' || kind === 'k') return text;
  if (kind !== 'E' && kind !== 'P') return undefined;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|0?([0-7]{1,3})|n|t)/g,
    (all, hex, unicode, octal) =>
      all === '\\n'
        ? '\n'
        : all === '\\t'
          ? '\t'
          : String.fromCharCode(
              hex || unicode ? Number.parseInt(hex ?? unicode, 16) : Number.parseInt(octal, 8),
            ),
  );
}

// Arithmetic of the shell (Bash manual §6.5) on known numbers: scripts use it to count through the
// letters of a string.

/** The value of an expression, with its assignments made; undefined when it is unknown. */
export function evaluate(
  run: ShellRun,
  expression: ArithmeticExpression | undefined,
): number | undefined {
  run.context.steps.take();
  switch (expression?.type) {
    case 'ArithmeticGroup':
      return evaluate(run, expression.expression);
    case 'ArithmeticWord':
      return numberOf(run, expression.value);
    case 'ArithmeticUnary':
      return unary(run, expression);
    case 'ArithmeticTernary': {
      const test = evaluate(run, expression.test);
      return test === undefined
        ? undefined
        : evaluate(run, test === 0 ? expression.alternate : expression.consequent);
    }
    case 'ArithmeticBinary':
      return binary(run, expression);
    case 'ArithmeticCommandExpansion':
    case undefined:
      return undefined;
  }
}

/**
 * The number that a text is: digits in any base the shell knows, a variable's name, or `${#name}`.
 */
function numberOf(run: ShellRun, text: string, hops = 0): number | undefined {
  const word = text.trim();
  if (/^[+-]?\d{1,9}$/.test(word))
    return /^0\d/.test(word) ? Number.parseInt(word, 8) : Number(word);
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number(word);
  const based = /^(\d{1,2})#(\w{1,9})$/.exec(word);
  if (based !== null) return Number.parseInt(based[2] ?? '', Number(based[1]));
  const counted = /^\$\{#(\w+)(\[[@*]\])?\}$/.exec(word);
  if (counted !== null) {
    const value = run.vars.get(counted[1] ?? '') ?? emptyValue;
    if (counted[2] !== undefined) return value.members?.size;
    return isKnown(value) ? value.text.length : undefined;
  }
  const sum = /^(.{1,40}?)\s*([+*-])\s*(\w{1,20})$/.exec(word);
  if (sum !== null && hops < 4)
    return apply(
      sum[2] ?? '',
      numberOf(run, sum[1] ?? '', hops + 1),
      numberOf(run, sum[3] ?? '', hops + 1),
    );
  const name = /^\$?\{?([A-Za-z_]\w*|\d)\}?$/.exec(word)?.[1];
  const value = name === undefined || hops > 8 ? undefined : run.vars.get(name);
  return value === undefined || !isKnown(value) || value.text === text
    ? undefined
    : numberOf(run, value.text, hops + 1);
}

function unary(
  run: ShellRun,
  { operator, operand, prefix, ...at }: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>,
): number | undefined {
  const value = evaluate(run, operand);
  if (value === undefined) return undefined;
  if (operator === '++' || operator === '--') {
    const next = value + (operator === '++' ? 1 : -1);
    assign(run, operand, next, at);
    return prefix ? next : value;
  }
  return operator === '-'
    ? -value
    : operator === '!'
      ? Number(value === 0)
      : operator === '~'
        ? ~value
        : value;
}

function binary(
  run: ShellRun,
  { operator, left, right, ...at }: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>,
): number | undefined {
  if (operator === ',') {
    evaluate(run, left);
    return evaluate(run, right);
  }
  const isAssignment = operator.endsWith('=') && !/^([<>=!]=)$/.test(operator);
  const second = evaluate(run, right);
  const first = operator === '=' ? 0 : evaluate(run, left);
  const value =
    operator === '='
      ? second
      : apply(isAssignment ? operator.slice(0, -1) : operator, first, second);
  if (isAssignment) assign(run, left, value, at);
  return value;
}

function assign(
  run: ShellRun,
  to: ArithmeticExpression,
  value: number | undefined,
  at: { readonly pos: number; readonly end: number },
): void {
  if (to.type !== 'ArithmeticWord' || !/^[A-Za-z_]\w*$/.test(to.value)) return;
  if (value === undefined) run.vars.delete(to.value);
  else run.vars.set(to.value, literalValue(`${value}`, spanOf(run, at).start, true));
}

function apply(operator: string, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const result = operations[operator]?.(a, b);
  return result === undefined || !Number.isFinite(result) ? undefined : Math.trunc(result);
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};
