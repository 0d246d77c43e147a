/** Interpreters: `bash -c`, `python -`, `curl | sh`, `node script.js`, PowerShell's command lines. */

import { normalize } from 'node:path/posix';
import { dataOf, textValue, unknown, type Value } from '../../../engine/value.ts';
import type { Language } from '../../../fact/source.ts';
import { own } from '../../../lookup-tables/api.ts';
import { interpreters, packageManagers } from '../../../lookup-tables/shell.ts';
import {
  type Arguments,
  hasOption,
  optionValues,
  parseArguments,
  parseShellArguments,
} from '../arguments.ts';
import { bare, runCode, runFile } from '../code.ts';
import { executes, type ShellCommand } from '../shell-state.ts';
import { empty, joined, nodes, shown } from '../values.ts';
import { keptIn, readsCode, runsInput, takesData } from './input-as-code.ts';

type Interpreter = (typeof interpreters)[string];

// Options of interpreters whose value follows.
const furtherOptions = 'm r require W X o O I import loader rcfile init-file env-file'.split(' ');

const inputName = /^(-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0)$/;

function namesInput(value: Value | undefined): boolean {
  return inputName.test(normalize(shown(value)));
}

/** Runs an interpreter. */
export function callInterpreter(command: ShellCommand): Value {
  const { shell, name, at, input } = command;
  const interpreter = own(interpreters, name);
  if (interpreter === undefined) return unknown;
  const { language } = interpreter;
  const isShell = language === 'shell';
  const args = argumentsOf(command, interpreter);
  const [first, ...rest] = args.operands;
  const codes = codesOf(command, interpreter, args);
  const isVerb = shown(first) === 'run' && /^(deno|bun)$/.test(name);
  const isInputNamed = namesInput(first);
  // `bash -s -- a`: the operands are arguments of the program on the input.
  const isOnInput = isInputNamed || (isShell && hasOption(args, ['s']));
  const operand = isVerb ? rest.find((value) => !shown(value).startsWith('-')) : first;
  const isArgument = language === 'python' && isOfModule(command, args, operand);
  const file = isOnInput || isArgument ? undefined : operand;
  for (const value of optionValues(args, interpreter.files ?? []))
    shell.start(command, shown(value), language);
  const isOwn = file !== undefined && shell.isOwnFile(shown(file));
  if (!(isOwn && at.program.source.context.startsWith('fence')))
    shell.notes.capability(at, executes(name), ['interpreter']);
  const inside = { ...command, args: isInputNamed ? rest : args.operands };
  const powershell = language === 'powershell' ? runPowershell(command, inside) : undefined;
  if (powershell !== undefined) return powershell;
  if (runsInput(command, language, codes)) runCode(inside, input, language);
  for (const path of keptIn(command, codes)) shell.keep(path, input);
  if (codes.length > 0) {
    if (isShell) return runNamed({ ...command, args: args.operands }, codes);
    return codes.map((code) => runCode(inside, code, language)).at(-1) ?? empty;
  }
  const tool = packageTool(command, language);
  if (tool !== undefined) return tool;
  if (file !== undefined) {
    const written = shell.written(shown(file));
    const handed = { ...command, args: args.operands.slice(1) };
    return written === undefined
      ? runFile(handed, file, language)
      : runCode(handed, written, language);
  }
  const asks = optionValues(args, ['m']).some(
    (module) =>
      readsCode.test(shown(module)) ||
      (!takesData.test(shown(module)) && args.operands.some(namesInput)),
  );
  // For a shell, `-m`, `-v` and `-h` are settings.
  const tells = ['version', 'help', ...(isShell ? [] : ['m', 'V', 'v', 'h'])];
  if (hasOption(args, tells) && !asks) return dataOf(nodes(input));
  const isTyped = input === empty || isShell ? shell.interactive(at) : empty;
  if (input !== empty) {
    const printed = runCode(inside, input, language);
    return isShell ? { ...printed, nodes: [...nodes(printed), ...nodes(isTyped)] } : printed;
  }
  noteInheritedInput(command);
  return isTyped;
}

// `python3 -m pip install …`
function packageTool(command: ShellCommand, language: Language): Value | undefined {
  const module = command.args.findIndex((arg) => shown(arg) === '-m') + 1;
  const tool = module === 0 ? undefined : command.args[module];
  if (language !== 'python' || tool === undefined) return undefined;
  if (own(packageManagers, shown(tool)) === undefined) return undefined;
  return command.shell.dispatch({
    ...command,
    word: tool,
    args: command.args.slice(module + 1),
    depth: 1,
  });
}

/** The values that are programs themselves. */
function codesOf(
  { name }: ShellCommand,
  { code, language }: Interpreter,
  args: Arguments,
): readonly Value[] {
  const [first, ...rest] = args.operands;
  const module = language === 'python' ? shown(optionValues(args, ['m'])[0]) : '';
  // `python3 -m pdb -c continue FILE`: this option is the module's.
  if (module === 'pdb' && first !== undefined) return [];
  // `python3 -m timeit -n 1 -s CODE CODE`: a number is harmless code.
  if (module === 'timeit') return args.operands;
  // `deno eval CODE`
  const evaluated = shown(first) === 'eval' && name === 'deno' ? rest : [];
  return [
    ...optionValues(args, [...code, ...letterGroups(args, code)]),
    ...evaluated.filter((value) => !shown(value).startsWith('-')).slice(0, 1),
  ];
}

