/**
 * Shell builtins that affect later commands: eval, source, cd, export, read, trap, alias, set …
 * (Bash manual §4).
 */

import { posix } from 'node:path';
import type { ApiCall } from '../../engine/effects/effects.ts';
import { concat, dataOf, either, textValue, unknown, type Value } from '../../engine/value.ts';
import { present } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { steeringVariables } from '../../lookup-tables/shell.ts';
import { optionValues, parseArguments, parseSettings } from './arguments.ts';
import { bare, runCode, runSourced } from './code.ts';
import { fieldsOf, keyOf, separatorsIn } from './expansions.ts';
import { say } from './programs/printed.ts';
import { named, type Shell, type ShellCommand } from './shell-state.ts';
import {
  arrayItemsMax,
  arrayValue,
  changed,
  empty,
  isKnown,
  itemsIn,
  joined,
  membersOf,
  nodes,
  shown,
  slice,
  textsIn,
} from './values.ts';
import {
  appended,
  argumentsIn,
  environmentValue,
  setArguments,
  setMember,
  setVariable,
  wholeEnvironment,
} from './variables.ts';

const trapsMax = 16;

// Assignments: values, arrays, items; and variables with an effect of their own.

/** `name=value`, `name[key]=value` */
export function set(shell: Shell, call: ApiCall): Value {
  const [name, value = empty, key] = call.args;
  noteAssignment(shell, call, shown(name), value);
  if (key !== undefined) setMember(shell, shown(name), keyOf(shell, key), value);
  else setVariable(shell, shown(name), value);
  return empty;
}

/** `name+=value` */
export function append(shell: Shell, call: ApiCall): Value {
  const [name, value = empty, key] = call.args;
  const old = key === undefined ? shell.get(shown(name)) : undefined;
  const size = old === undefined ? 0 : (membersOf(old)?.size ?? 0);
  shell.take(size * 4);
  // A list with the greatest number of kept items takes no more.
  if (size > arrayItemsMax) return empty;
  const whole = appended(old, value) ?? concat([old ?? empty, value]);
  return set(shell, { ...call, args: [name ?? empty, whole, ...present(key)] });
}

/** `(a b)`, `([x]=a [y]=b)` */
export function array(_: Shell, { args, spread }: ApiCall): Value {
  const entries = [...args, ...spread.flatMap(itemsIn)].map((word, index) => {
    const keyed = /^\[([^\]]{1,80})\]=/.exec(shown(word));
    return keyed === null
      ? ([`${index}`, word] as const)
      : ([keyed[1] ?? '', slice(word, keyed[0].length)] as const);
  });
  return arrayValue(entries);
}

/** `export NAME=value`: the value is an array, or the text of the whole word. */
export function assignment(_: Shell, { args: [name = empty, value = empty] }: ApiCall): Value {
  const word = concat([name, membersOf(value) === undefined ? value : empty]);
  return { ...word, things: value.things };
}

// Variables that hold a command line, which the shell or git runs.
const commandVariables =
  /^(PROMPT_COMMAND|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_PROXY_COMMAND|LESSOPEN|LESSCLOSE)$/;

/**
 * Notes variables that change the behaviour of other programs. Code that the shell itself runs from
 * a variable is followed.
 */
