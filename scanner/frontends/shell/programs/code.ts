/**
 * Code that a script gives to a shell or interpreter: as an argument, by a pipe, from a file that
 * it wrote, or decoded.
 */
import { normalize } from 'node:path/posix';
import { parse } from 'unbash';
import type { Trait } from '../../../fact/fact.ts';
import { type Language, type OffsetMap, rawOffset } from '../../../fact/source.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { interpreters, packageManagers } from '../../../lookup-tables/shell.ts';
import { isFilledIn } from '../../../programs/filled-text.ts';
import type { Call } from '../call.ts';
import { noteFlows, noteStart, ownInput } from '../graph.ts';
import { runStatements, withArguments } from '../inner-scripts.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import {
  changedText,
  emptyValue,
  isKnown,
  joinWith,
  literalValue,
  pass,
  rootTaint,
  type ShellValue,
  textsOf,
  unknownValue,
} from '../value.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from './arguments.ts';
import { fileKey, mountPath } from './files.ts';
import { keptIn, readsCode, runsInput, takesData } from './input-as-code.ts';
import { parseShellArguments } from './shell-arguments.ts';

const shellCodeDepthMax = 6;

// Options of interpreters whose value follows.
const furtherOptions = 'm r require W X o O I import loader rcfile init-file env-file'.split(' ');

/** Runs an interpreter: `bash -c`, `python -`, `curl | sh`, `node script.js`. */
export function callInterpreter(run: ShellRun, call: Call): ShellValue {
  const interpreter = own(interpreters, call.name);
  if (interpreter === undefined) return unknownValue();
  const isShell = interpreter.language === 'shell';
  const args = argumentsOf(call, interpreter);
  const [first, ...rest] = args.operands;
  const codes = codesOf(call, interpreter, args);
  const isVerb = first?.text === 'run' && /^(deno|bun)$/.test(call.name);
  const isInputNamed = inputName.test(normalize(first?.text ?? ''));
  // `bash -s -- a`: the operands are arguments of the program on the input.
  const isOnInput = isInputNamed || (isShell && hasOption(args, ['s']));
  const operand = isVerb ? rest.find((value) => !value.text.startsWith('-')) : first;
  const isArgument = interpreter.language === 'python' && isOfModule(run, args, operand);
  const file = isOnInput || isArgument ? undefined : operand;
  for (const optionValue of optionValues(args, interpreter.files ?? []))
    noteStart(run, call.span, optionValue.text, call, interpreter.language);
  const isOwn = file !== undefined && isOwnFile(run, file.text);
  if (!(isOwn && run.source.context.startsWith('fence')))
    noteCapability(run, call, { kind: 'exec', program: call.name }, ['interpreter']);
  const inside = { ...call, args: isInputNamed ? rest : args.operands };
  // `-enc` is base64 of UTF-16, which the batch language's reader decodes.
  if (
    interpreter.language === 'powershell' &&
    call.args.some((arg) => encodedOption.test(arg.text))
  ) {
    const encoded = call.args.at(call.args.findIndex((arg) => encodedOption.test(arg.text)) + 1);
    const program = encoded === undefined ? undefined : ofUtf16(encoded.text);
    const code =
      program === undefined
        ? { ...unknownValue(encoded?.taints), decoded: true }
        : { ...literalValue(program, call.span.start, true), decoded: true };
    return runCode(run, inside, code, 'powershell');
  }
  if (interpreter.language === 'powershell') {
    const line = powershellWords(call.args);
    if (line.code !== undefined && line.code.text !== '' && line.code.text !== '-')
      return runCode(run, { ...call, args: [] }, line.code, 'powershell');
    const kept = line.file && run.files.get(fileKey(run, line.file.text));
    if (kept !== undefined) return runCode(run, { ...call, args: line.rest }, kept, 'powershell');
    if (line.file !== undefined)
      return runFile(run, { ...call, args: line.rest }, line.file, 'powershell');
  }
  if (runsInput(call, interpreter.language, codes))
    runCode(run, inside, call.stdin, interpreter.language);
  for (const path of keptIn(call, codes)) run.files.set(fileKey(run, path), call.stdin);
  if (codes.length > 0) {
    if (isShell) return runNamed(run, { ...call, args: args.operands }, codes);
    return (
      codes.map((code) => runCode(run, inside, code, interpreter.language)).at(-1) ?? emptyValue
    );
  }
  // `python3 -m pip install …`
  const module = call.args.findIndex((arg) => arg.text === '-m') + 1;
  const tool = module === 0 ? undefined : call.args[module];
  if (
    interpreter.language === 'python' &&
    tool !== undefined &&
    own(packageManagers, tool.text) !== undefined
  )
    return run.dispatch(run, tool, call.args.slice(module + 1), {
      span: call.span,
      onConnection: false,
      depth: 1,
      env: call.env,
    });
  if (file !== undefined) {
    const written = run.files.get(fileKey(run, file.text));
    const handed = { ...call, args: args.operands.slice(1) };
    if (written !== undefined) return runCode(run, handed, written, interpreter.language);
    return runFile(run, handed, file, interpreter.language);
  }
  const asks = optionValues(args, ['m']).some(
    ({ text }) =>
      readsCode.test(text) ||
      (!takesData.test(text) && args.operands.some((one) => inputName.test(normalize(one.text)))),
  );
  // For a shell, `-m`, `-v` and `-h` are settings.
  if (hasOption(args, ['version', 'help', ...(isShell ? [] : ['m', 'V', 'v', 'h'])]) && !asks)
    return unknownValue(call.stdin.taints);
  if (call.stdin !== emptyValue)
    return {
      ...runCode(run, inside, call.stdin, interpreter.language),
      shellOutput: interpreter.language === 'shell',
    };
  noteInheritedInput(run, call);
  return { ...unknownValue(), shellOutput: true };
}

