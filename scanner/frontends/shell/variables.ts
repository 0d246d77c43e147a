/**
 * Variables of a script: reads, writes, members. A variable that the script does not set comes from
 * the environment.
 */
import { own } from '../../lookup-tables/api.ts';
import { observingVariables } from '../../lookup-tables/observations.ts';
import { shellVariables } from '../../lookup-tables/shell.ts';
import { type Noting, noteCapability, type ShellRun, spanOf } from './run.ts';
import {
  either,
  joinTaints,
  joinWith,
  literalValue,
  rootTaint,
  type ShellValue,
  unknownValue,
} from './value.ts';

export const shellArrayItemsMax = 256;

/** The value of a variable. */
export function readVariable(
  run: ShellRun,
  given: string,
  at: { readonly pos: number; readonly end: number },
): ShellValue {
  const name = targetName(run, given);
  const known = run.vars.get(name);
  if (known !== undefined) {
    if (known.members === undefined) return { ...known, folded: true };
    return { ...(known.members.get('0') ?? known), members: known.members, folded: true };
  }
  const span = spanOf(run, at);
  if (/^(\d+|[@*])$/.test(name)) {
    if (name === '0') return ownPath(run);
    const given = /^\d/.test(name) ? run.args?.[Number(name) - 1] : run.args && listValue(run.args);
    if (given !== undefined) return { ...given, folded: true };
    return unknownValue([
      rootTaint({ what: 'input', name: `$${name}` }, { span, note: 'argument of the script' }),
    ]);
  }
  if (name === 'HOME') return literalValue('~', span.start, true);
  if (name === 'IFS') return literalValue(' ', span.start, true);
  if (name === 'PWD')
    return run.cwd === ''
      ? literalValue('.', span.start, true)
      : literalValue(run.cwd, span.start, true);
  if (name === 'TMPDIR') return literalValue('/tmp', span.start, true);
  if (name === 'BASH_SOURCE') return ownPath(run);
  // `${SHELL:0:1}`, `${PATH:0:1}`: the first letter is always a slash.
  if (name === 'SHELL')
    return {
      ...unknownValue(),
      text: '/bin/bash',
      folded: true,
      map: [{ at: 0, raw: span.start, fixed: true }],
    };
  const told = own(observingVariables, name);
  if (told !== undefined && shellVariables.has(name))
    return unknownValue([
      rootTaint({ what: 'observed', name: told }, { span, note: `tells the ${told}` }),
    ]);
  if (shellVariables.has(name) || !/^[A-Za-z_]\w*$/.test(name)) return unknownValue();
  noteCapability(run, { span, api: `$${name}`, certainty: 'exact' }, { kind: 'env', name });
  return unknownValue([rootTaint({ what: 'env', name }, { span, note: `reads ${name}` })]);
}

/** Whether a name stands for all arguments. fish and zsh have `$argv` for `$@`. */
export function isArguments(run: ShellRun, name: string): boolean {
  return /^[@*]$/.test(name) || (name === 'argv' && !run.vars.has(name));
}

/** The values of all variables of the environment, which a command gives. */
export function readEnvironment(
  run: ShellRun,
  call: Noting & { readonly name: string },
): ShellValue {
  noteCapability(run, call, { kind: 'env', name: '*' }, ['whole-env']);
  const step = { span: call.span, note: `${call.name} gives every variable` };
  return unknownValue([rootTaint({ what: 'whole-env', name: '*' }, step, call.certainty)]);
}

/** Sets a variable. In a branch, the old value stays possible. */
export function assignValue(run: ShellRun, given: string, value: ShellValue): void {
  const name = targetName(run, given);
  const old = run.vars.get(name);
  if (run.branch === 0 || old === undefined || old.text === '') {
    run.vars.set(name, value);
    return;
  }
  // Every text of both values is compared with the others.
  for (const text of [...value.others, ...old.others]) run.context.steps.take(text.length >> 6);
  run.vars.set(name, either(value, old));
}

/** Sets one element of an array. */
export function assignMember(
  run: ShellRun,
  given: string,
  key: string | undefined,
  value: ShellValue,
): void {
  const name = targetName(run, given);
  const old = run.vars.get(name);
  const members = new Map(
    old?.members ?? (old === undefined || old.text === '' ? [] : [['0', old] as const]),
  );
  // An unknown element may be any.
  if (key === undefined) for (const [at, item] of members) members.set(at, either(item, value));
  members.set(key ?? `${members.size}`, value);
  run.vars.set(name, arrayOf([...members]));
}

/** An array as a value; its text is all of it. */
export function arrayOf(entries: readonly (readonly [string, ShellValue])[]): ShellValue {
  const sorted = entries.every(([key]) => /^\d{1,9}$/.test(key))
    ? [...entries].sort(([a], [b]) => Number(a) - Number(b))
    : entries;
  const kept = sorted.slice(0, shellArrayItemsMax);
  const left = sorted.slice(shellArrayItemsMax).map(([, value]) => value);
  const members = new Map(kept);
  // What else the array holds is any text.
  if (left.length > 0) members.set(`${shellArrayItemsMax}`, unknownValue(joinTaints(left)));
  return { ...joinWith([...members.values()], ' '), members };
}

/** Words as an array, from 0. */
export function listValue(words: readonly ShellValue[]): ShellValue {
  return arrayOf(words.map((word, index) => [`${index}`, word]));
}

/** The variable that a name stands for: `declare -n` makes one name stand for another. */
export function targetName(run: ShellRun, name: string): string {
  let at = name;
  for (let hop = 0; hop < 8; hop++) at = run.references.get(at) ?? at;
  return at;
}

function ownPath(run: ShellRun): ShellValue {
  const { file, depth } = run.source;
  return depth === 0 && run.context.files.has(file)
    ? literalValue(`/skills/@self/${file}`, 0, true)
    : unknownValue();
}
