/** Scripts inside a script: bodies of functions, substitutions, sourced files. */
import { type ParsedScript, parse, type Statement } from 'unbash';
import type { TaintSource } from '../../fact/source.ts';
import { StepsUsedUp } from '../../fact/steps.ts';
import { type ShellFunction, type ShellRun, spanOf } from './run.ts';
import { concat, emptyValue, type ShellValue, textsOf, unknownValue } from './value.ts';

const shellCallDepthMax = 12;

/**
 * Iterations that a loop of unknown length is followed through. A value that still changes then
 * counts as computed.
 */
const shellRepeatsMax = 8;

/** Follows statements; returns their output. */
export function runStatements(run: ShellRun, statements: readonly Statement[]): ShellValue {
  return concat(statements.map((statement) => run.runNode(run, statement.command)));
}

/**
 * Follows the script of a substitution. Its assignments stay: their values may still be useful to
 * an attacker. The arguments that it sets do not, for they would hide those of the script around.
 */
export function runSubstitution(
  run: ShellRun,
  script: ParsedScript,
  at: { readonly pos: number; readonly end: number },
): ShellValue {
  if (run.depth >= shellCallDepthMax * 2) return unknownValue();
  const outer = run.map;
  // Offsets inside escaped backticks count in their own decoded text.
  if (script.source !== undefined) run.map = [{ at: 0, raw: spanOf(run, at).start, fixed: true }];
  run.depth += 1;
  try {
    return withArguments(run, [], false, () => runStatements(run, script.commands));
  } finally {
    run.depth -= 1;
    run.map = outer;
  }
}

/**
 * Follows code with arguments of its own. Without any, the code has those of the script around it.
 * @param stays whether the code runs in the same shell, so that what `set --` sets there stays
 */
export function withArguments(
  run: ShellRun,
  args: readonly ShellValue[],
  stays: boolean,
  follow: () => ShellValue,
): ShellValue {
  const { args: outer, sets } = run;
  if (args.length > 0) run.args = args;
  try {
    return follow();
  } finally {
    // `shift` changes arguments of the code alone.
    const isSet = run.sets !== sets && run.args !== args;
    if (!stays || (args.length > 0 && !isSet)) {
      run.args = outer;
      run.sets = sets;
    }
  }
}

/**
 * Follows another script of the skill as if it were written here: its definitions stay. Without
 * arguments the script has those of the script around it.
 */
export function runSourced(
  run: ShellRun,
  other: TaintSource,
  args: readonly ShellValue[],
): ShellValue {
  const { map, source, sourced } = run;
  const given = args.length > 0 ? args : run.args;
  // With the same arguments, once is enough: the definitions stay.
  const before = sourced.get(other.path);
  if (before !== undefined && before.args === given) return emptyValue;
  const times = (before?.times ?? 0) + 1;
  if (times > sourcedMax)
    throw new StepsUsedUp(
      `${other.path} is sourced over ${sourcedMax} times; source it once, and call a function of it`,
    );
  // No function has a blank in its name.
  const name = `. ${other.path}`;
  if (run.calling.has(name)) run.recursive.set(name, { args: given });
  if (run.depth >= shellCallDepthMax || run.calling.has(name)) return emptyValue;
  run.context.steps.take(1 + (other.text.length >> 6));
  sourced.set(other.path, { args: given, times });
  run.calling.add(name);
  run.source = other;
  run.map = undefined;
  run.depth += 1;
  run.recursive.delete(name);
  const { commands } = parsedOf(other);
  try {
    const output = withArguments(run, args, true, () => runStatements(run, commands));
    // A script that sources itself is a loop.
    if (run.recursive.has(name))
      repeat(run, () => {
        const again = run.recursive.get(name)?.args ?? [];
        inBranch(run, () => withArguments(run, again, true, () => runStatements(run, commands)));
      });
    return output;
  } finally {
    run.calling.delete(name);
    run.depth -= 1;
    run.source = source;
    run.map = map;
  }
}

/** Scripts that source one another several times have an exponential number of ways. */
const sourcedMax = 256;

// A script may be sourced many times.
const parsed = new WeakMap<TaintSource, ParsedScript>();

function parsedOf(source: TaintSource): ParsedScript {
  const script = parsed.get(source) ?? parse(source.text.replace(/\r(?=\n|$)/g, ' '));
  parsed.set(source, script);
  return script;
}

/** Calls a function of the script; unknown arguments may be any. */
export function callFunction(
  run: ShellRun,
  name: string,
  shellFunction: ShellFunction,
  args: readonly ShellValue[] | undefined,
): ShellValue {
  run.called.add(name);
  if (run.calling.has(name)) run.recursive.set(name, { args });
  if (run.depth >= shellCallDepthMax || run.calling.has(name)) return unknownValue();
  run.calling.add(name);
  const { map, source } = run;
  const { args: outer, sets } = run;
  run.args = args;
  run.map = shellFunction.map;
  run.source = shellFunction.source;
  run.depth += 1;
  run.recursive.delete(name);
  try {
    const output = run.runNode(run, shellFunction.node.body);
    // A function that calls itself is a loop.
    if (run.recursive.has(name))
      repeat(run, () => {
        run.args = run.recursive.get(name)?.args;
        inBranch(run, () => run.runNode(run, shellFunction.node.body));
      });
    return output;
  } finally {
    run.calling.delete(name);
    run.depth -= 1;
    run.map = map;
    run.source = source;
    run.args = outer;
    run.sets = sets;
  }
}

export function inBranch(run: ShellRun, body: () => ShellValue): ShellValue {
  run.branch += 1;
  try {
    return body();
  } finally {
    run.branch -= 1;
  }
}

// Rounds of a loop, followed until they change nothing: a later round may run the value that an
// earlier round assigned.

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
