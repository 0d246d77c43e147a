/** The front end for TypeScript and JavaScript. */
import { ts } from 'ts-morph';
import type { TaintSource } from '../../fact/source.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { flowGraph } from './flow/flow.ts';
import { collectWrites } from './flow/writes.ts';
import { collectSymbols } from './names/symbols.ts';
import type { Out, Use } from './out.ts';
import { createProgram } from './program.ts';
import { noteRemoteShell } from './remote-shell.ts';
import { findKeptUses, findUses, visitCall } from './uses.ts';
import { createEvaluator } from './values/evaluate.ts';
import type { Evaluator } from './values/evaluator.ts';

/** Analyses all sources as one program: one file may send the data that another reads. */
export function analyseTypescript(
  sources: readonly TaintSource[],
  context: FrontEndContext,
): FrontEndResult {
  const program = createProgram(sources, context.steps, context.texts);
  const symbols = collectSymbols(program, context.steps);
  const self = createEvaluator(program, symbols, context.steps);
  let settled: Evaluator | undefined;
  const settledEvaluator = (): Evaluator =>
    (settled ??= createEvaluator(program, symbols, context.steps, collectWrites(self)));
  const outs = new Map<ts.SourceFile, Out>();
  // An object may be used before the call that created it is examined, and in another file.
  const useOf = (made: ts.Node): Use | undefined => {
    const there = outs.get(made.getSourceFile());
    if (there === undefined) return undefined;
    if (ts.isCallExpression(made) || ts.isNewExpression(made)) visitCall(there, made);
    return there.uses.get(made);
  };
  const later: Out['later'] = [];
  const keptNames = new Set<string>();
  const openedByPackage: Out['openedByPackage'] = new Map();
  for (const { source, file, nodes } of program.files) {
    const out: Out = {
      self,
      settled: settledEvaluator,
      source,
      files: context.files,
      facts: [],
      embedded: [],
      written: [],
      moved: [],
      uses: new Map(),
      nodes,
      visited: new Set(),
      later,
      keptNames,
      openedByPackage,
      useOf,
    };
    outs.set(file, out);
  }
  for (const out of outs.values()) {
    findUses(out);
    noteRemoteShell(out);
  }
  for (const out of outs.values()) findKeptUses(out);
  for (const note of later) note();
  return {
    facts: [...outs.values()].flatMap((out) => out.facts),
    embedded: [...outs.values()].flatMap((out) => out.embedded),
    written: [...outs.values()].flatMap((out) => out.written),
    moved: [...outs.values()].flatMap((out) => out.moved),
    graph: flowGraph(outs, context.steps),
    unanalysed: program.failed.map(({ source: { path }, reason }) => ({
      span: { path, start: 0, end: 1 },
      reason,
    })),
  };
}