// `bash -lc "…"`: letters written together with the one that takes the code.
function letterGroups(args: Arguments, code: readonly string[]): string[] {
  return args.options
    .map(({ name }) => name)
    .filter((name) => code.some((letter) => letter.length === 1 && name.endsWith(letter)))
    .filter((name) => /^[A-Za-z]{2,5}$/.test(name));
}

// A module that starts programs is mostly given one of the skill.
function isOfModule({ shell }: ShellCommand, args: Arguments, operand: Value | undefined): boolean {
  return (
    !shell.isOwnFile(shown(operand)) &&
    optionValues(args, ['m']).some((module) => takesData.test(shown(module)))
  );
}

function argumentsOf(
  { args, name }: ShellCommand,
  { code, files = [], language }: Interpreter,
): Arguments {
  // fish takes its options as other programs do.
  if (language === 'shell' && name !== 'fish') return parseShellArguments(name, args);
  return parseArguments(args, new Set([...code, ...files, ...furtherOptions]), true);
}

// `sh -c CODE name argument`: the first operand is `$0`. fish has arguments only.
function runNamed(command: ShellCommand, codes: readonly Value[]): Value {
  const { shell, name, args } = command;
  const own = name === 'fish' ? undefined : args[0];
  const inside = own === undefined ? command : { ...command, args: args.slice(1) };
  return shell.during('0', own, () => {
    const outputs = codes.map((code) => runCode(inside, code, 'shell'));
    return outputs.at(-1) ?? empty;
  });
}

// `spawnSync("env", ["sh"], { input })`: the program that starts this one gives it code.
function noteInheritedInput({ shell, name, at }: ShellCommand): void {
  if (at.program.source.depth === 0) return;
  const sink = { what: 'exec', capability: executes(name), api: name, part: 'code' } as const;
  shell.sink(at, [shell.entry(at, 'stdin')], sink);
}

// PowerShell's command lines (about_PowerShell_exe, about_Pwsh).

function runPowershell(command: ShellCommand, inside: ShellCommand): Value | undefined {
  const { shell, args } = command;
  // `-enc` is base64 of UTF-16.
  const option = args.findIndex((arg) => encodedOption.test(shown(arg)));
  if (option >= 0) {
    const encoded = args[option + 1];
    const program = ofUtf16(shown(encoded));
    const code =
      program === undefined ? dataOf(nodes(...(encoded ? [encoded] : []))) : textValue(program);
    return runCode(inside, { ...code, isDecoded: true, isFolded: true }, 'powershell');
  }
  const { code, file, rest } = powershellWords(args);
  if (code !== undefined && !/^-?$/.test(shown(code)))
    return runCode(bare(command), code, 'powershell');
  if (file === undefined) return undefined;
  const written = shell.written(shown(file));
  const handed = { ...command, args: rest };
  return written === undefined
    ? runFile(handed, file, 'powershell')
    : runCode(handed, written, 'powershell');
}

const encodedOption = /^[-/\u2013](?:e|ec|en|enco?d?e?d?c?\w{0,7})$/i;

function ofUtf16(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text)) return undefined;
  const program = Buffer.from(text, 'base64').toString('utf16le');
  return /^[\x09\x0a\x0d\x20-\x7e\u00a0-\ud7ff]+$/.test(program) ? program : undefined;
}

/** What a command line of PowerShell runs: a text, or a file with its arguments behind it. */
interface PowershellWords {
  readonly code?: Value;
  readonly file?: Value;
  readonly rest: readonly Value[];
}

// What follows `-Command` is the program, to the end of the line; without a parameter, the first
// word begins the program, or names a script.
function powershellWords(words: readonly Value[]): PowershellWords {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? empty;
    const text = shown(word);
    const name = /^[-/\u2013](\w+)$/.exec(text)?.[1]?.toLowerCase();
    if (name === undefined)
      return /\.ps1$/i.test(text)
        ? { file: word, rest: words.slice(at + 1) }
        : { code: joined(words.slice(at), ' '), rest: [] };
    if (isShort('command', name, 1) || isShort('commandwithargs', name, 8) || name === 'cwa')
      return { code: joined(words.slice(at + 1), ' '), rest: [] };
    const next = words[at + 1];
    if (isShort('file', name, 1) && next !== undefined)
      return { file: next, rest: words.slice(at + 2) };
    const isValued = valued.some(([whole, least]) => isShort(whole, name, least));
    if (isValued || /^(ep|wd|ex)$/.test(name)) at++;
  }
  return { rest: [] };
}

// PowerShell takes the beginning of a parameter for the parameter.
function isShort(whole: string, name: string, least: number): boolean {
  return name.length >= least && whole.startsWith(name);
}

/** Parameters whose value follows, and the fewest letters that name them. */
const valued: readonly (readonly [string, number])[] = [
  ['executionpolicy', 2],
  ['windowstyle', 1],
  ['inputformat', 2],
  ['outputformat', 1],
  ['psconsolefile', 1],
  ['version', 1],
  ['configurationname', 6],
  ['configurationfile', 14],
  ['custompipename', 2],
  ['settingsfile', 2],
  ['workingdirectory', 2],
];
