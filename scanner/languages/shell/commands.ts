/**
 * One command: finds its program behind aliases, functions and wrappers, and hands its words to
 * what knows the program.
 */
import { basename } from 'node:path/posix';
import type { ApiCall } from '../../engine/effects/effects.ts';
import type { At } from '../../engine/notes.ts';
import { dataOf, either, unknown, type Value } from '../../engine/value.ts';
import { shellWordsMax } from '../../fact/shared-limits.ts';
import { containers, launchers } from '../../knowledge/shell-launchers.ts';
import { shellRows } from '../../knowledge/shell-programs.ts';
import { tellingCommands } from '../../knowledge/telling-commands.ts';
import { own as row } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { providerOf } from '../../lookup-tables/secret-providers.ts';
import { interpreters, packageManagers, utilities, wrappers } from '../../lookup-tables/shell.ts';
import { besideOf } from '../../programs/beside.ts';
import { optionValues, parseArguments } from './arguments.ts';
import { builtins, noteAssignment, programPath } from './builtins.ts';
import { bare, callFunction, runCode } from './code.ts';
import { globFits } from './glob.ts';
import { callInterpreter } from './programs/interpreters.ts';
import { containedCommand, runLaunched } from './programs/launchers.ts';
import { callNetwork } from './programs/network.ts';
import { runOwnLanguage } from './programs/own-languages.ts';
import { callProgram } from './programs/programs.ts';
import { callUtility } from './programs/utilities.ts';
import { executes, named, type Shell, type ShellCommand } from './shell-state.ts';
import {
  changed,
  choicesOf,
  empty,
  fewWords,
  isKnown,
  joined,
  nodes,
  rowsOf,
  shown,
  slice,
  sourcesOf,
  textsIn,
} from './values.ts';

const wrapperDepthMax = 8;

/** A program costs as much as this many nodes, and an alias that leads to others. */
const programNodes = 16;
const aliasNodes = 256;

/** Runs a command by its words; gives what it prints. */
export function run(shell: Shell, call: ApiCall): Value {
  const rows = rowsOf(call.args).map((words) => () => runRow(shell, call, words));
  return either(shell.engine.branches(rows, call.frame, true));
}

function runRow(shell: Shell, call: ApiCall, words: readonly Value[]): Value {
  const [word, ...args] = words;
  if (word === undefined) return unknown;
  noteHiddenName(shell, call, word);
  const env = [...call.named].flatMap(([name, value]) =>
    name.startsWith('set ') ? [{ name: name.slice(4), value }] : [],
  );
  for (const { name, value } of env) noteAssignment(shell, call, name, value);
  const { frame, at } = call;
  const named = word.texts.filter(({ whole }) => whole !== '');
  const texts = named.length > 0 || word.isOpen ? named : word.texts;
  const command = { shell, frame, at, name: '', args, env, depth: 0 };
  return withVariables(shell, env, () =>
    either(
      shell.each({ ...word, texts }, frame, (one) =>
        dispatch({ ...command, word: one, input: shell.input }),
      ),
    ),
  );
}

// Variables before a command are set for it alone, after its words were expanded.
function withVariables(shell: Shell, env: ShellCommand['env'], run: () => Value): Value {
  const [first, ...others] = env;
  if (first === undefined) return run();
  return shell.during(first.name, first.value, () => withVariables(shell, others, run));
}

/** Runs the program that the word of a command names. */
export function dispatch(given: ShellCommand): Value {
  const { shell, word } = given;
  shell.take();
  const name = isKnown(word) ? programName(shown(word)) : shownName(shell, word);
  const at: At = { ...given.at, api: name, certainty: word.isFolded ? 'folded' : 'exact' };
  const command: ShellCommand = { ...given, name, at };
  if (name === '*') return callUnknown(command);
  return callByName(command);
}

// An alias, which scripts follow only where they are told to, a function of the script, or a
// program.
function callByName(command: ShellCommand): Value {
  const { shell, word, args, frame, isProgram } = command;
  const name = shown(word);
  const place = `alias ${name}`;
  const alias = shell.engine.isExhausted ? undefined : shell.get(place);
  const own = isProgram ? undefined : shell.get(`function ${name}`);
  const ways = own === undefined ? [] : functionsNamed(command, [name]);
  for (const { whole } of alias?.texts ?? [])
    ways.push(() => {
      shell.engine.left -= aliasNodes;
      const code = changed(word, args.length > 0 ? `${whole} "$@"` : whole);
      const run = (): Value => runCode({ ...command, name: 'eval' }, code, 'shell');
      return shell.during(place, unknown, run);
    });
  // A function that may be missing is no program of its name, unless there is one.
  if (ways.length === 0 || (own?.isOpen !== false && isKnownProgram(name)))
    ways.push(() => startProgram(command));
  return either(shell.engine.branches(ways, frame, true));
}

