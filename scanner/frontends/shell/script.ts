/**
 * Goes through a script as a shell would, both sides of every branch, and follows what values hold.
 */
import type {
  Command,
  CompoundList,
  Function as FunctionNode,
  ParsedScript,
  Pipeline,
  Redirection,
  Statement,
  SyntaxNode,
} from 'unbash';
import { forEachChild, parse } from 'unbash';
import type { Source } from '../../fact/source.ts';
import { shellCallDepthMax, shellPipelineMax, syntaxDepthMax } from '../../limits.ts';
import { runCommand } from './commands.ts';
import { evaluate } from './language/arithmetic.ts';
import { type Bodies, runCountedLoop, runLoop } from './language/loops.ts';
import { withRedirections } from './language/redirections.ts';
import { isSameState, repeat, stateOf } from './language/rounds.ts';
import { noteUnbounded } from './language/unbounded.ts';
import { foldWord } from './language/words.ts';
import { noteTrait, type ShellFunction, type ShellRun, spanOf } from './run.ts';
import { concat, emptyValue, unknownValue, type Value } from './value.ts';

/** Goes through statements; gives what they print. */
export function runStatements(run: ShellRun, statements: readonly Statement[]): Value {
  return concat(statements.map((statement) => runNode(run, statement.command)));
}

/**
 * Goes through the script of a substitution. Its assignments stay: what they carry may still be of
 * use to an attacker.
 */
export function runSubstitution(
  run: ShellRun,
  script: ParsedScript,
  at: { readonly pos: number; readonly end: number },
): Value {
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

/** Goes through another script of the skill as if it stood here: what it defines stays. */
export function runSourced(run: ShellRun, other: Source): Value {
  // Once is enough: what it defines stays.
  if (other.path === run.root || run.sourcing.has(other.path) || run.depth >= shellCallDepthMax)
    return emptyValue;
  const { map, source } = run;
  run.context.steps.take(1 + (other.text.length >> 6));
  run.sourcing.add(other.path);
  run.source = other;
  run.map = undefined;
  run.depth += 1;
  try {
    return runStatements(run, parse(other.text.replace(/\r(?=\n|$)/g, ' ')).commands);
  } finally {
    run.depth -= 1;
    run.source = source;
    run.map = map;
  }
}

/** Calls a function of the script; arguments that are not known may be any. */
export function callFunction(
  run: ShellRun,
  name: string,
  shellFunction: ShellFunction,
  args: readonly Value[] | undefined,
): Value {
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
    const output = runNode(run, shellFunction.node.body);
    // A function that calls itself is a loop.
    if (run.recursive.has(name))
      repeat(run, () => {
        run.args = run.recursive.get(name)?.args;
        inBranch(run, () => runNode(run, shellFunction.node.body));
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

type Runnable = Statement['command'] | CompoundList;

function runNode(run: ShellRun, node: Runnable): Value {
  run.context.steps.take();
  if (run.branch > syntaxDepthMax) return unknownValue();
  switch (node.type) {
    case 'Command':
      return runSimple(run, node);
    case 'Pipeline':
      return runPipeline(run, node);
    case 'AndOr':
      return concat(
        node.commands.map((command, index) =>
          index > 0 ? inBranch(run, () => runNode(run, command)) : runNode(run, command),
        ),
      );
    case 'If':
      return concat([
        runNode(run, node.clause),
        ...[
          node.then,
          ...node.elif.flatMap((one) => [one.clause, one.then]),
          ...(node.else === undefined ? [] : [node.else]),
        ].map((body) => inBranch(run, () => runNode(run, body))),
      ]);
    case 'For':
    case 'Select':
      return runLoop(run, node, bodiesOf(run));
    case 'While':
      noteUnbounded(run, node);
      return concat([runNode(run, node.clause), mayRepeat(run, node.body, node.clause)]);
    case 'ArithmeticFor':
      return runCountedLoop(run, node, bodiesOf(run));
    case 'Case':
      foldWord(run, node.word);
      return concat(node.items.map((item) => inBranch(run, () => runNode(run, item.body))));
    case 'Subshell':
    case 'BraceGroup':
      return runNode(run, node.body);
    case 'CompoundList':
      return runStatements(run, node.commands);
    case 'Redirected':
      return redirected(run, node.redirects, node, () => runNode(run, node.command));
    case 'Coproc':
      return runNode(run, node.body);
    case 'Function':
      defineFunction(run, node);
      return emptyValue;
    case 'ArithmeticCommand':
      evaluate(run, node.expression);
      foldAll(run, node);
      return emptyValue;
    case 'TestCommand':
      foldAll(run, node);
      return emptyValue;
  }
}

function runSimple(run: ShellRun, node: Command): Value {
  return redirected(run, node.redirects, node, (onConnection) =>
    runCommand(run, node, onConnection),
  );
}

function redirected(
  run: ShellRun,
  redirects: readonly Redirection[],
  node: { readonly pos: number; readonly end: number },
  body: (onConnection: boolean) => Value,
): Value {
  return redirects.length === 0 ? body(false) : withRedirections(run, redirects, node, body);
}

function runPipeline(run: ShellRun, node: Pipeline): Value {
  const outer = run.stdin;
  let output = emptyValue;
  const [beyond] = node.commands.slice(shellPipelineMax);
  if (beyond !== undefined)
    run.unread.push({
      span: spanOf(run, beyond),
      reason: `a pipeline of more than ${shellPipelineMax} commands`,
    });
  node.commands.slice(0, shellPipelineMax).forEach((command, index) => {
    if (index > 0) run.stdin = output;
    output = runNode(run, command);
  });
  run.stdin = outer;
  return output;
}

function bodiesOf(run: ShellRun): Bodies {
  return { run: (body) => runNode(run, body), mayRun: (body) => mayRepeat(run, body) };
}

// Later rounds of a loop see what earlier rounds leave, also in its condition.
function mayRepeat(run: ShellRun, body: CompoundList, clause?: CompoundList): Value {
  const before = stateOf(run);
  const output = inBranch(run, () => runNode(run, body));
  if (!isSameState(before, stateOf(run)))
    repeat(run, () => {
      if (clause !== undefined) inBranch(run, () => runNode(run, clause));
      inBranch(run, () => runNode(run, body));
    });
  return output;
}

function inBranch(run: ShellRun, body: () => Value): Value {
  run.branch += 1;
  try {
    return body();
  } finally {
    run.branch -= 1;
  }
}

// `:(){ :|:& };:`: a function that starts itself twice, in the background.
function defineFunction(run: ShellRun, node: FunctionNode): void {
  run.functions.set(node.name.text, { node, map: run.map, source: run.source });
  let starts = 0;
  let isBackground = false;
  const visit = (inner: SyntaxNode): void => {
    run.context.steps.take();
    if (inner.type === 'Command' && inner.name?.text === node.name.text) starts += 1;
    if (inner.type === 'Statement' && inner.background) isBackground = true;
    forEachChild(inner, visit);
  };
  visit(node.body);
  if (starts >= 2 && isBackground)
    noteTrait(
      run,
      { span: spanOf(run, node), api: node.name.text, certainty: 'exact' },
      'unbounded',
      'a function that starts itself twice',
    );
}

function foldAll(run: ShellRun, node: SyntaxNode): void {
  run.context.steps.take();
  if (node.type === 'Word') {
    foldWord(run, node);
    return;
  }
  forEachChild(node, (child) => foldAll(run, child));
}
