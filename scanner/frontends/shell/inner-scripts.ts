/** Scripts inside a script: bodies of functions, substitutions, sourced files. */
import { type ParsedScript, parse, type Statement } from 'unbash';
import type { TaintSource } from '../../fact/source.ts';
import { shellCallDepthMax } from '../../limits.ts';
import { repeat } from './rounds.ts';
import { type ShellFunction, type ShellRun, spanOf } from './run.ts';
import { concat, emptyValue, type ShellValue, unknownValue } from './value.ts';

/** Follows statements; returns their output. */
export function runStatements(run: ShellRun, statements: readonly Statement[]): ShellValue {
  return concat(statements.map((statement) => run.runNode(run, statement.command)));
}

/**
 * Follows the script of a substitution. Its assignments stay: their values may still be useful to
 * an attacker.
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
    return runStatements(run, script.commands);
  } finally {
    run.depth -= 1;
    run.map = outer;
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
  // Once is enough: its definitions stay.
  if (other.path === run.root || run.sourcing.has(other.path) || run.depth >= shellCallDepthMax)
    return emptyValue;
  const { map, source, args: outer } = run;
  run.context.steps.take(1 + (other.text.length >> 6));
  run.sourcing.add(other.path);
  if (args.length > 0) run.args = args;
  run.source = other;
  run.map = undefined;
  run.depth += 1;
  try {
    return runStatements(run, parse(other.text.replace(/\r(?=\n|$)/g, ' ')).commands);
  } finally {
    run.depth -= 1;
    run.source = source;
    run.map = map;
    // What the script sets with `set --` stays.
    if (args.length > 0 && run.args === args) run.args = outer;
  }
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
  const { args: outer } = run;
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
