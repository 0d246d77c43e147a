/**
 * Words of a shell script as values: quotes, `$'…'`, variables, expansions, substitutions and
 * braces folded (Bash manual §3.5).
 */

import { parse, type Word, type WordPart } from 'unbash';
import { shellWordsMax } from '../../limits.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { evaluate } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { fieldSeparators, fieldsOf } from './fields.ts';
import { holeTaint } from './graph.ts';
import { runSubstitution } from './inner-scripts.ts';
import { foldParameter, listOf } from './parameters.ts';
import { type ShellRun, spanOf } from './run.ts';
import {
  changedText,
  concat,
  fewWords,
  literalValue,
  type ShellValue,
  unknownValue,
} from './value.ts';
import { isArguments, readVariable } from './variables.ts';

/** The words that a word expands to: braces expanded, unquoted variables split at white space. */
export function foldWords(run: ShellRun, word: Word): ShellValue[] {
  const several = foldBraces(run, word) ?? foldList(run, word);
  if (several !== undefined)
    return [
      ...fewWords(
        several.filter((value) => value.text !== ''),
        shellWordsMax,
      ),
    ];
  const parts = word.parts ?? [];
  if (!parts.some(isUnquoted)) return [foldWord(run, word)];
  run.context.steps.take();
  return splitAtSpace(run, parts);
}

function isUnquoted({ type }: WordPart): boolean {
  return /^(SimpleExpansion|ParameterExpansion|CommandExpansion)$/.test(type);
}

/** A word as one value, as in an assignment or a redirection. */
export function foldWord(run: ShellRun, word: Word): ShellValue {
  run.context.steps.take();
  if (word.parts === undefined)
    return written(run, word.value, spanStart(run, word), word.value !== word.text);
  return foldParts(run, word.parts);
}

// Text of the script. When another language built the script, its unknown parts have that
// language's values.
function written(run: ShellRun, text: string, raw: number, folded = false): ShellValue {
  const value = literalValue(text, raw, folded);
  const hole = text.includes(unknownPart)
    ? holeTaint(run, { path: run.source.path, start: raw, end: raw + text.length })
    : undefined;
  return hole === undefined ? value : { ...value, taints: [hole] };
}

/** The body of a here document, or any list of parts, as one value. */
export function foldParts(run: ShellRun, parts: readonly WordPart[]): ShellValue {
  const folded = concat(parts.map((part) => foldPart(run, part)));
  run.context.steps.takeText(folded.text.length);
  // Quotes in the middle of a word hide a name from a search.
  const isBroken =
    parts.length > 1 &&
    parts.every((part) => /Quoted$|^Literal$/.test(part.type)) &&
    isPlain(folded.text);
  return isBroken ? { ...folded, folded: true } : folded;
}

function foldPart(run: ShellRun, part: WordPart): ShellValue {
  const start = spanStart(run, part);
  switch (part.type) {
    case 'Literal':
      return written(run, part.value, start, part.value !== part.text);
    case 'SingleQuoted':
      return written(run, part.value, start + 1);
    case 'AnsiCQuoted':
      return written(run, part.value, start, /\\[xuU0-7]/.test(part.text));
    case 'DoubleQuoted':
    case 'LocaleString':
      return concat(part.parts.map((inner) => foldPart(run, inner)));
    case 'SimpleExpansion':
      return readVariable(run, part.text.slice(1), part);
    case 'ParameterExpansion':
      return foldParameter(run, part, foldWord);
    case 'CommandExpansion':
      return part.script === undefined
        ? unknownValue()
        : trimEnd(runSubstitution(run, part.script, part));
    case 'ProcessSubstitution': {
      if (part.script === undefined) return unknownValue();
      const path = `/dev/fd/${part.operator}${start}`;
      run.files.set(path, runSubstitution(run, part.script, part));
      return literalValue(path, start, true);
    }
    case 'Glob':
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return literalValue(part.text, start);
    case 'ArithmeticExpansion': {
      const number = evaluate(run, part.expression);
      return number === undefined ? unknownValue() : literalValue(`${number}`, start, true);
    }
  }
}

