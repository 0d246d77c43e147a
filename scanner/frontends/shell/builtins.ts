/**
 * Shell builtins that affect later commands: eval, source, cd, export, read, trap, alias, set …
 * (Bash manual §4).
 */

import { posix } from 'node:path';
import type { Assignment } from 'unbash';
import type { TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { steeringVariables } from '../../lookup-tables/shell.ts';
import type { Call } from './call.ts';
import { noteStart } from './graph.ts';
import { runSourced } from './inner-scripts.ts';
import { keyOf } from './parameters.ts';
import { optionValues, parseArguments } from './programs/arguments.ts';
import { runCode } from './programs/code.ts';
import { fileKey, mountPath, readFileValue } from './programs/files.ts';
import { parseSettings } from './programs/shell-arguments.ts';
import { say } from './programs/utilities.ts';
import { noteCapability, noteTrait, type ShellRun, spanOf } from './run.ts';
import {
  changedText,
  concat,
  either,
  emptyValue,
  isKnown,
  joinWith,
  literalValue,
  rootTaint,
  type ShellValue,
  slice,
  textsOf,
  unknownValue,
} from './value.ts';
import {
  arrayOf,
  assignMember,
  assignValue,
  listValue,
  readEnvironment,
  shellArrayItemsMax,
} from './variables.ts';
import { fieldSeparators, fieldsOf, foldWord, foldWords } from './words.ts';

const shellTrapsMax = 16;

/** Steps for each item of an array that is built again. */
const shellItemSteps = 4;

// Assignments: values, arrays, elements; and variables with an effect of their own.

/** Makes an assignment. */
export function assign(run: ShellRun, node: Assignment): void {
  const value = assignedValue(run, node);
  noteAssignment(run, node.name, value, spanOf(run, node));
  if (node.index !== undefined) {
    assignMember(run, node.name, keyOf(run, foldWord(run, node.index)), value);
    return;
  }
  const old = run.vars.get(node.name);
  assignValue(run, node.name, node.append && old !== undefined ? appended(run, old, value) : value);
}

function appended(run: ShellRun, old: ShellValue, value: ShellValue): ShellValue {
  if (value.members === undefined) return concat([old, value]);
  if (isFull(old)) return old;
  run.context.steps.take((old.members?.size ?? 0) * shellItemSteps);
  return listValue([
    ...(old.members?.values() ?? (old.text === '' ? [] : [old])),
    ...value.members.values(),
  ]);
}

// A list with the greatest number of kept items takes no more.
function isFull({ members, others }: ShellValue): boolean {
  if (members === undefined || members.size <= shellArrayItemsMax || others.length > 0)
    return false;
  return [...members.keys()].every((key, index) => key === `${index}`);
}

/** The value of `(a b)`, `([x]=a [y]=b)`, or of one word. */
export function assignedValue(run: ShellRun, { value }: Assignment): ShellValue {
  if (value.type === 'Word') return foldWord(run, value);
  const entries = value.elements.flatMap((word): [string | undefined, ShellValue][] => {
    const folded = foldWords(run, word);
    const [only] = folded;
    const keyed = only === undefined ? null : /^\[([^\]]{1,80})\]=/.exec(only.text);
    return keyed === null || only === undefined
      ? folded.map((value) => [undefined, value])
      : [[keyed[1], slice(only, keyed[0].length)]];
  });
  return arrayOf(entries.map(([key, value], index) => [key ?? `${index}`, value]));
}

// Variables that hold a command line, which the shell or git runs.
const commandVariables =
  /^(PROMPT_COMMAND|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_PROXY_COMMAND|LESSOPEN|LESSCLOSE)$/;

/**
 * Notes variables that change the behaviour of other programs. Code that the shell itself runs from
 * a variable is followed.
 */
