/**
 * Rounds of a loop, followed until they change nothing: a later round may run the value that an
 * earlier round assigned.
 */
import { shellRepeatsMax } from '../../limits.ts';
import type { ShellFunction, ShellRun } from './run.ts';
import { type ShellValue, textsOf, unknownValue } from './value.ts';

interface State {
  readonly vars: ReadonlyMap<string, ShellValue>;
  readonly args: readonly ShellValue[] | undefined;
  readonly functions: ReadonlyMap<string, ShellFunction>;
}

/** The state that a round can change for the next. */
export function stateOf({ vars, args, functions, context }: ShellRun): State {
  // Loops inside loops take a copy for each round of each.
  context.steps.take(vars.size + functions.size);
  return { vars: new Map(vars), args, functions: new Map(functions) };
}

export function isSameState(before: State, after: State): boolean {
  const { args = [] } = after;
  return (
    [...after.vars].every(([name, value]) => isSameValue(before.vars.get(name), value)) &&
    args.length === (before.args ?? []).length &&
    args.every((value, at) => isSameValue(before.args?.[at], value)) &&
    [...after.functions].every(([name, { node }]) => before.functions.get(name)?.node === node)
  );
}

// A counter never becomes stable; alone it brings no new text into a later round.
function isSameValue(before: ShellValue | undefined, after: ShellValue): boolean {
  if (before === undefined) return false;
  if (before === after) return true;
  return isNumber(after)
    ? isNumber(before)
    : textsOf(before).join('\n') === textsOf(after).join('\n');
}

/** Makes counters unknown, each of which may become the index of any item of an array. */
export function countAnything(run: ShellRun, before: State, after: State): boolean {
  const hasArray = [...after.vars.values()].some(({ members }) => (members?.size ?? 0) > 1);
  const counters = [...after.vars].filter(([name, value]) => {
    const old = before.vars.get(name);
    return hasArray && old !== undefined && isNumber(value) && old.text !== value.text;
  });
  for (const [name] of counters) run.vars.set(name, unknownValue());
  return counters.length > 0;
}

function isNumber(value: ShellValue): boolean {
  return textsOf(value).every((text) => /^-?\d+$/.test(text));
}

/**
 * Follows further rounds. Where values never become stable, an assigned value may be any code.
 * Inside these rounds each loop is followed once.
 */
export function repeat(run: ShellRun, round: () => void): void {
  if (run.isRepeating) return;
  run.isRepeating = true;
  try {
    for (let count = 0; count < shellRepeatsMax; count++) {
      const before = stateOf(run);
      round();
      const after = stateOf(run);
      if (!isSameState(before, after)) continue;
      if (countAnything(run, before, after)) round();
      return;
    }
    const before = stateOf(run);
    round();
    for (const [name, value] of run.vars)
      if (before.vars.get(name) !== value) run.vars.set(name, { ...value, isCut: true });
    run.args =
      run.args === before.args ? run.args : run.args?.map((value) => ({ ...value, isCut: true }));
    round();
  } finally {
    run.isRepeating = false;
  }
}
