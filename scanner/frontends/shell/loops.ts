/**
 * Loops. Loops over known words or numbers are followed round by round, others once, for any round.
 */
import type { ArithmeticExpression, ArithmeticFor, CompoundList, For, Select } from 'unbash';
import { shellRoundsMax, shellRoundsOfLoopMax } from '../../limits.ts';
import { evaluate } from './arithmetic.ts';
import type { ShellRun } from './run.ts';
import { concat, either, isKnown, type ShellValue, unknownValue } from './value.ts';
import { readVariable } from './variables.ts';
import { foldWords } from './words.ts';

export interface Bodies {
  /** Follows a body that is run. */
  readonly run: (body: CompoundList) => ShellValue;
  /** Follows a body that may be run. */
  readonly mayRun: (body: CompoundList) => ShellValue;
}

/** `for x in a b c`: scripts build strings round by round. */
export function runLoop(
  run: ShellRun,
  { name, wordlist, body }: For | Select,
  bodies: Bodies,
): ShellValue {
  const words = wordlist?.flatMap((word) => foldWords(run, word)) ?? [
    ...(run.args ?? [readVariable(run, '@', name)]),
  ];
  const isExact =
    words.every((word) => isKnown(word) && word.others.length === 0) &&
    takeRounds(run, words.length);
  if (isExact && words.length > 0) {
    const rounds = words.map((word) => {
      run.vars.set(name.text, word);
      return bodies.run(body);
    });
    // A pattern stands for any number of names.
    if (words.some(({ text }) => /[*?[]/.test(text))) bodies.mayRun(body);
    return concat(rounds);
  }
  const [first, ...rest] = words;
  run.vars.set(name.text, first === undefined ? unknownValue() : rest.reduce(either, first));
  return bodies.mayRun(body);
}

/** `for ((i = 0; i < n; i++))` */
export function runCountedLoop(
  run: ShellRun,
  { initialize, test, update, body }: ArithmeticFor,
  bodies: Bodies,
): ShellValue {
  evaluate(run, initialize);
  const outputs: ShellValue[] = [];
  for (let goes = evaluate(run, test); goes !== 0; goes = evaluate(run, test)) {
    if (goes === undefined || outputs.length >= shellRoundsOfLoopMax || !takeRounds(run, 1)) {
      for (const name of assignedIn(update)) run.vars.set(name, unknownValue());
      outputs.push(bodies.mayRun(body));
      break;
    }
    outputs.push(bodies.run(body));
    evaluate(run, update);
  }
  return concat(outputs);
}

// The variables that an expression changes: in a later round they may be any number.
function assignedIn(expression: ArithmeticExpression | undefined): readonly string[] {
  switch (expression?.type) {
    case 'ArithmeticGroup':
      return assignedIn(expression.expression);
    case 'ArithmeticUnary':
      return assignedIn(expression.operand);
    case 'ArithmeticBinary':
      return [...assignedIn(expression.left), ...assignedIn(expression.right)];
    case 'ArithmeticWord':
      return /^[A-Za-z_]\w*$/.test(expression.value) ? [expression.value] : [];
  }
  return [];
}

function takeRounds(run: ShellRun, count: number): boolean {
  if (count > shellRoundsOfLoopMax || run.rounds + count > shellRoundsMax) return false;
  run.rounds += count;
  return true;
}
