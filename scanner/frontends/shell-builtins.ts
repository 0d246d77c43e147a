/** The shell's own commands that change what follows: eval, source, cd, export, read, trap, alias, set … (Bash manual §4). */
import { posix } from 'node:path';
import type { Call } from './shell-call.ts';
import { runCode } from './shell-code.ts';
import { noteAssignment } from './shell-commands.ts';
import { fileKey, readFileValue } from './shell-files.ts';
import { noteCapability, noteTrait, type ShellRun } from './shell-run.ts';
import { concat, emptyValue, isKnown, literalValue, rootTaint, slice, unknownValue, type Value } from './shell-value.ts';
import { assignValue } from './shell-variables.ts';

type Builtin = (run: ShellRun, call: Call) => Value;

const declare: Builtin = (run, call) => {
  const names = call.args.filter((arg) => !/^[-+][a-zA-Z]+$/.test(arg.text));
  const printsAll = names.length === 0 && (call.name === 'export' || call.args.some((arg) => /^-[a-z]*[px]/.test(arg.text)));
  if (printsAll) return wholeEnvironment(run, call);
  const exports = call.name === 'export' || call.args.some((arg) => /^-[a-zA-Z]*x/.test(arg.text));
  for (const arg of names) {
    const [written = '', plus] = /^[^=]*?(?=\+?=|$)(\+?)/.exec(arg.text) ?? [];
    const name = written.replace(/\+$/, '');
    const equals = arg.text.indexOf('=');
    if (exports) run.exported.add(name);
    if (equals <= 0) continue;
    const plain = slice(arg, equals + 1);
    const value = arg.members === undefined ? plain : { ...plain, members: arg.members };
    if (call.args.some((one) => /^-[a-zA-Z]*n/.test(one.text))) {
      run.references.set(name, value.text);
      continue;
    }
    noteAssignment(run, name, value, call.span);
    const old = run.vars.get(name);
    assignValue(run, name, plus === '+' && old !== undefined ? concat([old, value]) : value);
  }
  return emptyValue;
};

const source: Builtin = (run, call) => {
  const [path] = call.args;
  if (path === undefined) return emptyValue;
  const own = run.files.get(fileKey(run, path.text));
  const content = own ?? (/^\/dev\/stdin$/.test(path.text) ? call.stdin : undefined);
  if (content !== undefined) return runCode(run, call, content, 'shell');
  if (!isKnown(path)) noteTrait(run, call, 'code-from-string', 'a file whose name is computed');
  readFileValue(run, call, path);
  return emptyValue;
};

const read: Builtin = (run, call) => {
  const typed = rootTaint({ what: 'input', name: 'stdin' }, { span: call.span, note: 'read reads its input' });
  const isPiped = call.stdin !== emptyValue;
  for (const arg of call.args) {
    if (/^[A-Za-z_]\w*$/.test(arg.text))
      run.vars.set(arg.text, isPiped ? unknownValue(call.stdin.taints) : unknownValue([typed]));
  }
  return emptyValue;
};

const table: Readonly<Record<string, Builtin>> = {
  eval: (run, call) => runCode(run, call, joinWords(call.args), 'shell'),
  source,
  '.': source,
  export: declare,
  declare,
  typeset: declare,
  local: declare,
  readonly: declare,
  read,
  mapfile: read,
  readarray: read,
  set: (run, call) => (call.args.length === 0 ? wholeEnvironment(run, call) : emptyValue),
  env: (run, call) => wholeEnvironment(run, call),
  printenv: (run, call) => {
    const [name] = call.args.filter((arg) => !arg.text.startsWith('-'));
    if (name === undefined) return wholeEnvironment(run, call);
    const variable = isKnown(name) ? name.text : '*';
    noteCapability(run, call, { kind: 'env', name: variable }, variable === '*' ? ['dynamic-name'] : []);
    const step = { span: call.span, note: `reads ${variable}` };
    return unknownValue([rootTaint({ what: 'env', name: variable }, step, call.certainty)]);
  },
  compgen: (run, call) => (/^-[ve]/.test(call.args[0]?.text ?? '') ? wholeEnvironment(run, call) : emptyValue),
  unset: (run, call) => {
    for (const arg of call.args) {
      if (/^HISTFILE$/.test(arg.text)) noteTrait(run, call, 'history-off', 'unset HISTFILE');
      run.vars.delete(arg.text);
    }
    return emptyValue;
  },
  history: (run, call) => {
    if (call.args.some((arg) => /^-[a-z]*c/.test(arg.text))) noteTrait(run, call, 'history-off', 'history -c');
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
    return code === undefined || code.text === '-' || code.text === '' || call.args.length < 2
      ? emptyValue
      : runCode(run, call, code, 'shell');
  },
  exec: () => emptyValue,
  cd: changeFolder,
  pushd: changeFolder,
  pwd: (run, call) => (run.cwd === '' ? literalValue('.', call.span.start, true) : literalValue(run.cwd, call.span.start, true)),
  dirname: (_, call) => pathPart(call, posix.dirname),
  basename: (_, call) => pathPart(call, (path) => posix.basename(path, call.args[1]?.text)),
  realpath: (_, call) => pathPart(call, (path) => path),
  readlink: (_, call) => pathPart(call, (path) => path),
};

/** Whether the name is handled here. */
export function isBuiltin(name: string): boolean {
  return Object.hasOwn(table, name);
}

export function callBuiltin(run: ShellRun, call: Call): Value {
  return table[call.name]?.(run, call) ?? emptyValue;
}

function changeFolder(run: ShellRun, call: Call): Value {
  const [to] = call.args.filter((arg) => !/^-[LPe]$/.test(arg.text));
  if (to === undefined) run.cwd = '~';
  else if (!isKnown(to) || to.text === '-' || run.branch > 0) run.cwd = isKnown(to) && /^[/~]/.test(to.text) ? to.text : '';
  else run.cwd = /^[/~]/.test(to.text) || run.cwd === '' ? to.text : posix.normalize(`${run.cwd}/${to.text}`);
  return emptyValue;
}

function wholeEnvironment(run: ShellRun, call: Call): Value {
  noteCapability(run, call, { kind: 'env', name: '*' }, ['whole-env']);
  const step = { span: call.span, note: `${call.name} gives every variable` };
  return unknownValue([rootTaint({ what: 'whole-env', name: '*' }, step, call.certainty)]);
}

function pathPart(call: Call, part: (path: string) => string): Value {
  const [path] = call.args.filter((arg) => !arg.text.startsWith('-'));
  if (path === undefined || !isKnown(path)) return unknownValue(path?.taints);
  return literalValue(part(path.text), call.span.start, true);
}

/** Words as eval and echo join them. */
export function joinWords(values: readonly Value[]): Value {
  return concat(values.flatMap((value, index) => (index === 0 ? [value] : [{ ...emptyValue, text: ' ' }, value])));
}
