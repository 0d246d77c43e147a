/**
 * Words of a shell script as values: quotes, `$'…'`, variables, expansions, substitutions and
 * braces folded (Bash manual §3.5).
 */
import { parse, type Word, type WordPart } from 'unbash';
import { shellWordsMax } from '../../fact/shared-limits.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { holeTaint } from './graph.ts';
import { runSubstitution } from './inner-scripts.ts';
import { evaluate, foldParameter, listOf } from './parameters.ts';
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

// Brace expansion (Bash manual §3.5.1), on the text of a word: lists, ranges, one in another.

/**
 * The words that a word becomes; only itself when there is nothing to expand. Quoted braces and
 * `${…}` are left as they are. One word more than the greatest number stands for all that follow.
 */
function expandBraces(word: string): string[] {
  const open: string[] = [word];
  const done: string[] = [];
  while (open.length > 0 && done.length + open.length <= shellWordsMax) {
    const text = open.shift() ?? '';
    const brace = firstBrace(text);
    if (brace === undefined) done.push(text);
    else
      open.unshift(
        ...brace.choices.map(
          (choice) => text.slice(0, brace.start) + choice + text.slice(brace.end),
        ),
      );
  }
  return [...done, ...open].slice(0, shellWordsMax + 1);
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly string[];
}

function firstBrace(text: string): Brace | undefined {
  for (let at = 0; at < text.length; at = next(text, at)) {
    if (text[at] !== '{') continue;
    const found = braceAt(text, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function braceAt(text: string, start: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = start; at < text.length; at = next(text, at)) {
    const character = text[at];
    if (character === '{') depth += 1;
    if (character === ',' && depth === 1) commas.push(at);
    if (character !== '}' || --depth > 0) continue;
    const inside = text.slice(start + 1, at);
    const choices = commas.length > 0 ? pieces(text, [start, ...commas, at]) : rangeOf(inside);
    return choices === undefined ? undefined : { start, end: at + 1, choices };
  }
  return undefined;
}

function pieces(text: string, cuts: readonly number[]): string[] {
  return cuts.slice(1).map((cut, index) => text.slice((cuts[index] ?? 0) + 1, cut));
}

function rangeOf(inside: string): string[] | undefined {
  const [, from = '', to = '', by] =
    /^(-?\d{1,6}|[A-Za-z])\.\.(-?\d{1,6}|[A-Za-z])(?:\.\.(-?\d{1,4}))?$/.exec(inside) ?? [];
  if (from === '') return undefined;
  const isLetters = /[A-Za-z]/.test(from) && /[A-Za-z]/.test(to);
  const [first, last] = isLetters
    ? [from.charCodeAt(0), to.charCodeAt(0)]
    : [Number(from), Number(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) return undefined;
  const step = Math.max(1, Math.abs(Number(by ?? 1))) * (last < first ? -1 : 1);
  const found: string[] = [];
  for (let at = first; step > 0 ? at <= last : at >= last; at += step) {
    if (found.length > shellWordsMax) break;
    found.push(isLetters ? String.fromCharCode(at) : `${at}`);
  }
  return found;
}

// Past quotes, escapes, `${…}` and `$(…)`.
function next(text: string, at: number): number {
  const character = text[at];
  if (character === '\\') return at + 2;
  if (character === "'" || character === '"') {
    const end = text.indexOf(character, at + 1);
    return end < 0 ? text.length : end + 1;
  }
  if (character !== '$' || !/[{(]/.test(text[at + 1] ?? '')) return at + 1;
  const [open, close] = text[at + 1] === '{' ? ['{', '}'] : ['(', ')'];
  let depth = 0;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === open) depth += 1;
    if (text[end] === close && --depth === 0) return end + 1;
  }
  return text.length;
}

// How the shell splits text into fields (Bash manual §3.5.7).

/** The characters that words are split at. */
export function fieldSeparators(run: ShellRun): ReadonlySet<string> {
  const ifs = run.vars.get('IFS')?.text;
  return new Set(ifs === undefined ? ' \t\n' : ifs);
}

/** White space at the ends and repeated separates once; every other separator ends a field. */
export function fieldsOf(text: string, separators: ReadonlySet<string>): string[] {
  const fields: string[] = [];
  let field = '';
  let hasField = false;
  for (const character of text) {
    if (!separators.has(character)) {
      field += character;
      hasField = true;
    } else if (hasField || !/\s/.test(character)) {
      fields.push(field);
      field = '';
      hasField = false;
    }
  }
  return hasField ? [...fields, field] : fields;
}