/** The values that are programs themselves. */
function codesOf(
  call: Call,
  { code, language }: (typeof interpreters)[string],
  args: Arguments,
): readonly ShellValue[] {
  const [first, ...rest] = args.operands;
  const module = language === 'python' ? optionValues(args, ['m'])[0]?.text : undefined;
  // `python3 -m pdb -c continue FILE`: this option is the module's.
  if (module === 'pdb' && first !== undefined) return [];
  // `python3 -m timeit -n 1 -s CODE CODE`: a number is harmless code.
  if (module === 'timeit') return args.operands;
  // `deno eval CODE`
  const evaluated = first?.text === 'eval' && call.name === 'deno' ? rest : [];
  return [
    ...optionValues(args, [...code, ...letterGroups(args, code)]),
    ...evaluated.filter((value) => !value.text.startsWith('-')).slice(0, 1),
  ];
}

// A module that starts programs is mostly given one of the skill.
function isOfModule(run: ShellRun, args: Arguments, operand: ShellValue | undefined): boolean {
  return (
    !isOwnFile(run, operand?.text ?? '') &&
    optionValues(args, ['m']).some(({ text }) => takesData.test(text))
  );
}

function argumentsOf(
  { args, name }: Call,
  { code, files = [], language }: (typeof interpreters)[string],
): Arguments {
  // fish takes its options as other programs do.
  if (language === 'shell' && name !== 'fish') return parseShellArguments(name, args);
  return parseArguments(args, new Set([...code, ...files, ...furtherOptions]), true);
}

const inputName = /^(-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0)$/;

// `sh -c CODE name argument`: the first operand is `$0`. fish has arguments only.
function runNamed(run: ShellRun, call: Call, codes: readonly ShellValue[]): ShellValue {
  const name = call.name === 'fish' ? undefined : call.args[0];
  const args = name === undefined ? call.args : call.args.slice(1);
  const outer = run.vars.get('0');
  if (name !== undefined) run.vars.set('0', name);
  try {
    const outputs = codes.map((code) => runCode(run, { ...call, args }, code, 'shell'));
    return outputs.at(-1) ?? emptyValue;
  } finally {
    if (outer !== undefined) run.vars.set('0', outer);
    else run.vars.delete('0');
  }
}

// `spawnSync("env", ["sh"], { input })`: the program that starts this one gives it code.
function noteInheritedInput(run: ShellRun, call: Call): void {
  const capability = { kind: 'exec', program: call.name } as const;
  const sink = { what: 'exec', capability, api: call.name, part: 'code' } as const;
  if (run.source.depth > 0) noteFlows(run, call, ownInput(call.span).taints, sink);
}

/**
 * Runs a file that this script did not write: a program of the skill, or a file of another program.
 */
export function runFile(
  run: ShellRun,
  call: Call,
  file: ShellValue,
  language?: Language,
): ShellValue {
  const printed = noteStart(run, call.span, file.text, call, language);
  const passed = pass(call.stdin.taints, { span: call.span, note: `${call.name} reads it` });
  if (!isOwnFile(run, file.text) && isKnown(file)) {
    const capability = { kind: 'exec', program: call.name } as const;
    const step = { span: call.span, note: `${call.name} runs ${file.text}` };
    const content = rootTaint(
      { what: 'file', name: mountPath(run, file.text) },
      step,
      call.certainty,
    );
    noteFlows(run, { ...call, api: call.name }, [content], {
      what: 'exec',
      capability,
      api: call.name,
      part: 'code',
    });
  }
  return unknownValue([...printed.taints, ...passed]);
}

