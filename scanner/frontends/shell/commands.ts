/**
 * One command: folds its words, finds its program behind aliases, functions and wrappers, and calls
 * the handler of the program.
 */

import { basename } from 'node:path/posix';
import type { Assignment, Command, CommandArgument } from 'unbash';
import { shellWordsMax } from '../../fact/shared-limits.ts';
import { tellingCommands } from '../../knowledge/telling-commands.ts';
import { own as row } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { providerOf } from '../../lookup-tables/secret-providers.ts';
import { interpreters, utilities, wrappers } from '../../lookup-tables/shell.ts';
import { besideOf } from '../../programs/beside.ts';
import { assign, assignedValue, callBuiltin, isBuiltin, programPath } from './builtins.ts';
import type { Call, How } from './call.ts';
import { globFits } from './glob.ts';
import { noteFlows, noteStart } from './graph.ts';
import { callFunction } from './inner-scripts.ts';
import { optionValues, parseArguments } from './programs/arguments.ts';
import { callInterpreter, runCode } from './programs/code.ts';
import { containedCommand, runLaunched } from './programs/launchers.ts';
import { callNetwork } from './programs/network/network.ts';
import { runOwnLanguage } from './programs/own-languages.ts';
import { callProgram } from './programs/programs.ts';
import { callUtility } from './programs/utilities.ts';
import { noteCapability, noteTrait, type ShellRun, spanOf } from './run.ts';
import {
  changedText,
  choicesOf,
  concat,
  either,
  emptyValue,
  fewWords,
  isKnown,
  joinTaints,
  joinWith,
  literalValue,
  type ShellValue,
  slice,
  textsOf,
  unknownValue,
} from './value.ts';
import { foldWords } from './words.ts';

const shellWrapperDepthMax = 8;