function startProgram(command: ShellCommand): Value {
  const { shell, name, at, args } = command;
  const wrapped = unwrap(command);
  if (wrapped !== undefined) return wrapped;
  for (const { trait, says } of tellingCommands(name, args.map(shown)))
    shell.trait(at, trait, `${name} ${says}`);
  const builtin = row(builtins, name);
  // Programs read their words as one text each; builtins keep values with all that they may be.
  const isKept = takesValues.has(name) ? hasOneName : undefined;
  const ways = choicesOf(args, isKept).map((given) => () => {
    const own = { ...command, args: given };
    return builtin === undefined ? callOutside(own) : builtin(own);
  });
  return either(shell.engine.branches(ways, command.frame, true));
}

const takesValues: ReadonlySet<string> = new Set(
  'eval export declare typeset local readonly set printf trap alias env exec'.split(' '),
);

// `NAME=value` with any value, or what has no name.
function hasOneName(word: Value): boolean {
  const names = textsIn(word).map((text) => /^\w+(?=$|\+?=|\[)/.exec(text)?.[0] ?? '');
  return new Set(names).size === 1;
}

function callOutside(command: ShellCommand): Value {
  const { shell, name, at, depth, args, input } = command;
  // What programs do with their words and input is work, too.
  const data = [...args, input].reduce((sum, { nodes: held }) => sum + held.length, 0);
  shell.engine.left -= programNodes + (data >> 1);
  const launched = runLaunched(command);
  runOwnLanguage(command);
  const program = row(networkPrograms, name);
  if (program !== undefined) {
    shell.notes.capability(at, executes(name));
    return callNetwork(command, program);
  }
  if (row(interpreters, interpreterName(name)) !== undefined)
    return callInterpreter(renamed(command, interpreterName(name)));
  if (row(utilities, name) !== undefined) return callUtility(command);
  noteAddressesSet(command);
  const printed = callProgram(command);
  const [inner, ...given] = containedCommand(command) ?? [];
  if (inner !== undefined && depth < wrapperDepthMax)
    return dispatch({ ...command, word: inner, args: given, depth: depth + 1, isProgram: true });
  return launched === undefined
    ? printed
    : { ...launched, nodes: [...new Set([...nodes(launched), ...nodes(printed)])] };
}

function renamed(command: ShellCommand, name: string): ShellCommand {
  return name === command.name ? command : { ...command, name, at: named(command.at, name) };
}

function callUnknown(command: ShellCommand): Value {
  const { shell, at, word, input } = command;
  const any = named(at, '*');
  shell.notes.capability(at, executes('*'), ['dynamic-name']);
  const text = shown(word);
  if (!text.endsWith(unknownPart)) shell.start(command, text);
  shell.sink(at, [word], { what: 'exec', capability: executes('*'), api: '*', part: 'code' });
  const isNamed = nameBehind.test(text);
  const sources = sourcesOf(shell.notes, [word]);
  const isOnConnection = shell.get('<connection') !== undefined;
  if (isOnConnection || sources.some(({ what }) => what === 'network'))
    shell.trait(any, 'code-from-string', 'a command that comes from outside');
  // A program whose name another program computes is hidden on purpose. `$(go env GOPATH)/bin/name`
  // shows the name.
  else if (word.isDecoded || (!isNamed && sources.some(({ what }) => what === 'command')))
    shell.trait(any, 'code-from-string', 'a command whose name is made when it runs');
  return either([dataOf(nodes(input)), ...callFitting(command)]);
}

// `"cmd_$1"`: any function of the script whose name begins so.
function callFitting(command: ShellCommand): readonly Value[] {
  const { shell, word, frame } = command;
  const pattern = shown(word).replaceAll(unknownPart, '*');
  if (/^\**$/.test(pattern)) return [];
  const fitting = shell.names('function').filter((name) => globFits(pattern, name));
  shell.take(fitting.length);
  return shell.engine.branches(functionsNamed(command, fitting), frame, false);
}

// Calls of functions of the script.
function functionsNamed(command: ShellCommand, names: readonly string[]): (() => Value)[] {
  const { shell, args } = command;
  const functions = names.flatMap((name) => shell.get(`function ${name}`)?.things ?? []);
  return functions.map(
    (own) => () => (own.is === 'function' ? callFunction(command, own, args) : unknown),
  );
}

// A program that runs the command behind it: `sudo`, `env`, `xargs`.
function unwrap(command: ShellCommand): Value | undefined {
  const { shell, name, at, args, depth, input } = command;
  const wrapper = row(wrappers, name);
  if (wrapper === undefined || depth >= wrapperDepthMax) return undefined;
  if (name === 'command' && /^-[vV]$/.test(shown(args[0]))) return programPath(command);
  if (name === 'flock' && args.some((arg) => /^(-c|--command)$/.test(shown(arg)))) return undefined;
  const { verb } = wrapper;
  const behindVerb =
    verb === undefined ? 0 : args.findIndex((arg) => verb.includes(shown(arg))) + 1;
  const parsed = parseArguments(args.slice(behindVerb), new Set(wrapper.takesValue), true);
  const { operands } = parsed;
  const skipped = skippedOperands(wrapper, operands);
  const [line] = name === 'env' ? optionValues(parsed, ['S', 'split-string']) : [];
  if (line !== undefined) return runCode(bare(command), joined([line, ...operands], ' '), 'shell');
  if (verb !== undefined) {
    const program = operands[skipped];
    if (behindVerb === 0 || program === undefined || !isKnownProgram(programName(shown(program))))
      return undefined;
    shell.notes.capability(at, executes(name));
  }
  const isSetting = name === 'env' || name === 'sudo';
  const sets = (value: Value): boolean => isSetting && /^\w+=/.test(shown(value));
  const rest = operands.slice(skipped).filter((operand, index) => index === 0 || !sets(operand));
  const start = isSetting ? rest.findIndex((value) => !sets(value)) : 0;
  const inner = rest[start];
  const set = operands.filter(sets).map(variableIn);
  if (wrapper.privilege) shell.trait(at, 'privilege', name);
  if (wrapper.detached) shell.trait(at, 'detached', name);
  if (wrapper.anonymous) shell.notes.capability(at, executes(name));
  // Without a command, parallel runs the lines of its input.
  if (inner === undefined && name === 'parallel' && input !== empty)
    return runCode(bare(command), input, 'shell');
  if (inner === undefined || start < 0)
    return name === 'env' || name === 'exec' ? undefined : unknown;
  const more = rest.slice(start + 1);
  // `parallel 'cmd {}'` and `xargs -I{} 'cmd'`: one word that is a command line.
  if (name === 'parallel' && /\s/.test(shown(inner))) {
    const words = fromInput(command, [inner, ...more], undefined);
    return runCode(bare(command), words[0] ?? inner, 'shell');
  }
  const mark = optionValues(parsed, ['I', 'replace', 'J'])[0];
  const [program = inner, ...given] = /^(xargs|parallel)$/.test(name)
    ? fromInput(command, [inner, ...more], mark && shown(mark))
    : [inner, ...more];
  const within = {
    ...command,
    args: given,
    depth: depth + 1,
    env: [...command.env, ...set],
    isProgram: !/^(time|parallel)$/.test(name),
  };
  return either(shell.each(program, command.frame, (one) => dispatch({ ...within, word: one })));
}

function skippedOperands(
  { skip, operand }: (typeof wrappers)[string],
  operands: readonly Value[],
): number {
  const given = operand === undefined ? -1 : operands.findIndex((one) => !operand.test(shown(one)));
  return given < 0 ? skip : Math.min(skip, given);
}

// xargs puts its input behind the arguments or in the place of a mark; `parallel … ::: a b` the
// words behind the colons.
function fromInput(
  { name, input }: ShellCommand,
  args: readonly Value[],
  mark: string | undefined,
): readonly Value[] {
  const colons = args.findIndex((arg) => /^:{3,4}\+?$/.test(shown(arg)));
  const words = colons < 0 ? args : args.slice(0, colons);
  const items = colons < 0 ? inputWords(input) : args.slice(colons + 1);
  const place = mark ?? (name === 'parallel' ? '{}' : undefined);
  if (place === undefined || !words.some((word) => shown(word).includes(place)))
    return [...words, ...items];
  const any = items.length === 0 ? empty : either(items);
  return words.map((word) => {
    const pieces = shown(word).split(place);
    if (pieces.length === 1) return word;
    return joinedBy(
      pieces.map((piece) => changed(word, piece)),
      any,
    );
  });
}

function joinedBy(pieces: readonly Value[], between: Value): Value {
  return joined(
    pieces.flatMap((piece, at) => (at === 0 ? [piece] : [between, piece])),
    '',
  );
}

function inputWords(input: Value): readonly Value[] {
  const texts = textsIn(input);
  if (!isKnown(input) || shown(input).trim() === '') return [dataOf(nodes(input))];
  const words = texts
    .filter((text) => !text.includes(unknownPart))
    .flatMap((text) => text.trim().split(/\s+/));
  return fewWords(
    words.slice(0, shellWordsMax + 1).map((word) => changed(input, word)),
    shellWordsMax,
  );
}

function variableIn(word: Value): ShellCommand['env'][number] {
  const equals = shown(word).indexOf('=');
  return { name: shown(word).slice(0, equals), value: slice(word, equals + 1) };
}

const oftenAliased = /^(?:cat|cd|cp|df|du|echo|grep|ls|mkdir|mv|rm|set|sort|unset|which)$/;

// A name that a search would miss: quotes in the middle, escapes, parts in variables.
function noteHiddenName(shell: Shell, call: ApiCall, word: Value): void {
  const [count = '1', written = ''] =
    /^(\d+) (.*)$/s.exec(shown(call.named.get('written')))?.slice(1) ?? [];
  const parts = Number(count);
  const name = shown(word);
  const isHidden =
    isKnown(word) &&
    written !== name &&
    /^[a-z][\w.-]*$/i.test(name) &&
    (parts > 1 || /^\$'|\\/.test(written));
  if (!isHidden) return;
  // One `\` before the whole name hides nothing from a search. It is how a shell passes an alias
  // over, and how LaTeX and psql begin each of their commands.
  const isMacro = written === `\\${name}` && (oftenAliased.test(name) || !isKnownProgram(name));
  // `app\.get` of a pattern: only dots are escaped.
  const isPattern = parts <= 1 && written.replaceAll('\\.', '.') === name;
  // `venv\Scripts\activate`: a page shows the command of Windows beside that of Unix.
  const isWindowsPath = parts <= 1 && /^[\w.-]{2,}(?:\\[\w.-]{2,})+$/.test(written);
  if ((isPattern || isWindowsPath) && !isKnownProgram(name)) return;
  const isSplit = parts > 1 || (/\\[^\n]/.test(written) && !isMacro) || written.startsWith("$'");
  const at: At = { ...call.at, api: name, certainty: 'folded' };
  if (isSplit) shell.trait(at, 'folded-name', `${written} is ${name}`);
}

// Which program a word of a command names.

/** `$(brew --prefix)/bin/curl` is curl, unless the folder comes from outside. */
function shownName({ notes }: Shell, word: Value): string {
  const [, name = ''] = nameBehind.exec(shown(word)) ?? [];
  const isFetched =
    word.isDecoded || sourcesOf(notes, [word]).some(({ what }) => what === 'network');
  return !isFetched && isKnownProgram(name) ? name : '*';
}

/** The name of a program behind its folder. */
const nameBehind = /\/([\w.-]+)$/;

/** Whether a table or the shell itself has the program. */
function isKnownProgram(name: string): boolean {
  const tables = [
    networkPrograms,
    interpreters,
    utilities,
    wrappers,
    builtins,
    shellRows,
    packageManagers,
    launchers,
    containers,
  ];
  return (
    /\/|^(git|socat|cmd)$/.test(name) ||
    tables.some((table) => row<unknown>(table, name) !== undefined)
  );
}

/** The program that a word names, which may be a pattern. */
function programName(text: string): string {
  const name = basename(text.replace(/\.exe$/i, '')) || text;
  if (!/[?*[]/.test(name) || name.length > 40 || /^\[{1,2}$/.test(name)) return name;
  // `/b?n/c[u]rl`: a pattern that matches a program of interest.
  return (
    [...Object.keys(networkPrograms), ...Object.keys(interpreters)].find((known) =>
      globFits(name, known),
    ) ?? name
  );
}

/** `python3` for `python3.12`. */
function interpreterName(name: string): string {
  return name.replace(/^(python)3\.\d+$/, '$13').replace(/^(ruby|perl|php|lua)[\d.]+$/, '$1');
}

// Variables that are set for a program, and name an address that the program may ask.

/**
 * Notes `PIP_INDEX_URL="https://host/$KEY" pip …`. The key of a known provider counts beside an
 * address in another variable of the same call, too.
 */
function noteAddressesSet(command: ShellCommand): void {
  const { shell, env } = command;
  const set = env.map(({ value }) => value);
  for (const value of [...set, ...shell.exported.map(({ value }) => value)])
    noteBeside(command, [value], nodes(value));
  const keys = nodes(...set).filter((node) => {
    const [source] = sourcesOf(shell.notes, [dataOf([node])]);
    return source?.what === 'env' && providerOf(source.name) !== undefined;
  });
  noteBeside(command, set, keys);
}

function noteBeside(
  { shell, at, name }: ShellCommand,
  values: readonly Value[],
  data: readonly string[],
): void {
  const { beside } = besideOf(values.flatMap(textsIn));
  if (beside === undefined) return;
  const capability = executes(name);
  shell.notes.sink(at, data, { what: 'exec', capability, api: name, part: 'argument', beside });
}