/**
 * Notes that text is run as code, and follows it: shell code in this run, other code as an embedded
 * program. Shell code has the arguments of the call. Without any, shell code has those of the
 * script around it. Unknown parts of shell code become a variable of unknown value.
 */
export function runCode(
  run: ShellRun,
  call: Call,
  code: ShellValue,
  language: Language,
): ShellValue {
  const at = { ...call, api: call.name };
  const isComputed =
    !isKnown(code) || code.isCut === true || code.others.some((text) => text.includes(unknownPart));
  const isForeign = code.taints.some(isHidden);
  const filled = isComputed &&
    code.isCut !== true &&
    !code.decoded &&
    textsOf(code).every((text) => isFilledIn(language, text, isForeign)) && {
      filled: true as const,
    };
  const isPlain = filled !== false && language !== 'shell' && !isForeign;
  const traits: Trait[] = [
    ...(code.decoded ? (['decode-to-code'] as const) : []),
    ...(isComputed ? ([isPlain ? 'filled-code' : 'code-from-string'] as const) : []),
  ];
  for (const trait of traits) noteTrait(run, at, trait, shown(code.text));
  // `eval "$(cat lib.txt)"`, `bash < lib.txt`
  for (const { source } of code.taints)
    if (source.what === 'file') noteStart(run, call.span, source.name, call, language);
  const isFetched = code.taints.some((taint) => taint.source.what === 'network');
  if (isFetched && filled === false)
    noteTrait(
      run,
      at,
      'pipe-to-interpreter',
      code.taints.find((taint) => taint.source.what === 'network')?.source.name ?? '',
    );
  const capability = { kind: 'exec', program: call.name } as const;
  const carriers = isComputed ? code.taints : [];
  const sink = { what: 'exec', capability, api: call.name, part: 'code' } as const;
  noteFlows(run, at, carriers, { ...sink, ...filled });
  const isEmpty = textsOf(code).every((text) => text.replaceAll(unknownPart, '').trim() === '');
  if (isEmpty || run.depth >= shellCodeDepthMax) return unknownValue(code.taints);
  if (language === 'shell') return runTexts(run, call, code);
  const passed = pass(call.stdin.taints, { span: call.span, note: `${call.name} reads it` });
  if (language === 'other') {
    if (interpreters[call.name]?.harmless?.test(code.text) !== true)
      noteTrait(run, at, 'unread-program', shown(code.text));
    return unknownValue(passed);
  }
  const map = wholeMap(call, code);
  for (const text of textsOf(code))
    run.embedded.push({
      within: run.source.path,
      language,
      text,
      context: run.source.context,
      map,
    });
  const printed = noteStart(
    run,
    call.span,
    `${run.source.path}#${language}@${map[0]?.raw ?? 0}`,
    call,
  );
  return unknownValue([...printed.taints, ...passed]);
}

// Nobody who reads the script sees what such a value is, and others may have written it: what a
// client of a service prints, or what somebody copied.
function isHidden({ source }: ShellValue['taints'][number]): boolean {
  return (
    /^(network|file|decoded|observed)$/.test(source.what) ||
    (source.what === 'command' && !localPrograms.test(source.name))
  );
}

const localPrograms =
  /^(?:basename|cat|cut|date|df|dirname|du|echo|find|git|grep|head|hostname|id|jq|ls|node|nproc|printf|ps|pwd|python3?|readlink|realpath|sed|sort|stat|tail|tr|uname|uniq|uuidgen|wc|which|whoami)$/;

// Branches and loops give several texts, and any of them may be run.
function runTexts(run: ShellRun, call: Call, code: ShellValue): ShellValue {
  for (const other of code.others) {
    run.branch += 1;
    runShellText(run, call, { ...changedText(code, other), map: [] });
    run.branch -= 1;
  }
  return runShellText(run, call, code);
}

function runShellText(run: ShellRun, call: Call, code: ShellValue): ShellValue {
  const { text, map } = withoutHoles(code, wholeMap(call, code));
  run.context.steps.take(text.length >> 6);
  const script = parse(text);
  run.errors += script.errors?.length ?? 0;
  const outer = { map: run.map, unknown: run.vars.get(unknownName) };
  run.vars.set(unknownName, unknownValue(code.taints));
  run.map = map;
  run.depth += 1;
  try {
    return withArguments(run, call.args, sameShell.test(call.name), () =>
      runStatements(run, script.commands),
    );
  } finally {
    run.depth -= 1;
    run.map = outer.map;
    if (outer.unknown === undefined) run.vars.delete(unknownName);
    else run.vars.set(unknownName, outer.unknown);
  }
}

