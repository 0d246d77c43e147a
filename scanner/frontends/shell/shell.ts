/**
 * The shell front end: Bash and POSIX scripts, parsed by unbash and followed without running
 * anything.
 */
import {
  type ArithmeticExpression,
  type ArithmeticFor,
  type Command,
  type CompoundList,
  type For,
  type Function as FunctionNode,
  forEachChild,
  type Pipeline,
  parse,
  type Redirection,
  type Select,
  type SyntaxNode,
  type While,
} from 'unbash';
import { syntaxDepthMax } from '../../fact/shared-limits.ts';
import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../../programs/frontend.ts';
import { dispatch, runCommand } from './commands.ts';
import { graphOf, noteExit } from './graph.ts';
import {
  callFunction,
  countAnything,
  inBranch,
  isSameState,
  repeat,
  runStatements,
  stateOf,
  withArguments,
} from './inner-scripts.ts';
import { evaluate } from './parameters.ts';
import { withRedirections } from './redirections.ts';
import { newRun, noteTrait, type Runnable, type ShellRun, spanOf } from './run.ts';
import { concat, either, emptyValue, isKnown, type ShellValue, unknownValue } from './value.ts';
import { readVariable } from './variables.ts';
import { foldWord, foldWords } from './words.ts';

const shellPipelineMax = 64;

/** Iterations over known words or numbers that one script is followed through. */
const shellRoundsMax = 2_000;

const shellRoundsOfLoopMax = 128;

// Follows a script like a shell, with both sides of every branch, and keeps track of values.

/** Follows one command, or a list of them; returns the output. */
function runNode(run: ShellRun, node: Runnable): ShellValue {
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

// Loops. Loops over known words or numbers are followed round by round, others once, for any round.

interface Bodies {
  /** Follows a body that is run. */
  readonly run: (body: CompoundList) => ShellValue;
  /** Follows a body that may be run. */
  readonly mayRun: (body: CompoundList) => ShellValue;
}

/** `for x in a b c`: scripts build strings round by round. */
function runLoop(
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
function runCountedLoop(
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

// Endless loops of a shell that start processes.

/** Notes `while true; do program & done`. */
function noteUnbounded(run: ShellRun, node: While): void {
  const [only] = node.clause.commands;
  const isEndless =
    node.clause.commands.length === 1 &&
    only?.command.type === 'Command' &&
    /^(true|:)$/.test(only.command.name?.text ?? '');
  if (!isEndless || node.kind !== 'while') return;
  let starts = false;
  let ends = false;
  const visit = (inner: SyntaxNode): void => {
    run.context.steps.take();
    if (inner.type === 'Statement' && inner.background) starts = true;
    if (
      inner.type === 'Command' &&
      /^(break|exit|return|sleep|wait|read)$/.test(inner.name?.text ?? '')
    )
      ends = true;
    forEachChild(inner, visit);
  };
  visit(node.body);
  if (starts && !ends)
    noteTrait(
      run,
      { span: spanOf(run, node), api: 'while', certainty: 'exact' },
      'unbounded',
      'an endless loop that starts processes',
    );
}

/** Facts of shell sources. */
export const analyseShell = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  // The parser walks all waiting heredocs for each one (measured: 16,000 in 1 s, 100,000 in 40 s).
  const heredocs = source.text.split('<<').length;
  context.steps.take(1 + (source.text.length >> 6) + Math.floor((heredocs * heredocs) / 16));
  const { text, map } = withoutCarriageReturns(source.text);
  const run = newRun(source, context, { runNode, dispatch });
  run.map = map;
  const script = parse(text);
  noteExit(run, runStatements(run, script.commands));
  for (const trap of run.atEnd.splice(0)) trap();
  for (const [name, shellFunction] of run.functions)
    if (!run.called.has(name) && shellFunction.source === source)
      callFunction(run, name, shellFunction, undefined);
  const [first] = script.errors ?? [];
  // Code blocks have placeholders and sketches. The parsed part was analysed, and prose rules see
  // the rest.
  const isScript = source.context === 'code' || source.context === 'test';
  const unanalysed =
    first === undefined || !isScript
      ? []
      : [
          {
            span: spanOf(run, { pos: first.pos, end: first.pos + 1 }),
            reason: `a shell cannot read it: ${first.message}`,
          },
        ];
  const { facts, embedded, written } = run;
  return {
    facts,
    embedded,
    written,
    graph: graphOf(run.graph),
    unanalysed: [...unanalysed, ...run.unread],
  };
}

// Windows line ends: the shell on the user's machine would not see them, and the end of a heredoc
// must be recognised.
function withoutCarriageReturns(text: string): { text: string; map: OffsetMap | undefined } {
  if (!/\r(\n|$)/.test(text)) return { text, map: undefined };
  const map: { at: number; raw: number }[] = [{ at: 0, raw: 0 }];
  let removed = 0;
  for (const match of text.matchAll(/\r(?=\n|$)/g)) {
    removed += 1;
    map.push({ at: match.index + 1 - removed, raw: match.index + 1 });
  }
  return { text: text.replace(/\r(?=\n|$)/g, ''), map };
}
