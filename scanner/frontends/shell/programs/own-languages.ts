/**
 * Commands in the languages of editors and of clients of databases: the lines that start a shell
 * are followed, and downloaded commands may be such lines.
 */
import { blanked } from '../../../fact/blanked.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { unescapedText } from '../escapes.ts';
import { noteStart } from '../graph.ts';
import { noteTrait, type ShellRun } from '../run.ts';
import { emptyValue, literalValue, type ShellValue, slice, textsOf } from '../value.ts';
import { optionValues, parseArguments } from './arguments.ts';
import { runCode } from './code.ts';
import { fileKey } from './files.ts';
import { type OwnLanguage, ownLanguages } from './tables/shell-languages.ts';

interface Script {
  readonly value: ShellValue;
  /** Whether the value is one command: what is put into its middle begins no other one. */
  readonly isOne: boolean;
}

/** Follows the commands that a program of its own language gets. */
export function runOwnLanguage(run: ShellRun, call: Call): void {
  const language = own(ownLanguages, call.name);
  if (language === undefined || isSafe(call, language)) return;
  const read = new Set<string>();
  for (const script of scriptsFor(run, call, language))
    runScript(run, call, language, script, read);
}

function isSafe({ args }: Call, language: OwnLanguage): boolean {
  const { commands = [], files = [], safe, takesValue = [], unsafe } = language;
  if (safe === undefined || args.some(({ text }) => unsafe?.test(text))) return false;
  const { operands, options } = parseArguments(
    args,
    new Set([...commands, ...files, ...takesValue]),
  );
  // `vim -- -Z` edits a file `-Z`.
  const others = new Set([...operands, ...options.map(({ value }) => value)]);
  return args.some((arg) => safe.test(arg.text) && !others.has(arg));
}

function scriptsFor(run: ShellRun, call: Call, language: OwnLanguage): readonly Script[] {
  const { commands = [], files = [], operandsFrom, takesValue = [] } = language;
  // `vim -es` is silent; `vim -s FILE` types what the file holds.
  const isSilent = call.args.some(({ text }) => /^-[A-Za-z]{0,4}[eE]/.test(text));
  const filesHere = language.plus && (isSilent || call.name === 'ex') ? without(files) : files;
  const args = parseArguments(call.args, new Set([...commands, ...filesHere, ...takesValue]));
  const { operands } = args;
  const plus = language.plus ? operands.filter(({ text }) => text.startsWith('+')) : [];
  const named = [...optionValues(args, filesHere), ...(language.scripts ? operands : [])];
  const { stdin } = call;
  return [
    ...[
      ...optionValues(args, commands),
      ...plus.map((operand) => slice(operand, 1)),
      ...(operandsFrom === undefined ? [] : operands.slice(operandsFrom)),
    ].map((value) => ({ value, isOne: true })),
    ...named.flatMap((file) => contentOf(run, call, language, file)),
    ...(language.input && stdin !== emptyValue ? [{ value: stdin, isOne: false }] : []),
  ];
}

function without(files: readonly string[]): readonly string[] {
  return files.filter((name) => name !== 's');
}

function contentOf(
  run: ShellRun,
  call: Call,
  language: OwnLanguage,
  file: ShellValue,
): readonly Script[] {
  const written = run.files.get(fileKey(run, file.text));
  if (written !== undefined) return [{ value: written, isOne: false }];
  if (!language.isData && !/^(-|NONE|NORC|DEFAULTS|\/dev\/null)$/.test(file.text))
    noteStart(run, call.span, file.text, call, 'other');
  return [];
}

function runScript(
  run: ShellRun,
  call: Call,
  language: OwnLanguage,
  { value, isOne }: Script,
  read: Set<string>,
): void {
  const inner = { ...call, args: [] };
  for (const text of textsOf(value)) {
    run.context.steps.take(1 + (text.length >> 4));
    const commands = language.text === undefined ? text : text.replace(language.text, blanked);
    for (const form of language.shell)
      for (const found of commands.matchAll(form))
        runCode(run, inner, lineOf(call, value, found), 'shell');
    if (language.python !== undefined)
      for (const found of commands.matchAll(language.python))
        runCode(run, inner, lineOf(call, value, found), 'python');
    if (language.computed?.test(commands) === true)
      noteTrait(run, call, 'code-from-string', `a command that ${call.name} puts together`);
    for (const written of filesRead(run, commands, read))
      runScript(run, call, language, { value: written, isOne: false }, read);
  }
  const fetched = value.taints.find(({ source }) => source.what === 'network');
  const beginsAnywhere = !(isOne && language.isData) || value.text.trim().startsWith(unknownPart);
  if (fetched === undefined || !beginsAnywhere) return;
  if (language.isData)
    noteTrait(run, call, 'code-from-string', `lines from ${fetched.source.name} may start a shell`);
  else noteTrait(run, call, 'pipe-to-interpreter', fetched.source.name);
}

// sqlite3: `.read FILE`. A file that reads itself again brings no further command.
function filesRead(run: ShellRun, commands: string, read: Set<string>): ShellValue[] {
  const named = commands.matchAll(/^\s{0,9}\.read\s{1,9}["']?([^\s"'|]{1,400})/gm);
  return [...named].flatMap(([, path = '']) => {
    const key = fileKey(run, path);
    const written = run.files.get(key);
    if (written === undefined || read.has(key)) return [];
    read.add(key);
    return [written];
  });
}

// A command line with the value's taints, where it is not all known.
function lineOf(call: Call, value: ShellValue, found: RegExpExecArray): ShellValue {
  const written = found.at(-1) ?? '';
  const isQuoted = found.length > 2;
  const line = literalValue(
    isQuoted ? unescapedText(written) : written,
    value.map[0]?.raw ?? call.span.start,
    true,
  );
  return line.text.includes(unknownPart) ? { ...line, taints: value.taints } : line;
}
