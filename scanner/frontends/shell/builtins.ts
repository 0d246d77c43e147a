/**
 * Shell builtins that affect later commands: eval, source, cd, export, read, trap, alias, set …
 * (Bash manual §4).
 */
import { posix } from 'node:path';
import type { TaintSource } from '../../fact/source.ts';
import { shellTrapsMax } from '../../limits.ts';
import { noteAssignment } from './assignments.ts';
import type { Call } from './call.ts';
import { noteStart } from './graph.ts';
import { runSourced } from './inner-scripts.ts';
import { runCode } from './programs/code.ts';
import { fileKey, mountPath, readFileValue } from './programs/files.ts';
import { parseSettings } from './programs/shell-arguments.ts';
import { say } from './programs/utilities.ts';
import { readInput } from './read.ts';
import { noteCapability, noteTrait, type ShellRun } from './run.ts';
import {
  changedText,
  concat,
  emptyValue,
  isKnown,
  joinWith,
  literalValue,
  rootTaint,
  type ShellValue,
  slice,
  unknownValue,
} from './value.ts';
import { assignMember, assignValue, readEnvironment } from './variables.ts';

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
