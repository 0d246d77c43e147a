/**
 * A failure as text and as JSON: code, message, every reason with its place, cause and next step.
 */
import { type Place, Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { asCalled, calledName } from '../called-name.ts';
import { type CommandAnswer, count, joined, type OutputInk, type Safe, safe } from './output.ts';

/** Further reasons are only counted. */
const reasonsShownMax = 50;
const causesShownMax = 4;

/** A warning with its place, for a line of its own. */
export function warningText({ message, place }: Reason): Safe {
  const where = place === undefined ? safe`` : safe`${place.path}:${place.line}: `;
  return safe`warning: ${where}${asCalled(message)}`;
}

/** The failure as several lines of text. */
export function problemText(problem: Problem, ink: OutputInk): Safe {
  const reasons = isRepeated(problem) ? [] : problem.reasons;
  const printed = reasons.slice(0, reasonsShownMax);
  const rest = reasons.length - printed.length;
  const hint = problem.hint ?? problemCodes[problem.code].fix;
  const [first = hint, ...steps] = problem instanceof SteppedProblem ? problem.steps : [];
  return joined(
    [
      safe`${ink.red(ink.bold(`error[${problem.code}]`))}: ${ink.bold(asCalled(problem.message))}`,
      ...printed.map(
        (reason) => safe`  - ${asCalled(reason.message)}${placeText(reason.place, ink)}`,
      ),
      ...(rest > 0 ? [safe`  - and ${count(rest, 'more reason')}`] : []),
      ...causesOf(problem).map((cause) => safe`  ${ink.faint('cause:')} ${cause}`),
      safe`  ${ink.cyan('help:')} ${asCalled(first)}`,
      ...steps.map((step) => safe`        ${asCalled(step)}`),
      safe`  ${ink.faint(`more: ${calledName()} explain ${problem.code}`)}`,
    ],
    '\n',
  );
}

/** The failure as JSON. */
export function problemJson(problem: Problem, exit: number): CommandAnswer {
  const { code } = problem;
  const reasons = problem.reasons.map((reason) => ({
    ...reason,
    message: asCalled(reason.message),
  }));
  const hint = asCalled(problem.hint ?? problemCodes[code].fix);
  return {
    schema: 'skillgate.problem/1',
    code,
    message: asCalled(problem.message),
    hint,
    reasons,
    exit,
  };
}

// A failure with one reason often has the reason in its message, and the reason's place.
function isRepeated({ code, message, reasons: [only, ...others] }: Problem): boolean {
  if (only === undefined || others.length > 0) return false;
  const prefix = `${code}: `;
  const reason = only.message.startsWith(prefix) ? only.message.slice(prefix.length) : only.message;
  if (only.place === undefined) return message.endsWith(reason);
  const { path, line, column } = only.place;
  return (
    message.endsWith(`${path}: ${reason} (line ${line}, column ${column})`) ||
    message.endsWith(`${path}:${line}:${column}: ${reason}`)
  );
}

function placeText(place: Place | undefined, ink: OutputInk): Safe {
  return place === undefined
    ? safe``
    : safe` ${ink.faint(`(${place.path}:${place.line}:${place.column})`)}`;
}

function causesOf(problem: Problem): string[] {
  const causes: string[] = [];
  for (
    let cause = problem.cause;
    cause instanceof Error && causes.length < causesShownMax;
    cause = cause.cause
  ) {
    if (!problem.message.includes(cause.message)) causes.push(cause.message);
  }
  return causes;
}

// A failure with several next steps, which text prints a line each.

export class SteppedProblem extends Problem {
  readonly steps: readonly string[];

  constructor(
    code: ProblemCode,
    message: string,
    { reasons, steps }: { readonly reasons: readonly Reason[]; readonly steps: readonly string[] },
  ) {
    super(code, message, { reasons, hint: steps.join('. ') });
    this.steps = steps;
  }
}
