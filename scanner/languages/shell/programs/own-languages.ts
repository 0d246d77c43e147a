/**
 * Commands in the languages of editors and of clients of databases: the lines that start a shell
 * are followed, and downloaded commands may be such lines.
 */
import { textValue, type Value } from '../../../engine/value.ts';
import { blanked } from '../../../fact/blanked.ts';
import { type OwnLanguage, ownLanguages } from '../../../knowledge/shell-own-languages.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { optionValues, parseArguments } from '../arguments.ts';
import { bare, runCode } from '../code.ts';
import type { ShellCommand } from '../shell-state.ts';
import { empty, fetchedFrom, nodes, shown, slice, textsIn } from '../values.ts';
import { unescapedText } from './printed.ts';

interface Script {
  readonly value: Value;
  /** Whether the value is one command: what is put into its middle begins no other one. */
  readonly isOne: boolean;
}

/** Follows the commands that a program of its own language gets. */
export function runOwnLanguage(command: ShellCommand): void {
  const language = own(ownLanguages, command.name);
  if (language === undefined || isSafe(command, language)) return;
  const read = new Set<string>();
  for (const script of scriptsFor(command, language)) runScript(command, language, script, read);
}

function isSafe({ args }: ShellCommand, language: OwnLanguage): boolean {
  const { commands = [], files = [], safe, takesValue = [], unsafe } = language;
  if (safe === undefined || args.some((arg) => unsafe?.test(shown(arg)))) return false;
  const valued = new Set([...commands, ...files, ...takesValue]);
  const { operands, options } = parseArguments(args, valued);
  // `vim -- -Z` edits a file `-Z`.
  const others = new Set([...operands, ...options.map(({ value }) => value)]);
  return args.some((arg) => safe.test(shown(arg)) && !others.has(arg));
}

function scriptsFor(command: ShellCommand, language: OwnLanguage): readonly Script[] {
  const { commands = [], files = [], operandsFrom, takesValue = [] } = language;
  const { args: words, name, input } = command;
  // `vim -es` is silent; `vim -s FILE` types what the file holds.
  const isSilent = words.some((arg) => /^-[A-Za-z]{0,4}[eE]/.test(shown(arg)));
  const isQuiet = language.plus && (isSilent || name === 'ex');
  const filesHere = isQuiet ? files.filter((one) => one !== 's') : files;
  const args = parseArguments(words, new Set([...commands, ...filesHere, ...takesValue]));
  const { operands } = args;
  const plus = language.plus ? operands.filter((one) => shown(one).startsWith('+')) : [];
  const ones = [
    ...optionValues(args, commands),
    ...plus.map((operand) => slice(operand, 1)),
    ...(operandsFrom === undefined ? [] : operands.slice(operandsFrom)),
  ];
  const given = [...optionValues(args, filesHere), ...(language.scripts ? operands : [])];
  const contents = given.flatMap((file) => contentOf(command, language, file));
  const others = [...contents, ...(language.input && input !== empty ? [input] : [])];
  return [
    ...ones.map((value) => ({ value, isOne: true })),
    ...others.map((value) => ({ value, isOne: false })),
  ];
}

function contentOf(command: ShellCommand, language: OwnLanguage, file: Value): readonly Value[] {
  const written = command.shell.written(shown(file));
  if (written !== undefined) return [written];
  if (!language.isData && !/^(-|NONE|NORC|DEFAULTS|\/dev\/null)$/.test(shown(file)))
    command.shell.start(command, shown(file), 'other');
  return [];
}

function runScript(
  command: ShellCommand,
  language: OwnLanguage,
  { value, isOne }: Script,
  read: Set<string>,
): void {
  const { shell, name, at } = command;
  for (const text of textsIn(value)) {
    shell.take(1 + (text.length >> 4));
    const commands = language.text === undefined ? text : text.replace(language.text, blanked);
    for (const form of language.shell)
      for (const found of commands.matchAll(form))
        runCode(bare(command), lineOf(value, found), 'shell');
    if (language.python !== undefined)
      for (const found of commands.matchAll(language.python))
        runCode(bare(command), lineOf(value, found), 'python');
    if (language.computed?.test(commands) === true)
      shell.trait(at, 'code-from-string', `a command that ${name} puts together`);
    for (const written of filesRead(command, commands, read))
      runScript(command, language, { value: written, isOne: false }, read);
  }
  const fetched = fetchedFrom(shell.notes, [value]);
  const isAnywhere = !(isOne && language.isData) || shown(value).trim().startsWith(unknownPart);
  if (fetched === undefined || !isAnywhere) return;
  if (language.isData)
    shell.trait(at, 'code-from-string', `lines from ${fetched} may start a shell`);
  else shell.trait(at, 'pipe-to-interpreter', fetched);
}

// sqlite3: `.read FILE`. A file that reads itself again brings no further command.
function filesRead({ shell }: ShellCommand, commands: string, read: Set<string>): Value[] {
  const files = commands.matchAll(/^\s{0,9}\.read\s{1,9}["']?([^\s"'|]{1,400})/gm);
  return [...files].flatMap(([, path = '']) => {
    const key = shell.fileKey(path);
    const written = shell.written(path);
    if (written === undefined || read.has(key)) return [];
    read.add(key);
    return [written];
  });
}

// A command line, which stands where it is written unless it has escapes.
function lineOf(value: Value, found: RegExpExecArray): Value {
  const written = found.at(-1) ?? '';
  const start = found.index + found[0].lastIndexOf(written);
  const line = slice(value, start, start + written.length);
  const data = written.includes(unknownPart) ? nodes(value) : [];
  if (found.length <= 2 && shown(line) === written) return { ...line, nodes: data };
  const text = found.length > 2 ? unescapedText(written) : written;
  return { ...textValue(text), nodes: data, isFolded: true };
}
