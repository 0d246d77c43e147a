/** Words of a shell script as values: quotes, `$'…'`, variables, expansions, substitutions and braces folded (Bash manual §3.5). */

import type { ParameterExpansionPart, ParameterOperation, Word, WordPart } from 'unbash';
import { shellWordsMax } from '../limits.ts';
import { unknownPart } from '../models/egress-of.ts';
import { shellVariables } from '../models/shell.ts';
import { noteCapability, type ShellRun, spanOf } from './shell-run.ts';
import { concat, either, emptyValue, isKnown, literalValue, rootTaint, unknownValue, type Value } from './shell-value.ts';

/** A word as the words it becomes: braces expanded, unquoted variables split at white space. */
export function foldWords(run: ShellRun, word: Word): Value[] {
  const isSplit = (word.parts ?? []).some((part) => part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion');
  return expandBraces(run, word)
    .slice(0, shellWordsMax)
    .flatMap((value) => (isSplit && /\s/.test(value.text) ? splitAtSpace(value) : [value]));
}

/** A word as one value, as in an assignment or a redirection. */
export function foldWord(run: ShellRun, word: Word): Value {
  run.context.steps.take();
  if (word.parts === undefined) return literalValue(word.value, spanStart(run, word), word.value !== word.text);
  return foldParts(run, word.parts);
}

/** The body of a here document, or any list of parts, as one value. */
export function foldParts(run: ShellRun, parts: readonly WordPart[]): Value {
  const folded = concat(parts.map((part) => foldPart(run, part)));
  // Quotes in the middle of a word are how a name is hidden from a search for it.
  const isBroken = parts.length > 1 && parts.every((part) => /Quoted$|^Literal$/.test(part.type)) && isPlain(folded.text);
  return isBroken ? { ...folded, folded: true } : folded;
}

/** The value of a variable; one that the script does not set is read from the environment. */
export function readVariable(run: ShellRun, name: string, at: { readonly pos: number; readonly end: number }): Value {
  const known = run.vars.get(name);
  if (known !== undefined) return { ...known, folded: true };
  const span = spanOf(run, at);
  if (/^(\d+|[@*])$/.test(name)) {
    if (name === '0') return ownPath(run);
    return unknownValue([rootTaint({ what: 'input', name: `$${name}` }, { span, note: 'argument of the script' })]);
  }
  if (name === 'HOME') return literalValue('~', span.start, true);
  if (name === 'IFS') return literalValue(' ', span.start, true);
  if (name === 'PWD') return run.cwd === '' ? literalValue('.', span.start, true) : literalValue(run.cwd, span.start, true);
  if (name === 'TMPDIR') return literalValue('/tmp', span.start, true);
  if (name === 'BASH_SOURCE') return ownPath(run);
  if (shellVariables.has(name) || !/^[A-Za-z_]\w*$/.test(name)) return unknownValue();
  noteCapability(run, { span, api: `$${name}`, certainty: 'exact' }, { kind: 'env', name });
  return unknownValue([rootTaint({ what: 'env', name }, { span, note: `reads ${name}` })]);
}

function ownPath(run: ShellRun): Value {
  const { file, depth } = run.source;
  return depth === 0 && run.context.files.has(file) ? literalValue(`/skills/@self/${file}`, 0, true) : unknownValue();
}

function foldPart(run: ShellRun, part: WordPart): Value {
  const start = spanStart(run, part);
  switch (part.type) {
    case 'Literal':
      return literalValue(part.value, start, part.value !== part.text);
    case 'SingleQuoted':
      return literalValue(part.value, start + 1);
    case 'AnsiCQuoted':
      return literalValue(part.value, start, /\\[xuU0-7]/.test(part.text));
    case 'DoubleQuoted':
    case 'LocaleString':
      return concat(part.parts.map((inner) => foldPart(run, inner)));
    case 'SimpleExpansion':
      return readVariable(run, part.text.slice(1), part);
    case 'ParameterExpansion':
      return foldParameter(run, part);
    case 'CommandExpansion':
      return part.script === undefined ? unknownValue() : trimEnd(run.evaluate(run, part.script, part));
    case 'ProcessSubstitution': {
      if (part.script === undefined) return unknownValue();
      const path = `/dev/fd/${part.operator}${start}`;
      run.files.set(path, run.evaluate(run, part.script, part));
      return literalValue(path, start, true);
    }
    case 'Glob':
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return literalValue(part.text, start);
    case 'ArithmeticExpansion':
      return unknownValue();
  }
}

function foldParameter(run: ShellRun, part: ParameterExpansionPart): Value {
  if (part.prefix === '#') return unknownValue();
  if (part.prefix === '!') return foldIndirect(run, part);
  const operation = part.operation;
  if (operation?.type === 'Default') return foldDefault(run, part, operation);
  const value = readVariable(run, part.parameter, part);
  return operation === undefined ? value : applyOperation(run, value, operation);
}

// `${!name}`: the variable whose name is in a variable.
function foldIndirect(run: ShellRun, part: ParameterExpansionPart): Value {
  if (part.operation?.type === 'Names') return unknownValue();
  const name = readVariable(run, part.parameter, part);
  if (isKnown(name)) return readVariable(run, name.text, part);
  const span = spanOf(run, part);
  noteCapability(run, { span, api: part.text, certainty: 'widened' }, { kind: 'env', name: '*' }, ['dynamic-name']);
  const step = { span, note: 'reads a variable whose name is computed' };
  return unknownValue([rootTaint({ what: 'env', name: '*' }, step, 'widened'), ...name.taints]);
}

// What stands behind `:-` is what the author meant; a variable from outside can only change it for whoever sets it.
function foldDefault(
  run: ShellRun,
  part: ParameterExpansionPart,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
): Value {
  const known = run.vars.get(part.parameter);
  const operand = foldWord(run, operation.operand);
  if (operation.operator === '+' || operation.operator === ':+') return either(operand, emptyValue);
  if (known !== undefined && known.text !== '') return either({ ...known, folded: true }, operand);
  const outside = readVariable(run, part.parameter, part);
  if (operation.operator === '=' || operation.operator === ':=') run.vars.set(part.parameter, operand);
  if (operation.operator === '?' || operation.operator === ':?') return outside;
  return { ...operand, taints: [...operand.taints, ...outside.taints] };
}

function applyOperation(run: ShellRun, value: Value, operation: ParameterOperation): Value {
  const unknown = unknownValue(value.taints);
  const changed = (text: string): Value => ({ ...value, text, map: fixedMap(value), folded: true, others: [] });
  if (!isKnown(value)) return unknown;
  switch (operation.type) {
    case 'Remove': {
      const pattern = globForm(foldWord(run, operation.operand).text);
      if (pattern === undefined) return unknown;
      const isStart = operation.operator.startsWith('#');
      return changed(value.text.replace(new RegExp(isStart ? `^(?:${pattern})` : `(?:${pattern})$`, 's'), ''));
    }
    case 'Replace': {
      const pattern = globForm(foldWord(run, operation.pattern).text);
      const replacement = foldWord(run, operation.replacement);
      if (pattern === undefined || pattern === '' || !isKnown(replacement)) return unknown;
      return changed(value.text.replace(new RegExp(pattern, operation.operator === '//' ? 'gs' : 's'), () => replacement.text));
    }
    case 'Slice': {
      const [offset, length] = [foldWord(run, operation.offset).text, operation.length && foldWord(run, operation.length).text];
      if (!/^\s*-?\d+$/.test(offset) || (length !== undefined && !/^\d+$/.test(length))) return unknown;
      const from = Number(offset) < 0 ? value.text.length + Number(offset) : Number(offset);
      return changed(value.text.slice(from, length === undefined ? undefined : from + Number(length)));
    }
    case 'CaseModification':
      return changed(operation.operator.startsWith('^') ? value.text.toUpperCase() : value.text.toLowerCase());
    case 'Transform':
    case 'Names':
    case 'Unknown':
    case 'Default':
      return unknown;
  }
}

// Only plain patterns, whose expression cannot blow up: literal text, and one `*` at an end.
function globForm(glob: string): string | undefined {
  if (glob.includes(unknownPart) || /[?[\]()|]|.\*./s.test(glob)) return undefined;
  return glob.replace(/[.+^${}()|[\]\\/-]/g, '\\$&').replace('*', '.*?');
}

function expandBraces(run: ShellRun, word: Word): Value[] {
  const parts = word.parts ?? [];
  const at = parts.findIndex((part) => part.type === 'BraceExpansion');
  const brace = parts[at];
  if (brace === undefined || !/^\{[^{}$`"'\\]*,[^{}$`"'\\]*\}$/.test(brace.text)) return [foldWord(run, word)];
  const [before, behind] = [foldParts(run, parts.slice(0, at)), foldParts(run, parts.slice(at + 1))];
  return brace.text
    .slice(1, -1)
    .split(',')
    .map((choice) => ({ ...concat([before, literalValue(choice, spanStart(run, brace), true), behind]), folded: true }))
    .filter((value) => value.text !== '');
}

function splitAtSpace(value: Value): Value[] {
  return value.text
    .split(/\s+/)
    .filter((text) => text !== '')
    .slice(0, shellWordsMax)
    .map((text) => ({ ...value, text, map: fixedMap(value), folded: true, others: [] }));
}

function trimEnd(value: Value): Value {
  const text = value.text.replace(/\n+$/, '');
  return text === value.text ? value : { ...value, text, others: value.others.map((other) => other.replace(/\n+$/, '')) };
}

function fixedMap(value: Value): Value['map'] {
  const raw = value.map[0]?.raw;
  return raw === undefined ? [] : [{ at: 0, raw, fixed: true }];
}

function spanStart(run: ShellRun, node: { readonly pos: number; readonly end: number }): number {
  return spanOf(run, node).start;
}

function isPlain(text: string): boolean {
  return /^[a-z][a-z0-9_-]*$/.test(text);
}
