/**
 * Arithmetic of the shell (Bash manual §6.5) on known numbers: scripts use it to count through the
 * letters of a string.
 */
import type { ArithmeticExpression } from 'unbash';
import { type ShellRun, spanOf } from './run.ts';
import { emptyValue, isKnown, literalValue } from './value.ts';

/** The value of an expression, with its assignments made; undefined when it is unknown. */
export function evaluate(
  run: ShellRun,
  expression: ArithmeticExpression | undefined,
): number | undefined {
  run.context.steps.take();
  switch (expression?.type) {
    case 'ArithmeticGroup':
      return evaluate(run, expression.expression);
    case 'ArithmeticWord':
      return numberOf(run, expression.value);
    case 'ArithmeticUnary':
      return unary(run, expression);
    case 'ArithmeticTernary': {
      const test = evaluate(run, expression.test);
      return test === undefined
        ? undefined
        : evaluate(run, test === 0 ? expression.alternate : expression.consequent);
    }
    case 'ArithmeticBinary':
      return binary(run, expression);
    case 'ArithmeticCommandExpansion':
    case undefined:
      return undefined;
  }
}

/**
 * The number that a text is: digits in any base the shell knows, a variable's name, or `${#name}`.
 */
export function numberOf(run: ShellRun, text: string, hops = 0): number | undefined {
  const word = text.trim();
  if (/^[+-]?\d{1,9}$/.test(word))
    return /^0\d/.test(word) ? Number.parseInt(word, 8) : Number(word);
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number(word);
  const based = /^(\d{1,2})#(\w{1,9})$/.exec(word);
  if (based !== null) return Number.parseInt(based[2] ?? '', Number(based[1]));
  const counted = /^\$\{#(\w+)(\[[@*]\])?\}$/.exec(word);
  if (counted !== null) {
    const value = run.vars.get(counted[1] ?? '') ?? emptyValue;
    if (counted[2] !== undefined) return value.members?.size;
    return isKnown(value) ? value.text.length : undefined;
  }
  const sum = /^(.{1,40}?)\s*([+*-])\s*(\w{1,20})$/.exec(word);
  if (sum !== null && hops < 4)
    return apply(
      sum[2] ?? '',
      numberOf(run, sum[1] ?? '', hops + 1),
      numberOf(run, sum[3] ?? '', hops + 1),
    );
  const name = /^\$?\{?([A-Za-z_]\w*|\d)\}?$/.exec(word)?.[1];
  const value = name === undefined || hops > 8 ? undefined : run.vars.get(name);
  return value === undefined || !isKnown(value) || value.text === text
    ? undefined
    : numberOf(run, value.text, hops + 1);
}

function unary(
  run: ShellRun,
  { operator, operand, prefix, ...at }: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>,
): number | undefined {
  const value = evaluate(run, operand);
  if (value === undefined) return undefined;
  if (operator === '++' || operator === '--') {
    const next = value + (operator === '++' ? 1 : -1);
    assign(run, operand, next, at);
    return prefix ? next : value;
  }
  return operator === '-'
    ? -value
    : operator === '!'
      ? Number(value === 0)
      : operator === '~'
        ? ~value
        : value;
}

function binary(
  run: ShellRun,
  { operator, left, right, ...at }: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>,
): number | undefined {
  if (operator === ',') {
    evaluate(run, left);
    return evaluate(run, right);
  }
  const isAssignment = operator.endsWith('=') && !/^([<>=!]=)$/.test(operator);
  const second = evaluate(run, right);
  const first = operator === '=' ? 0 : evaluate(run, left);
  const value =
    operator === '='
      ? second
      : apply(isAssignment ? operator.slice(0, -1) : operator, first, second);
  if (isAssignment) assign(run, left, value, at);
  return value;
}

function assign(
  run: ShellRun,
  to: ArithmeticExpression,
  value: number | undefined,
  at: { readonly pos: number; readonly end: number },
): void {
  if (to.type !== 'ArithmeticWord' || !/^[A-Za-z_]\w*$/.test(to.value)) return;
  if (value === undefined) run.vars.delete(to.value);
  else run.vars.set(to.value, literalValue(`${value}`, spanOf(run, at).start, true));
}

function apply(operator: string, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const result = operations[operator]?.(a, b);
  return result === undefined || !Number.isFinite(result) ? undefined : Math.trunc(result);
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};
