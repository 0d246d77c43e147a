/** One command: its words folded, its program found behind aliases, functions and wrappers, and handed to what knows the program. */

import { basename } from 'node:path/posix';
import type { Assignment, Command, CommandArgument } from 'unbash';
import { shellWrapperDepthMax } from '../limits.ts';
import { interpreters, networkPrograms, steeringVariables, utilities, wrappers } from '../models/shell.ts';
import { tellingCommands } from '../models/telling-commands.ts';
import { parseArguments } from './shell-arguments.ts';
import { callBuiltin, isBuiltin } from './shell-builtins.ts';
import type { Call } from './shell-call.ts';
import { callInterpreter } from './shell-code.ts';
import { noteFlows } from './shell-graph.ts';
import { callNetwork } from './shell-network.ts';
import { keyOf } from './shell-parameters.ts';
import { callProgram } from './shell-programs.ts';
import { noteCapability, noteTrait, type ShellRun, spanOf } from './shell-run.ts';
import { callFunction } from './shell-script.ts';
import { callUtility } from './shell-utilities.ts';
import { concat, either, isKnown, literalValue, slice, textsOf, unknownValue, type Value } from './shell-value.ts';
import { arrayOf, assignMember, assignValue, listValue } from './shell-variables.ts';
import { foldWord, foldWords } from './shell-words.ts';