/** Runs one simple command; returns its output. */
export function runCommand(run: ShellRun, node: Command, onConnection: boolean): ShellValue {
  const assignments = node.prefix.filter(
    (prefix): prefix is Assignment => prefix.type === 'Assignment',
  );
  const span = spanOf(run, node);
  if (node.name === undefined) {
    for (const assignment of assignments) assign(run, assignment);
    // `$(<file)` prints the file.
    return node.redirects.some(
      (redirection) => redirection.type === 'Redirect' && redirection.operator === '<',
    )
      ? run.stdin
      : emptyValue;
  }
  const [word, ...first] = foldWords(run, node.name);
  const args = [...first, ...argumentsOf(run, node)];
  if (word === undefined) return unknownValue();
  noteHiddenName(run, node, word, span);
  // Variables before a command are set for it alone, after its words were expanded.
  const before = new Map(
    assignments.map((assignment) => [assignment.name, run.vars.get(assignment.name)]),
  );
  for (const assignment of assignments) assign(run, assignment);
  const env = [...before.keys()].flatMap((name) => {
    const value = run.vars.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  const outputs = textsOf(word).map((text) =>
    dispatch(run, { ...word, text }, args, { span, onConnection, depth: 0, env }),
  );
  const windows = windowsWords(run, node, word, args);
  if (windows !== undefined)
    outputs.push(dispatch(run, word, windows, { span, onConnection, depth: 0, env }));
  for (const [name, value] of before)
    value === undefined ? run.vars.delete(name) : run.vars.set(name, value);
  return outputs.reduce(either);
}

// What Windows' own shell hands to PowerShell: it leaves `$name` between quotation marks as it is.
// Nobody knows on which system a line will run, so both are followed.
function windowsWords(
  run: ShellRun,
  node: Command,
  word: ShellValue,
  args: readonly ShellValue[],
): readonly ShellValue[] | undefined {
  if (!/^powershell(\.exe)?$/i.test(word.text)) return undefined;
  if (args.every(isKnown) || args.length !== node.args.length) return undefined;
  return args.map((value, at) => {
    const arg = node.args[at];
    const written = arg?.type === 'Word' ? /^"(.*)"$/s.exec(arg.text)?.[1] : undefined;
    return arg === undefined || written === undefined || isKnown(value)
      ? value
      : literalValue(written.replaceAll('\\"', '"'), spanOf(run, arg).start, true);
  });
}

/** Runs the program that words name. */
export function dispatch(
  run: ShellRun,
  word: ShellValue,
  args: readonly ShellValue[],
  how: How,
): ShellValue {
  run.context.steps.take();
  const name = isKnown(word) ? programName(word.text) : shownName(word);
  const call: Call = {
    name,
    api: name,
    word,
    args,
    ...how,
    certainty: word.folded ? 'folded' : 'exact',
    stdin: run.stdin,
  };
  if (name === '*') return callUnknown(run, call);
  const alias = run.aliases.get(name);
  if (alias !== undefined && how.depth < shellWrapperDepthMax) {
    const [aliased, ...more] = alias.text
      .split(/\s+/)
      .map((text) => ({ ...alias, text, others: [] }));
    if (aliased !== undefined && aliased.text !== name)
      return dispatch(run, aliased, [...more, ...args], { ...how, depth: how.depth + 1 });
  }
  const own = run.functions.get(name);
  if (own !== undefined) return callFunction(run, name, own, args);
  const wrapped = unwrap(run, call, how);
  if (wrapped !== undefined) return wrapped;
  for (const { trait, says } of tellingCommands(
    name,
    args.map((arg) => arg.text),
  ))
    noteTrait(run, call, trait, `${name} ${says}`);
  if (isBuiltin(name) && !keepsNothing.has(name)) return callBuiltin(run, call);
  // Programs read their words as one text each.
  const outputs = choicesOf(args).map((given) => callOutside(run, { ...call, args: given }, how));
  return outputs.reduce(either);
}

// Builtins that leave no value behind, so that they may be gone through more than once.
const keepsNothing: ReadonlySet<string> = new Set(
  'source . printenv which type dirname basename realpath readlink'.split(' '),
);

function callOutside(run: ShellRun, call: Call, how: How): ShellValue {
  const { name } = call;
  if (isBuiltin(name)) return callBuiltin(run, call);
  const launched = runLaunched(run, call);
  runOwnLanguage(run, call);
  const program = row(networkPrograms, name);
  if (program !== undefined) {
    noteCapability(run, call, { kind: 'exec', program: name });
    return callNetwork(run, call, program);
  }
  if (row(interpreters, interpreterName(name)) !== undefined)
    return callInterpreter(run, { ...call, name: interpreterName(name) });
  if (row(utilities, name) !== undefined) return callUtility(run, call);
  noteAddressesSet(run, call);
  const printed = callProgram(run, call);
  const [inner, ...given] = containedCommand(call) ?? [];
  if (inner !== undefined && how.depth < shellWrapperDepthMax)
    return dispatch(run, inner, given, { ...how, depth: how.depth + 1 });
  return launched === undefined
    ? printed
    : { ...launched, taints: joinTaints([launched, printed]) };
}

// `f=@<(cat x)` comes as two words without a blank between them.
function argumentsOf(run: ShellRun, node: Command): ShellValue[] {
  const words: ShellValue[] = [];
  node.args.forEach((arg, at) => {
    const folded = foldArgument(run, arg);
    const before = words.at(-1);
    const [first, ...rest] = folded;
    if (before !== undefined && first !== undefined && at > 0 && node.args[at - 1]?.end === arg.pos)
      words.splice(-1, 1, concat([before, first]), ...rest);
    else words.push(...folded);
  });
  return words;
}

// `export NAME=value` has assignments as arguments.
function foldArgument(run: ShellRun, arg: CommandArgument): ShellValue[] {
  if (arg.type === 'Word') return foldWords(run, arg);
  const value = assignedValue(run, arg);
  const word = concat([
    literalValue(`${arg.name}${arg.append === true ? '+' : ''}=`, spanOf(run, arg).start),
    value,
  ]);
  return [value.members === undefined ? word : { ...word, members: value.members }];
}

function callUnknown(run: ShellRun, call: Call): ShellValue {
  noteCapability(run, call, { kind: 'exec', program: '*' }, ['dynamic-name']);
  if (!call.word.text.endsWith(unknownPart)) noteStart(run, call.span, call.word.text, call);
  noteFlows(run, call, call.word.taints, {
    what: 'exec',
    capability: { kind: 'exec', program: '*' },
    api: '*',
    part: 'code',
  });
  const { decoded, taints, text } = call.word;
  const isNamed = nameBehind.test(text);
  if (call.onConnection || taints.some((taint) => taint.source.what === 'network'))
    noteTrait(run, { ...call, api: '*' }, 'code-from-string', 'a command that comes from outside');
  // A program whose name another program computes is hidden on purpose. `$(go env GOPATH)/bin/name`
  // shows the name.
  else if (decoded || (!isNamed && taints.some((taint) => taint.source.what === 'command')))
    noteTrait(
      run,
      { ...call, api: '*' },
      'code-from-string',
      'a command whose name is made when it runs',
    );
  return unknownValue(call.stdin.taints);
}

function unwrap(run: ShellRun, call: Call, how: How): ShellValue | undefined {
  const wrapper = row(wrappers, call.name);
  if (wrapper === undefined || how.depth >= shellWrapperDepthMax) return undefined;
  if (call.name === 'command' && /^-[vV]$/.test(call.args[0]?.text ?? '')) return programPath(call);
  if (call.name === 'flock' && call.args.some((arg) => /^(-c|--command)$/.test(arg.text)))
    return undefined;
  const { verb } = wrapper;
  const behindVerb =
    verb === undefined ? 0 : call.args.findIndex((arg) => verb.includes(arg.text)) + 1;
  const parsed = parseArguments(call.args.slice(behindVerb), new Set(wrapper.takesValue), true);
  const { operands } = parsed;
  const skipped = skippedOperands(wrapper, operands);
  const [line] = call.name === 'env' ? optionValues(parsed, ['S', 'split-string']) : [];
  if (line !== undefined)
    return runCode(run, { ...call, args: [] }, joinWith([line, ...operands], ' '), 'shell');
  if (verb !== undefined) {
    const program = operands[skipped];
    if (behindVerb === 0 || program === undefined || !isKnownProgram(programName(program.text)))
      return undefined;
    noteCapability(run, call, { kind: 'exec', program: call.name });
  }
  const isSetting = call.name === 'env' || call.name === 'sudo';
  const rest = operands
    .slice(skipped)
    .filter((operand, index) => index > 0 || !isSetting || !/^\w+=/.test(operand.text));
  const at = isSetting ? rest.findIndex((value) => !/^\w+=/.test(value.text)) : 0;
  const inner = rest[at];
  const set = isSetting
    ? operands.filter((operand) => /^\w+=/.test(operand.text)).map(variableOf)
    : [];
  if (wrapper.privilege) noteTrait(run, call, 'privilege', call.name);
  if (wrapper.detached) noteTrait(run, call, 'detached', call.name);
  if (wrapper.anonymous) noteCapability(run, call, { kind: 'exec', program: call.name });
  // Without a command, parallel runs the lines of its input.
  if (inner === undefined && call.name === 'parallel' && call.stdin !== emptyValue)
    return runCode(run, { ...call, args: [] }, call.stdin, 'shell');
  if (inner === undefined || at < 0)
    return call.name === 'env' || call.name === 'exec' ? undefined : unknownValue();
  const args = rest.slice(at + 1);
  // `parallel 'cmd {}'` and `xargs -I{} 'cmd'`: one word that is a command line.
  if (call.name === 'parallel' && /\s/.test(inner.text)) {
    const words = fromInput(call, [inner, ...args], undefined);
    return runCode(run, { ...call, args: [] }, words[0] ?? inner, 'shell');
  }
  const mark = optionValues(parsed, ['I', 'replace', 'J'])[0]?.text;
  const [program = inner, ...given] = /^(xargs|parallel)$/.test(call.name)
    ? fromInput(call, [inner, ...args], mark)
    : [inner, ...args];
  const within = { ...how, depth: how.depth + 1, env: [...how.env, ...set] };
  return textsOf(program)
    .map((text) => dispatch(run, { ...program, text, others: [] }, given, within))
    .reduce(either);
}

function skippedOperands(
  { skip, operand }: (typeof wrappers)[string],
  operands: readonly ShellValue[],
): number {
  const given = operand === undefined ? -1 : operands.findIndex(({ text }) => !operand.test(text));
  return given < 0 ? skip : Math.min(skip, given);
}

// xargs puts its input behind the arguments or in the place of a mark; `parallel … ::: a b` the
// words behind the colons.
function fromInput(
  call: Call,
  args: readonly ShellValue[],
  mark: string | undefined,
): ShellValue[] {
  const colons = args.findIndex((arg) => /^:{3,4}\+?$/.test(arg.text));
  const words = colons < 0 ? args : args.slice(0, colons);
  const input = colons < 0 ? inputWords(call.stdin) : args.slice(colons + 1);
  const place = mark ?? (call.name === 'parallel' ? '{}' : undefined);
  if (place === undefined || !words.some((word) => word.text.includes(place)))
    return [...words, ...input];
  const [first = emptyValue, ...others] = input;
  const any = others.reduce(either, first);
  return words.map((word) => {
    const pieces = word.text.split(place);
    const filled = pieces.flatMap((piece, at) =>
      at === 0 ? [changedText(word, piece)] : [any, changedText(word, piece)],
    );
    return pieces.length === 1 ? word : concat(filled);
  });
}

function inputWords(stdin: ShellValue): ShellValue[] {
  const words = textsOf(stdin).flatMap((text) => text.trim().split(/\s+/));
  if (!isKnown(stdin) || stdin.text.trim() === '') return [unknownValue(stdin.taints)];
  return [
    ...fewWords(
      words.slice(0, shellWordsMax + 1).map((word) => changedText(stdin, word)),
      shellWordsMax,
    ),
  ];
}

function variableOf(word: ShellValue): Call['env'][number] {
  const equals = word.text.indexOf('=');
  return { name: word.text.slice(0, equals), value: slice(word, equals + 1) };
}

const oftenAliased = /^(?:cat|cd|cp|df|du|echo|grep|ls|mkdir|mv|rm|set|sort|unset|which)$/;

// A name that a search would miss: quotes in the middle, escapes, parts in variables.
function noteHiddenName(run: ShellRun, node: Command, word: ShellValue, span: Call['span']): void {
  const written = node.name?.text ?? '';
  const parts = node.name?.parts?.length ?? 1;
  const isHidden =
    isKnown(word) &&
    written !== word.text &&
    /^[a-z][\w.-]*$/i.test(word.text) &&
    (parts > 1 || /^\$'|\\/.test(written));
  // One `\` before the whole name hides nothing from a search. It is how a shell passes an alias
  // over, and how LaTeX and psql begin each of their commands.
  const isMacro =
    written === `\\${word.text}` && (oftenAliased.test(word.text) || !isKnownProgram(word.text));
  // `app\.get` of a pattern: only dots are escaped.
  const isPattern = parts <= 1 && written.replaceAll('\\.', '.') === word.text;
  // `venv\Scripts\activate`: a page shows the command of Windows beside that of Unix.
  const isWindowsPath = parts <= 1 && /^[\w.-]{2,}(?:\\[\w.-]{2,})+$/.test(written);
  if ((isPattern || isWindowsPath) && !isKnownProgram(word.text)) return;
  const isSplit = parts > 1 || (/\\[^\n]/.test(written) && !isMacro) || written.startsWith("$'");
  if (isHidden && isSplit)
    noteTrait(
      run,
      { span, api: word.text, certainty: 'folded' },
      'folded-name',
      `${written} is ${word.text}`,
    );
}

// Which program a word of a command names.

/** `$(brew --prefix)/bin/curl` is curl, unless the folder comes from outside. */
function shownName({ text, decoded, taints }: ShellValue): string {
  const [, name = ''] = nameBehind.exec(text) ?? [];
  const isFetched = decoded || taints.some(({ source }) => source.what === 'network');
  return !isFetched && isKnownProgram(name) ? name : '*';
}

/** The name of a program behind its folder. */
const nameBehind = /\/([\w.-]+)$/;

/** Whether a table or the shell itself has the program. */
function isKnownProgram(name: string): boolean {
  const tables = [networkPrograms, interpreters, utilities, wrappers];
  return isBuiltin(name) || tables.some((table) => row<unknown>(table, name) !== undefined);
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
function noteAddressesSet(run: ShellRun, call: Call): void {
  const set = call.env.map(({ value }) => value);
  const exported = [...run.exported].flatMap((name) => run.vars.get(name) ?? []);
  for (const value of [...set, ...exported]) noteBeside(run, call, [value], value.taints);
  const keys = joinTaints(set).filter(
    ({ source }) => source.what === 'env' && providerOf(source.name) !== undefined,
  );
  noteBeside(run, call, set, keys);
}

function noteBeside(
  run: ShellRun,
  call: Call,
  values: readonly ShellValue[],
  taints: ShellValue['taints'],
): void {
  const { beside } = besideOf(values.flatMap(textsOf));
  if (beside === undefined) return;
  const capability = { kind: 'exec', program: call.name } as const;
  noteFlows(run, call, taints, {
    what: 'exec',
    capability,
    api: call.name,
    part: 'argument',
    beside,
  });
}
