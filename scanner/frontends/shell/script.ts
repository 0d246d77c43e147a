/** Follows a script like a shell, with both sides of every branch, and keeps track of values. */
import type {
  Command,
  CompoundList,
  Function as FunctionNode,
  Pipeline,
  Redirection,
  SyntaxNode,
} from 'unbash';
import { forEachChild } from 'unbash';
import { shellPipelineMax, syntaxDepthMax } from '../../limits.ts';
import { evaluate } from './arithmetic.ts';
import { runCommand } from './commands.ts';
import { inBranch, runStatements, withArguments } from './inner-scripts.ts';
import { type Bodies, runCountedLoop, runLoop } from './loops.ts';
import { withRedirections } from './redirections.ts';
import { countAnything, isSameState, repeat, stateOf } from './rounds.ts';
import { noteTrait, type Runnable, type ShellRun, spanOf } from './run.ts';
import { noteUnbounded } from './unbounded.ts';
import { concat, either, emptyValue, type ShellValue, unknownValue } from './value.ts';
import { foldWord } from './words.ts';

/** Follows one command, or a list of them; returns the output. */
export function runNode(run: ShellRun, node: Runnable): ShellValue {
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
    case 'If': {
      const elif = node.elif.flatMap(({ clause, then }) => [clause, then]);
      const bodies = [node.then, ...elif, ...(node.else === undefined ? [] : [node.else])];
      return concat([runNode(run, node.clause), branchesOf(run, bodies)]);
    }
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
      return branchesOf(
        run,
        node.items.map(({ body }) => body),
      );
    case 'Subshell':
      return withArguments(run, [], false, () => runNode(run, node.body));
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

// One of several bodies is run; its output is one of theirs.
function branchesOf(run: ShellRun, bodies: readonly CompoundList[]): ShellValue {
  const outputs = bodies.map((body) => inBranch(run, () => runNode(run, body)));
  const [first, ...others] = outputs.filter(({ text, taints }) => text !== '' || taints.length > 0);
  return first === undefined ? emptyValue : others.reduce(either, first);
}

function runSimple(run: ShellRun, node: Command): ShellValue {
  return redirected(run, node.redirects, node, (onConnection) =>
    runCommand(run, node, onConnection),
  );
}

function redirected(
  run: ShellRun,
  redirects: readonly Redirection[],
  node: { readonly pos: number; readonly end: number },
  body: (onConnection: boolean) => ShellValue,
): ShellValue {
  return redirects.length === 0 ? body(false) : withRedirections(run, redirects, node, body);
}

function runPipeline(run: ShellRun, node: Pipeline): ShellValue {
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

// Later rounds of a loop see the results of earlier rounds, also in the condition.
function mayRepeat(run: ShellRun, body: CompoundList, clause?: CompoundList): ShellValue {
  const before = stateOf(run);
  const output = inBranch(run, () => runNode(run, body));
  const after = stateOf(run);
  if (isSameState(before, after)) {
    if (countAnything(run, before, after)) inBranch(run, () => runNode(run, body));
  } else
    repeat(run, () => {
      if (clause !== undefined) inBranch(run, () => runNode(run, clause));
      inBranch(run, () => runNode(run, body));
    });
  return output;
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