const unknownName = '_unknown_';
// What these set with `set --` stays.
const sameShell = /^(eval|trap|source|\.)$/;

// Each unknown part becomes a variable with the taints of the value.
function withoutHoles(code: ShellValue, map: OffsetMap): { text: string; map: OffsetMap } {
  const piece = ['$', '{', unknownName, '}'].join('');
  const pieces = code.text.split(unknownPart);
  if (pieces.length === 1) return { text: code.text, map };
  const shifted: OffsetMap[number][] = [];
  let next = 0;
  let hole = -1;
  for (const [index, { length }] of pieces.entries()) {
    const begin = hole + 1;
    const grown = index * (piece.length - 1);
    const add = (at: number, fixed: boolean): void => {
      shifted.push({
        at: at + grown,
        raw: rawOffset(map, at),
        ...(fixed && { fixed: true as const }),
      });
    };
    if (begin > 0) add(begin, map[next - 1]?.fixed === true);
    hole = begin + length;
    for (let piece = map[next]; piece !== undefined && piece.at < hole; piece = map[++next])
      add(piece.at, piece.fixed === true);
    // A hole is one character of the value, whatever its length here; offsets behind it advance
    // normally again.
    if (index < pieces.length - 1) add(hole, true);
  }
  return { text: pieces.join(piece), map: shifted };
}

function wholeMap(call: Call, code: ShellValue): OffsetMap {
  const [first] = code.map;
  const start = { at: 0, raw: first?.raw ?? call.span.start, fixed: true as const };
  return first === undefined || first.at > 0 ? [start, ...code.map] : code.map;
}

// `bash -lc "…"`: letters written together with the one that takes the code.
function letterGroups(args: Arguments, code: readonly string[]): string[] {
  return args.options
    .filter(({ name }) => code.some((letter) => letter.length === 1 && name.endsWith(letter)))
    .filter(({ name }) => /^[A-Za-z]{2,5}$/.test(name))
    .map((option) => option.name);
}

const encodedOption = /^[-/\u2013](?:e|ec|en|enco?d?e?d?c?\w{0,7})$/i;

// Base64 of UTF-16 (about_PowerShell_exe).
function ofUtf16(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text)) return undefined;
  const program = Buffer.from(text, 'base64').toString('utf16le');
  return /^[\x09\x0a\x0d\x20-\x7e\u00a0-\ud7ff]+$/.test(program) ? program : undefined;
}

function isOwnFile(run: ShellRun, path: string): boolean {
  return run.context.files.has(path.replace(/^(\.\/|\/skills\/@self\/)/, ''));
}

function shown(text: string): string {
  return text.replaceAll(unknownPart, '…').replace(/\s+/g, ' ');
}

// The words of a command line of PowerShell, as its parameters take them (about_PowerShell_exe,
// about_Pwsh).

/** What a command line of PowerShell runs: a text, or a file with its arguments behind it. */
interface PowershellWords {
  readonly code?: ShellValue;
  readonly file?: ShellValue;
  readonly rest: readonly ShellValue[];
}

/**
 * Reads the words. What follows `-Command` is the program, to the end of the line; without a
 * parameter, the first word begins the program, or names a script.
 */
function powershellWords(words: readonly ShellValue[]): PowershellWords {
  for (let at = 0; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    const name = /^[-/\u2013](\w+)$/.exec(text)?.[1]?.toLowerCase();
    if (name === undefined) {
      const rest = words.slice(at + 1);
      return /\.ps1$/i.test(text)
        ? { file: words[at] ?? emptyWord(words), rest }
        : { code: joinWith(words.slice(at), ' '), rest: [] };
    }
    if (isShort('command', name, 1) || isShort('commandwithargs', name, 8) || name === 'cwa')
      return { code: joinWith(words.slice(at + 1), ' '), rest: [] };
    const next = words[at + 1];
    if (isShort('file', name, 1) && next !== undefined)
      return { file: next, rest: words.slice(at + 2) };
    if (valued.some(([whole, least]) => isShort(whole, name, least)) || /^(ep|wd|ex)$/.test(name))
      at++;
  }
  return { rest: [] };
}

function emptyWord(words: readonly ShellValue[]): ShellValue {
  return joinWith(words.slice(0, 0), ' ');
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