// Braces are expanded first, so the resulting words are parsed again.
function foldBraces(run: ShellRun, word: Word): ShellValue[] | undefined {
  if ((word.parts ?? []).every((part) => part.type !== 'BraceExpansion')) return undefined;
  const texts = expandBraces(word.text);
  if (texts.length === 1 && texts[0] === word.text) return undefined;
  const outer = run.map;
  run.map = [{ at: 0, raw: spanStart(run, word), fixed: true }];
  try {
    return texts.flatMap((text) => {
      run.context.steps.take();
      const command = parse(`: ${text}`).commands[0]?.command;
      const again =
        command?.type === 'Command' ? command.args.filter((arg) => arg.type === 'Word') : [];
      return again.map((word) => ({ ...foldWord(run, word), folded: true }));
    });
  } finally {
    run.map = outer;
  }
}

// `"$@"` and `"${a[@]}"` are as many words as there are, quoted or not. `"$*"` and `"${a[*]}"` are
// one word.
function foldList(run: ShellRun, word: Word): ShellValue[] | undefined {
  const [only, ...more] = word.parts ?? [];
  if (only === undefined || more.length > 0) return undefined;
  const [part, ...rest] = only.type === 'DoubleQuoted' ? only.parts : [only];
  if (rest.length > 0 || (only.type === 'DoubleQuoted' && isJoined(run, part))) return undefined;
  if (part?.type === 'SimpleExpansion' && isArguments(run, part.text.slice(1))) {
    return run.args === undefined ? undefined : [...run.args];
  }
  return part?.type === 'ParameterExpansion' ? listOf(run, part, foldWord) : undefined;
}

// With a separator of its own a script may put anything together.
function isJoined(run: ShellRun, part: WordPart | undefined): boolean {
  if (run.vars.has('IFS')) return false;
  return part?.type === 'SimpleExpansion'
    ? part.text === '$*'
    : part?.type === 'ParameterExpansion' && (part.parameter === '*' || part.index?.text === '*');
}

// At the characters of IFS, which a script may set to others than white space. Only what an
// unquoted expansion gives is split: `'{"key": "'$KEY'", "text": "two words"}'` is one word.
function splitAtSpace(run: ShellRun, parts: readonly WordPart[]): ShellValue[] {
  const separators = fieldSeparators(run);
  const words: ShellValue[][] = [[]];
  for (const { part, splits } of parts.flatMap(piecesOf)) {
    const value = foldPart(run, part);
    run.context.steps.takeText(value.text.length);
    const letters = [...value.text].map((character) => separators.has(character));
    if (!splits || !letters.includes(true)) {
      words.at(-1)?.push(value);
      continue;
    }
    if (letters[0] === true) words.push([]);
    const fields = fieldsOf(value.text, separators).filter((text) => text !== '');
    for (const [at, text] of fields.slice(0, shellWordsMax + 1).entries()) {
      if (at > 0) words.push([]);
      words.at(-1)?.push(changedText(value, text));
    }
    if (letters.at(-1) === true) words.push([]);
  }
  const joined = words.map((pieces) => concat(pieces)).filter(({ text }) => text !== '');
  return [...fewWords(joined, shellWordsMax)];
}

// `${key:+-H "Authorization: Bearer $key"}` is two words: quotes inside of an unquoted expansion
// hold text together.
function piecesOf(part: WordPart): { part: WordPart; splits: boolean }[] {
  const operation = part.type === 'ParameterExpansion' ? part.operation : undefined;
  const inner =
    operation?.type === 'Default' && operation.operator.endsWith('+')
      ? (operation.operand.parts ?? [])
      : [];
  return inner.some(isQuoted)
    ? inner.map((one) => ({ part: one, splits: !isQuoted(one) }))
    : [{ part, splits: isUnquoted(part) }];
}

function isQuoted({ type }: WordPart): boolean {
  return /Quoted$|^LocaleString$/.test(type);
}

function trimEnd(value: ShellValue): ShellValue {
  const text = value.text.replace(/\n+$/, '');
  return text === value.text
    ? value
    : { ...value, text, others: value.others.map((other) => other.replace(/\n+$/, '')) };
}

function spanStart(run: ShellRun, node: { readonly pos: number; readonly end: number }): number {
  return spanOf(run, node).start;
}

function isPlain(text: string): boolean {
  return /^[a-z][a-z0-9_-]*$/.test(text);
}