function noteAssignment(run: ShellRun, name: string, value: ShellValue, span: Call['span']): void {
  if (commandVariables.test(name) && value.text !== '')
    runCode(run, callOf(run, name, span), value, 'shell');
  if (/^PS[0-4]$/.test(name) && /\$\(|`/.test(value.text))
    runCode(
      run,
      callOf(run, name, span),
      { ...value, text: `: "${value.text}"`, others: [] },
      'shell',
    );
  if (steeringVariables.test(name))
    noteTrait(
      run,
      { span, api: name, certainty: 'exact' },
      'env-write',
      value.text.replaceAll('\0', '…'),
    );
  if (/^(HISTFILE|HISTSIZE|HISTFILESIZE)$/.test(name) && /^(|0|\/dev\/null)$/.test(value.text))
    noteTrait(run, { span, api: name, certainty: 'exact' }, 'history-off', value.text);
}

function callOf(run: ShellRun, name: string, span: Call['span']): Call {
  const word = literalValue(name, span.start);
  return {
    name,
    api: name,
    word,
    args: [],
    span,
    certainty: 'exact',
    stdin: run.stdin,
    onConnection: false,
    env: [],
  };
}

// `read` and `mapfile`: input becomes variables (Bash manual §4.2).

const options = {
  read: new Set(['a', 'd', 'i', 'n', 'N', 'p', 't', 'u']),
  mapfile: new Set(['d', 'n', 'O', 's', 'u', 'C', 'c']),
};

/** Sets the variables that `read`, `mapfile` or `readarray` name. */
function readInput(run: ShellRun, call: Call): ShellValue {
  const isRead = call.name === 'read';
  const args = parseArguments(call.args, isRead ? options.read : options.mapfile);
  const [descriptor] = optionValues(args, ['u']);
  const input =
    descriptor === undefined ? call.stdin : (run.inputs.get(Number(descriptor.text)) ?? emptyValue);
  const typed = unknownValue([
    rootTaint({ what: 'input', name: 'stdin' }, { span: call.span, note: 'read reads its input' }),
  ]);
  const value = input === emptyValue ? typed : input;
  const [array] = isRead ? optionValues(args, ['a']) : args.operands.slice(-1);
  if (array !== undefined) run.vars.set(array.text, elementsOf(run, isRead, value));
  else if (!isRead) run.vars.set('MAPFILE', elementsOf(run, isRead, value));
  else setNames(run, args.operands, value);
  return emptyValue;
}

function setNames(run: ShellRun, operands: readonly ShellValue[], value: ShellValue): void {
  const names = operands
    .map((operand) => operand.text)
    .filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const all = names.length === 0 ? ['REPLY'] : names;
  const lines = textsOf(value).flatMap((text) =>
    text.split('\n').filter((line, at) => at === 0 || line !== ''),
  );
  all.forEach((name, at) => {
    const read = lines
      .slice(0, shellArrayItemsMax)
      .map((line) =>
        changedText(
          value,
          line.includes(unknownPart) ? unknownPart : fieldOf(run, line, at, all.length),
        ),
      );
    if (lines.length > shellArrayItemsMax) read.push(unknownValue(value.taints));
    const [first, ...rest] = read;
    run.vars.set(
      name,
      first === undefined ? unknownValue(value.taints) : rest.reduce(either, first),
    );
  });
}

// The last name gets the rest of the line.
function fieldOf(run: ShellRun, line: string, at: number, count: number): string {
  const separators = fieldSeparators(run);
  const fields = fieldsOf(line, separators);
  if (at < count - 1) return fields[at] ?? '';
  return at === 0 ? line.trim() : fields.slice(at).join([...separators][0] ?? ' ');
}

function elementsOf(run: ShellRun, isRead: boolean, value: ShellValue): ShellValue {
  if (!isKnown(value)) return { ...value, members: new Map([['0', value]]) };
  const words = isRead
    ? fieldsOf(value.text.split('\n')[0] ?? '', fieldSeparators(run))
    : value.text.replace(/\n$/, '').split('\n');
  return listValue(words.slice(0, shellArrayItemsMax + 1).map((word) => changedText(value, word)));
}

type Builtin = (run: ShellRun, call: Call) => ShellValue;

const declare: Builtin = (run, call) => {
  const names = call.args.filter((arg) => !/^[-+][a-zA-Z]+$/.test(arg.text));
  const printsAll =
    names.length === 0 &&
    (call.name === 'export' || call.args.some((arg) => /^-[a-z]*[px]/.test(arg.text)));
  if (printsAll) return readEnvironment(run, call);
  const exports = call.name === 'export' || call.args.some((arg) => /^-[a-zA-Z]*x/.test(arg.text));
  for (const arg of names) {
    const [written = '', plus] = /^[^=]*?(?=\+?=|$)(\+?)/.exec(arg.text) ?? [];
    const name = written.replace(/\+$/, '');
    const equals = arg.text.indexOf('=');
    if (exports) run.exported.add(name);
    if (equals <= 0) continue;
    const plain = slice(arg, equals + 1);
    const value = arg.members === undefined ? plain : { ...plain, members: arg.members };
    if (call.args.some((arg) => /^-[a-zA-Z]*n/.test(arg.text))) {
      run.references.set(name, value.text);
      continue;
    }
    noteAssignment(run, name, value, call.span);
    const old = run.vars.get(name);
    assignValue(run, name, plus === '+' && old !== undefined ? concat([old, value]) : value);
  }
  return emptyValue;
};

// `. -- FILE`, `eval -- CODE`
function operandsOf({ args }: Call): readonly ShellValue[] {
  return args[0]?.text === '--' ? args.slice(1) : args;
}

const source: Builtin = (run, call) => {
  const [path, ...args] = operandsOf(call);
  if (path === undefined) return emptyValue;
  const own = run.files.get(fileKey(run, path.text));
  const content = own ?? (/^\/dev\/stdin$/.test(path.text) ? call.stdin : undefined);
  if (content !== undefined) return runCode(run, { ...call, args }, content, 'shell');
  const script = ownScript(run, path.text);
  if (script !== undefined) {
    noteCapability(
      run,
      { ...call, api: call.name },
      { kind: 'mount', path: mountPath(run, path.text), mode: 'ro' },
    );
    return runSourced(run, script, args);
  }
  noteStart(run, call.span, path.text, call, 'shell');
  if (!isKnown(path)) noteTrait(run, call, 'code-from-string', 'a file whose name is computed');
  readFileValue(run, call, path);
  return emptyValue;
};

// `. ./lib.sh`, `source "$DIR/lib.sh"`: when the folder is unknown, the only script of that name.
function ownScript(run: ShellRun, path: string): TaintSource | undefined {
  const { texts } = run.context;
  const plain = path.replace(/^(\.\/|\/skills\/@self\/)/, '');
  const exact = texts?.get(plain);
  if (exact !== undefined || texts === undefined)
    return exact?.language === 'shell' ? exact : undefined;
  const ending = plain.slice(plain.lastIndexOf('\0') + 1).replace(/^(\.{0,2}\/)+/, '');
  const near = [...texts.values()].filter(
    (source) =>
      source.language === 'shell' && (source.path === ending || source.path.endsWith(`/${ending}`)),
  );
  return ending === '' || near.length !== 1 ? undefined : near[0];
}

const set: Builtin = (run, call) => {
  if (call.args.length === 0) return readEnvironment(run, call);
  const { operands } = parseSettings(call.args);
  // `set --` alone takes all arguments away.
  if (operands.length === 0 && call.args.at(-1)?.text !== '--') return emptyValue;
  run.args = operands;
  run.sets += 1;
  return emptyValue;
};

const shift: Builtin = (run, call) => {
  if (run.args !== undefined) run.args = run.args.slice(Number(call.args[0]?.text ?? 1) || 1);
  return emptyValue;
};

// `printf -v name format …` prints into a variable.
const print: Builtin = (run, call) => {
  const [option, name, ...rest] = call.args;
  if (option?.text !== '-v' || name === undefined) return say(call);
  const [target = '', key] = /^(\w+)(?:\[([^\]]+)\])?$/.exec(name.text)?.slice(1) ?? [];
  const value = say({ ...call, args: rest });
  if (key === undefined) assignValue(run, target, value);
  else assignMember(run, target, key, value);
  return emptyValue;
};

const table: Readonly<Record<string, Builtin>> = {
  eval: (run, call) =>
    runCode(run, { ...call, args: [] }, joinWith(operandsOf(call), ' '), 'shell'),
  source,
  '.': source,
  export: declare,
  declare,
  typeset: declare,
  local: declare,
  readonly: declare,
  read: readInput,
  mapfile: readInput,
  readarray: readInput,
  set,
  shift,
  printf: print,
  which: (_, call) => programPath(call),
  type: (_, call) => programPath(call),
  env: (run, call) => readEnvironment(run, call),
  printenv: (run, call) => {
    const [name] = call.args.filter((arg) => !arg.text.startsWith('-'));
    if (name === undefined) return readEnvironment(run, call);
    const variable = isKnown(name) ? name.text : '*';
    noteCapability(
      run,
      call,
      { kind: 'env', name: variable },
      variable === '*' ? ['dynamic-name'] : [],
    );
    const step = { span: call.span, note: `reads ${variable}` };
    return unknownValue([rootTaint({ what: 'env', name: variable }, step, call.certainty)]);
  },
  compgen: (run, call) =>
    /^-[ve]/.test(call.args[0]?.text ?? '') ? readEnvironment(run, call) : emptyValue,
  unset: (run, call) => {
    for (const arg of call.args) {
      if (/^HISTFILE$/.test(arg.text)) noteTrait(run, call, 'history-off', 'unset HISTFILE');
      run.vars.delete(arg.text);
    }
    return emptyValue;
  },
  history: (run, call) => {
    if (call.args.some((arg) => /^-[a-z]*c/.test(arg.text)))
      noteTrait(run, call, 'history-off', 'history -c');
    return emptyValue;
  },
  alias: (run, call) => {
    for (const arg of call.args) {
      const equals = arg.text.indexOf('=');
      if (equals > 0) run.aliases.set(arg.text.slice(0, equals), slice(arg, equals + 1));
    }
    return emptyValue;
  },
  trap: (run, call) => {
    const [code] = call.args.filter((arg) => arg.text !== '--');
    if (code === undefined || code.text === '-' || code.text === '' || call.args.length < 2)
      return emptyValue;
    // Its commands are looked up when it runs, which is after the last line.
    const inner = { ...call, args: [] };
    if (run.atEnd.length < shellTrapsMax) run.atEnd.push(() => runCode(run, inner, code, 'shell'));
    return runCode(run, inner, code, 'shell');
  },
  exec: () => emptyValue,
  cd: changeFolder,
  pushd: changeFolder,
  pwd: (run, call) =>
    run.cwd === ''
      ? literalValue('.', call.span.start, true)
      : literalValue(run.cwd, call.span.start, true),
  dirname: (_, call) => pathPart(call, posix.dirname),
  basename: (_, call) => pathPart(call, (path) => posix.basename(path, call.args[1]?.text)),
  realpath: (_, call) => pathPart(call, (path) => path),
  readlink: (_, call) => pathPart(call, (path) => path),
};

/** Whether the name is handled here. */
export function isBuiltin(name: string): boolean {
  return Object.hasOwn(table, name);
}

export function callBuiltin(run: ShellRun, call: Call): ShellValue {
  return table[call.name]?.(run, call) ?? emptyValue;
}

/** `$(which curl)` is curl. */
export function programPath(call: Call): ShellValue {
  const [name] = call.args.filter((arg) => !arg.text.startsWith('-'));
  return name === undefined || !isKnown(name) || !/^[\w.+-]+$/.test(name.text)
    ? unknownValue()
    : changedText(name, `/usr/bin/${name.text}`);
}

function changeFolder(run: ShellRun, call: Call): ShellValue {
  const [to] = call.args.filter((arg) => !/^-[LPe]$/.test(arg.text));
  if (to === undefined) run.cwd = '~';
  else if (!isKnown(to) || to.text === '-' || run.branch > 0)
    run.cwd = isKnown(to) && /^[/~]/.test(to.text) ? to.text : '';
  else
    run.cwd =
      /^[/~]/.test(to.text) || run.cwd === '' ? to.text : posix.normalize(`${run.cwd}/${to.text}`);
  return emptyValue;
}

function pathPart(call: Call, part: (path: string) => string): ShellValue {
  const [path] = call.args.filter((arg) => !arg.text.startsWith('-'));
  if (path === undefined || !isKnown(path)) return unknownValue(path?.taints);
  return literalValue(part(path.text), call.span.start, true);
}