/** Runs one simple command; gives what it prints. */
export function runCommand(run: ShellRun, node: Command, onConnection: boolean): Value {
  const assignments = node.prefix.filter((one): one is Assignment => one.type === 'Assignment');
  const span = spanOf(run, node);
  if (node.name === undefined) {
    for (const one of assignments) assign(run, one);
    return unknownValue();
  }
  const [word, ...first] = foldWords(run, node.name);
  const args = [...first, ...node.args.flatMap((arg) => foldArgument(run, arg))];
  if (word === undefined) return unknownValue();
  noteHiddenName(run, node, word, span);
  // What stands before a command is set for it alone, after its words were expanded.
  const before = new Map(assignments.map((one) => [one.name, run.vars.get(one.name)]));
  for (const one of assignments) assign(run, one);
  const env = [...before.keys()].flatMap((name) => {
    const value = run.vars.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  const outputs = textsOf(word).map((text) => dispatch(run, { ...word, text }, args, { span, onConnection, depth: 0, env }));
  for (const [name, value] of before) value === undefined ? run.vars.delete(name) : run.vars.set(name, value);
  return outputs.reduce(either);
}

interface How {
  readonly span: Call['span'];
  readonly onConnection: boolean;
  readonly depth: number;
  readonly env: Call['env'];
}

/** Runs the program that words name. */
export function dispatch(run: ShellRun, word: Value, args: readonly Value[], how: How): Value {
  run.context.steps.take();
  const name = isKnown(word) ? programName(word.text) : '*';
  const call: Call = { name, api: name, word, args, ...how, certainty: word.folded ? 'folded' : 'exact', stdin: run.stdin };
  if (name === '*') return callUnknown(run, call);
  const alias = run.aliases.get(name);
  if (alias !== undefined && how.depth < shellWrapperDepthMax) {
    const [aliased, ...more] = alias.text.split(/\s+/).map((text) => ({ ...alias, text, others: [] }));
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
  if (isBuiltin(name)) return callBuiltin(run, call);
  const program = networkPrograms[name];
  if (program !== undefined) {
    noteCapability(run, call, { kind: 'exec', program: name });
    return callNetwork(run, call, program);
  }
  if (interpreters[interpreterName(name)] !== undefined) return callInterpreter(run, { ...call, name: interpreterName(name) });
  if (utilities[name] !== undefined) return callUtility(run, call);
  return callProgram(run, call);
}

function assign(run: ShellRun, node: Assignment): void {
  const value = assignedValue(run, node);
  noteAssignment(run, node.name, value, spanOf(run, node));
  if (node.index !== undefined) {
    assignMember(run, node.name, keyOf(run, foldWord(run, node.index)), value);
    return;
  }
  const old = run.vars.get(node.name);
  assignValue(run, node.name, node.append && old !== undefined ? appended(old, value) : value);
}

function appended(old: Value, value: Value): Value {
  if (value.members === undefined) return concat([old, value]);
  return listValue([...(old.members?.values() ?? (old.text === '' ? [] : [old])), ...value.members.values()]);
}

// `(a b)`, `([x]=a [y]=b)`, or one value.
function assignedValue(run: ShellRun, { value }: Assignment): Value {
  if (value.type === 'Word') return foldWord(run, value);
  const entries = value.elements.flatMap((word): [string | undefined, Value][] => {
    const folded = foldWords(run, word);
    const [only] = folded;
    const keyed = only === undefined ? null : /^\[([^\]]{1,80})\]=/.exec(only.text);
    return keyed === null || only === undefined
      ? folded.map((one) => [undefined, one])
      : [[keyed[1], slice(only, keyed[0].length)]];
  });
  return arrayOf(entries.map(([key, one], index) => [key ?? `${index}`, one]));
}

/** Notes variables that change what other programs do. */
export function noteAssignment(run: ShellRun, name: string, value: Value, span: Call['span']): void {
  if (steeringVariables.test(name))
    noteTrait(run, { span, api: name, certainty: 'exact' }, 'env-write', value.text.replaceAll('\0', '…'));
  if (/^(HISTFILE|HISTSIZE|HISTFILESIZE)$/.test(name) && /^(|0|\/dev\/null)$/.test(value.text))
    noteTrait(run, { span, api: name, certainty: 'exact' }, 'history-off', value.text);
}

// `export NAME=value` gives assignments as arguments.
function foldArgument(run: ShellRun, arg: CommandArgument): Value[] {
  if (arg.type === 'Word') return foldWords(run, arg);
  const value = assignedValue(run, arg);
  const word = concat([literalValue(`${arg.name}${arg.append === true ? '+' : ''}=`, spanOf(run, arg).start), value]);
  return [value.members === undefined ? word : { ...word, members: value.members }];
}

function callUnknown(run: ShellRun, call: Call): Value {
  noteCapability(run, call, { kind: 'exec', program: '*' }, ['dynamic-name']);
  noteFlows(run, call, call.word.taints, { what: 'exec', capability: { kind: 'exec', program: '*' }, api: '*', part: 'code' });
  if (call.onConnection || call.word.taints.some((taint) => taint.source.what === 'network'))
    noteTrait(run, { ...call, api: '*' }, 'code-from-string', 'a command that comes from outside');
  return unknownValue(call.stdin.taints);
}

function unwrap(run: ShellRun, call: Call, how: How): Value | undefined {
  const wrapper = wrappers[call.name];
  if (wrapper === undefined || how.depth >= shellWrapperDepthMax) return undefined;
  if (call.name === 'command' && /^-[vV]$/.test(call.args[0]?.text ?? '')) return unknownValue();
  const { operands } = parseArguments(call.args, new Set(wrapper.takesValue), true);
  const rest = operands.slice(wrapper.skip).filter((one, index) => index > 0 || call.name !== 'env' || !/^\w+=/.test(one.text));
  const at = call.name === 'env' ? rest.findIndex((one) => !/^\w+=/.test(one.text)) : 0;
  const inner = rest[at];
  const set = call.name === 'env' ? operands.filter((one) => /^\w+=/.test(one.text)).map(variableOf) : [];
  if (wrapper.privilege) noteTrait(run, call, 'privilege', call.name);
  if (wrapper.detached) noteTrait(run, call, 'detached', call.name);
  if (inner === undefined || at < 0) return call.name === 'env' || call.name === 'exec' ? undefined : unknownValue();
  const args = rest.slice(at + 1);
  // xargs puts its input behind the arguments.
  const given = call.name === 'xargs' || call.name === 'parallel' ? [...args, unknownValue(call.stdin.taints)] : args;
  return dispatch(run, inner, given, { ...how, depth: how.depth + 1, env: [...how.env, ...set] });
}

function variableOf(word: Value): Call['env'][number] {
  const equals = word.text.indexOf('=');
  return { name: word.text.slice(0, equals), value: slice(word, equals + 1) };
}

// A name that a search for it would miss: quotes in the middle, escapes, pieces in variables.
function noteHiddenName(run: ShellRun, node: Command, word: Value, span: Call['span']): void {
  const written = node.name?.text ?? '';
  const parts = node.name?.parts?.length ?? 1;
  const isHidden =
    isKnown(word) && written !== word.text && /^[a-z][\w.-]*$/i.test(word.text) && (parts > 1 || /^\$'|\\/.test(written));
  const isSplit = parts > 1 || /\\[^\n]/.test(written) || written.startsWith("$'");
  if (isHidden && isSplit)
    noteTrait(run, { span, api: word.text, certainty: 'folded' }, 'folded-name', `${written} is ${word.text}`);
}

function programName(text: string): string {
  const name = basename(text.replace(/\.exe$/i, '')) || text;
  if (!/[?*]/.test(name) || name.includes('[') || name.length > 40) return name;
  // `/b?n/c?rl`: a pattern that only one program of interest fits.
  const pattern = new RegExp(
    `^${name
      .replace(/[.+^${}()|\\/]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
  );
  return [...Object.keys(networkPrograms), ...Object.keys(interpreters)].find((known) => pattern.test(known)) ?? name;
}

function interpreterName(name: string): string {
  return name.replace(/^(python)3\.\d+$/, '$13').replace(/^(ruby|perl|php|lua)[\d.]+$/, '$1');
}