export function noteAssignment(
  shell: Shell,
  { at: place, frame }: Pick<ApiCall, 'at' | 'frame'>,
  name: string,
  value: Value,
): void {
  const at = named(place, name);
  const text = shown(value);
  const command: ShellCommand = {
    shell,
    frame,
    at,
    name,
    word: textValue(name),
    args: [],
    input: shell.input,
    env: [],
    depth: 0,
  };
  if (commandVariables.test(name) && text !== '') runCode(command, value, 'shell');
  if (/^PS[0-4]$/.test(name) && /\$\(|`/.test(text))
    runCode(command, concat([textValue(': "'), value, textValue('"')]), 'shell');
  if (steeringVariables.test(name)) shell.trait(at, 'env-write', text);
  if (/^(HISTFILE|HISTSIZE|HISTFILESIZE)$/.test(name) && /^(|0|\/dev\/null)$/.test(text))
    shell.trait(at, 'history-off', text);
}

// `read` and `mapfile`: input becomes variables (Bash manual §4.2).

const readOptions = new Set('a d i n N p t u'.split(' '));
const mapOptions = new Set('d n O s u C c'.split(' '));

function readInput(command: ShellCommand): Value {
  const { shell, name, at } = command;
  const isRead = name === 'read';
  const args = parseArguments(command.args, isRead ? readOptions : mapOptions);
  const [descriptor] = optionValues(args, ['u']);
  const input =
    descriptor === undefined ? command.input : (shell.get(`input ${shown(descriptor)}`) ?? empty);
  const typed = { what: 'input', name: 'stdin' } as const;
  const value = input === empty ? shell.source(at, typed, 'read reads its input') : input;
  const [list] = isRead ? optionValues(args, ['a']) : args.operands.slice(-1);
  if (list !== undefined) setVariable(shell, shown(list), linesIn(shell, isRead, value));
  else if (!isRead) setVariable(shell, 'MAPFILE', linesIn(shell, isRead, value));
  else setNames(shell, args.operands, value);
  return empty;
}

function setNames(shell: Shell, operands: readonly Value[], value: Value): void {
  const names = operands.map(shown).filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const all = names.length === 0 ? ['REPLY'] : names;
  const lines = textsIn(value).flatMap((text) =>
    text.split('\n').filter((line, at) => at === 0 || line !== ''),
  );
  const any = { ...dataOf(nodes(value)), isDecoded: value.isDecoded };
  all.forEach((name, at) => {
    const read = lines
      .slice(0, arrayItemsMax)
      .map((line) =>
        line.includes(unknownPart) ? any : changed(value, fieldOf(shell, line, at, all.length)),
      );
    const isMore = lines.length > arrayItemsMax || read.length === 0;
    setVariable(shell, name, either([...read, ...(isMore ? [any] : [])]));
  });
}

// The last name gets the rest of the line.
function fieldOf(shell: Shell, line: string, at: number, count: number): string {
  const separators = separatorsIn(shell);
  const fields = fieldsOf(line, separators);
  if (at < count - 1) return fields[at] ?? '';
  return at === 0 ? line.trim() : fields.slice(at).join([...separators][0] ?? ' ');
}

function linesIn(shell: Shell, isRead: boolean, value: Value): Value {
  if (!isKnown(value)) return arrayValue([['0', value]]);
  const text = shown(value);
  const items = isRead
    ? fieldsOf(text.split('\n')[0] ?? '', separatorsIn(shell))
    : text.replace(/\n$/, '').split('\n');
  return arrayValue(items.map((item, index) => [`${index}`, changed(value, item)]));
}

type Builtin = (command: ShellCommand) => Value;

const declare: Builtin = (command) => {
  const { shell, name: by, at, args } = command;
  const names = args.filter((arg) => !/^[-+][a-zA-Z]+$/.test(shown(arg)));
  const has = (option: RegExp): boolean => args.some((arg) => option.test(shown(arg)));
  if (names.length === 0 && (by === 'export' || has(/^-[a-z]*[px]/)))
    return wholeEnvironment(shell, at);
  const exports = by === 'export' || has(/^-[a-zA-Z]*x/);
  for (const arg of names) {
    const [, name = '', plus, equals] = /^([^=]*?)(\+?)(=|$)/s.exec(shown(arg)) ?? [];
    if (exports) shell.set(`export ${name}`, empty);
    const isLocal = /^(local|declare|typeset)$/.test(by) && !has(/^-[a-zA-Z]*g/);
    if (isLocal && shell.locals?.has(name) === false) shell.locals.set(name, shell.get(name));
    if (equals !== '=' || name === '') continue;
    const text = slice(
      { ...arg, things: [], isOpen: false },
      name.length + (plus ?? '').length + 1,
    );
    const value = arg.things.length > 0 ? { ...arg, texts: [], isOpen: false } : text;
    if (has(/^-[a-zA-Z]*n/)) {
      shell.set(`reference ${name}`, value);
      continue;
    }
    noteAssignment(shell, command, name, value);
    const old = plus === '+' ? shell.get(name) : undefined;
    setVariable(shell, name, old === undefined ? value : concat([old, value]));
  }
  return empty;
};

// `. -- FILE`, `eval -- CODE`
function operandsOf({ args }: ShellCommand): readonly Value[] {
  return shown(args[0]) === '--' ? args.slice(1) : args;
}

const source: Builtin = (command) => {
  const { shell, at, input, name } = command;
  const [path, ...args] = operandsOf(command);
  if (path === undefined) return empty;
  const text = shown(path);
  const content = shell.written(text) ?? (text === '/dev/stdin' ? input : undefined);
  if (content !== undefined) return runCode({ ...command, args }, content, 'shell');
  const script = ownScript(shell, text);
  if (script !== undefined) {
    const capability = { kind: 'mount', path: shell.mountPath(text), mode: 'ro' } as const;
    shell.notes.capability(named(at, name), capability);
    return runSourced(command, script, args);
  }
  shell.start(command, text, 'shell');
  if (!isKnown(path)) shell.trait(at, 'code-from-string', 'a file whose name is computed');
  shell.read(at, path);
  return empty;
};

// `. ./lib.sh`, `source "$DIR/lib.sh"`: when the folder is unknown, the only script of that name.
function ownScript({ engine }: Shell, path: string): TaintSource | undefined {
  const { texts } = engine.context;
  const plain = path.replace(/^(\.\/|\/skills\/@self\/)/, '');
  const exact = texts?.get(plain);
  if (exact !== undefined || texts === undefined)
    return exact?.language === 'shell' ? exact : undefined;
  const ending = plain.slice(plain.lastIndexOf('\0') + 1).replace(/^(\.{0,2}\/)+/, '');
  const near = [...texts.values()].filter(
    (one) => one.language === 'shell' && (one.path === ending || one.path.endsWith(`/${ending}`)),
  );
  return ending === '' || near.length !== 1 ? undefined : near[0];
}

const setOptions: Builtin = ({ shell, at, args }) => {
  if (args.length === 0) return wholeEnvironment(shell, at);
  const { operands } = parseSettings(args);
  // `set --` alone takes all arguments away.
  if (operands.length === 0 && shown(args.at(-1)) !== '--') return empty;
  setArguments(shell, operands);
  shell.set('arguments set', dataOf([]));
  shell.set('arguments set', textValue(`${at.place.start}`));
  return empty;
};

const shift: Builtin = ({ shell, args }) => {
  const given = argumentsIn(shell);
  if (given === undefined) return empty;
  const count = args[0] === undefined ? 1 : Number(shown(args[0]));
  const left = given.slice(count || 0);
  // A loop is not followed to the last of many: each is then any of them. So it is where nobody
  // knows how many go.
  const isMany = Number.isNaN(count) || (shell.engine.isRepeating && left.length > shiftsMax);
  const any = isMany ? either(left) : empty;
  setArguments(shell, isMany ? left.map(() => any) : left);
  return empty;
};

const shiftsMax = 6;

// `printf -v name format …` prints into a variable.
const print: Builtin = (command) => {
  const { shell, args } = command;
  const [option, name, ...rest] = args;
  if (shown(option) !== '-v' || name === undefined) return say(command);
  const [target = '', key] = /^(\w+)(?:\[([^\]]+)\])?$/.exec(shown(name))?.slice(1) ?? [];
  const value = say({ ...command, args: rest });
  if (key === undefined) setVariable(shell, target, value);
  else setMember(shell, target, key, value);
  return empty;
};

const evaluate: Builtin = (command) =>
  runCode(bare(command), joined(operandsOf(command), ' '), 'shell');

const trap: Builtin = (command) => {
  const { shell, args } = command;
  const [code] = args.filter((arg) => shown(arg) !== '--');
  if (code === undefined || /^-?$/.test(shown(code)) || args.length < 2) return empty;
  // Its commands are looked up when it runs, which is after the last line.
  const run = (): Value => runCode(bare(command), code, 'shell');
  if (shell.atEnd.length < trapsMax) shell.atEnd.push(run);
  return either(shell.engine.branches([run], command.frame, false));
};

const printVariable: Builtin = ({ shell, at, args }) => {
  const [name] = args.filter((arg) => !shown(arg).startsWith('-'));
  if (name === undefined) return wholeEnvironment(shell, at);
  return environmentValue(shell, isKnown(name) ? shown(name) : '*', at);
};

const unset: Builtin = ({ shell, at, args }) => {
  const names = args.map(shown);
  if (!args.every(isKnown)) shell.loseFunctions();
  for (const name of names) {
    if (name === 'HISTFILE') shell.trait(at, 'history-off', 'unset HISTFILE');
    if (!names.includes('-f') && shell.get(name) !== undefined) shell.unset(name);
    else if (shell.get(`function ${name}`)) shell.set(`function ${name}`, unknown);
  }
  return empty;
};

const alias: Builtin = ({ shell, args }) => {
  for (const arg of args) {
    const equals = shown(arg).indexOf('=');
    if (equals > 0) shell.set(`alias ${shown(arg).slice(0, equals)}`, slice(arg, equals + 1));
  }
  return empty;
};

const history: Builtin = ({ shell, at, args }) => {
  if (args.some((arg) => /^-[a-z]*c/.test(shown(arg))))
    shell.trait(at, 'history-off', 'history -c');
  return empty;
};

const changeFolder: Builtin = ({ shell, args }) => {
  const [to] = args.filter((arg) => !/^-[LPe]$/.test(shown(arg)));
  const text = shown(to);
  const { folder } = shell;
  const isSure = shell.engine.uncertain === 0;
  const become = (path: string): void => shell.set('working folder', textValue(path));
  if (to === undefined) become('~');
  else if (!isKnown(to) || text === '-' || !isSure)
    become(isKnown(to) && /^[/~]/.test(text) ? text : '');
  else become(/^[/~]/.test(text) || folder === '' ? text : posix.normalize(`${folder}/${text}`));
  return empty;
};

const pathPart =
  (part: (path: string, command: ShellCommand) => string): Builtin =>
  (command) => {
    const [path] = command.args.filter((arg) => !shown(arg).startsWith('-'));
    if (path === undefined || !isKnown(path))
      return path === undefined ? unknown : dataOf(nodes(path));
    return { ...textValue(part(shown(path), command)), isFolded: true };
  };

/** `$(which curl)` is curl. */
export const programPath: Builtin = ({ args }) => {
  const [name] = args.filter((arg) => !shown(arg).startsWith('-'));
  return name === undefined || !isKnown(name) || !/^[\w.+-]+$/.test(shown(name))
    ? unknown
    : changed(name, `/usr/bin/${shown(name)}`);
};

/** What the shell itself does. */
export const builtins: Readonly<Record<string, Builtin>> = {
  eval: evaluate,
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
  set: setOptions,
  shift,
  printf: print,
  which: programPath,
  type: programPath,
  env: ({ shell, at }) => wholeEnvironment(shell, at),
  printenv: printVariable,
  compgen: ({ shell, at, args }) =>
    /^-[ve]/.test(shown(args[0])) ? wholeEnvironment(shell, at) : empty,
  unset,
  history,
  alias,
  trap,
  exec: () => empty,
  cd: changeFolder,
  pushd: changeFolder,
  pwd: ({ shell }) => textValue(shell.folder === '' ? '.' : shell.folder),
  dirname: pathPart((path) => posix.dirname(path)),
  basename: pathPart((path, { args }) =>
    posix.basename(path, args[1] === undefined ? undefined : shown(args[1])),
  ),
  realpath: pathPart((path) => path),
  readlink: pathPart((path) => path),
};
