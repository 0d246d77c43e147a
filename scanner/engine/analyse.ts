/** The front end of a language that is lowered: its programs, gone through by the engine. */

import type { TaintSource } from '../fact/source.ts';
import { type Steps, StepsUsedUp } from '../fact/steps.ts';
import type { LoweredProgram, Node } from '../ir/ir.ts';
import type { Knowledge } from '../knowledge/row.ts';
import type { Analyse, FrontEndContext, FrontEndResult } from '../programs/frontend.ts';
import { nothingGiven } from './calls.ts';
import { sampleOf } from './classes.ts';
import { frameOf, runProgram } from './effects/files.ts';
import { Engine, nodesFree, tooMuch } from './interpret.ts';
import { invoke } from './invoke.ts';
import type { OwnProgram } from './value.ts';

export interface LoweredLanguage {
  readonly lower: (source: TaintSource, steps: Steps) => LoweredProgram;
  readonly knowledge: Knowledge;
}

/** Facts of the sources of a language, by what its programs mean. */
export function analyseLowered({ lower, knowledge }: LoweredLanguage): Analyse {
  return (sources, context) => {
    const programs = sources.map(
      (source): OwnProgram => ({ ...lower(source, context.steps), hasRun: false }),
    );
    return resultOf(run(context, knowledge, programs), programs);
  };
}

function run(
  context: FrontEndContext,
  knowledge: Knowledge,
  programs: readonly OwnProgram[],
): Engine {
  const engine = new Engine(context, knowledge, programs);
  try {
    goThrough(engine, programs);
  } catch (cause) {
    // What was found until the engine's own end counts.
    if (!(cause instanceof StepsUsedUp) || engine.left >= -nodesFree) throw cause;
  }
  engine.notes.noteChildren();
  return engine;
}

function goThrough(engine: Engine, programs: readonly OwnProgram[]): void {
  // A file that others load runs where they load it, with what they have set before.
  const isLoaded = loadedBy(programs);
  for (const program of programs.toSorted((a, b) => Number(isLoaded(a)) - Number(isLoaded(b))))
    runProgram(engine, program);
  engine.callWhatIsLeft();
  for (const own of [...engine.functions.values(), ...engine.methods.values()].flat()) {
    if (engine.called.has(own.func) || own.func.isImplied) continue;
    const frame = frameOf(engine, own.program);
    const site = { node: { kind: 'self', ...own.func } as Node, frame };
    const self = sampleOf(engine, own, frame);
    engine.perhaps(frame, () =>
      invoke(engine, own, { ...nothingGiven, isAnything: true }, site, self),
    );
  }
}

// Files that another program names where it loads something.
function loadedBy(programs: readonly OwnProgram[]): (program: OwnProgram) => boolean {
  const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const loaders = new Map<string, Set<OwnProgram>>();
  for (const program of programs)
    for (const [line] of program.source.text.matchAll(
      /(?:require|include|load|import|from)[^\n]{0,200}/g,
    ))
      for (const word of line.split(/[^\w.-]+/)) {
        const name = nameOf(word);
        loaders.set(name, (loaders.get(name) ?? new Set()).add(program));
      }
  return (program) => {
    const found = loaders.get(nameOf(program.source.path)) ?? new Set();
    return found.size > Number(found.has(program));
  };
}

/** Why and where not all of a program was followed: there, or in another one. */
export function leftIn(
  { left, leftOut }: Engine,
  program: OwnProgram,
): { readonly reason: string; readonly at: number } | undefined {
  if (left <= 0) return { at: 0, reason: tooMuch };
  return leftOut && { reason: leftOut.reason, at: leftOut.program === program ? leftOut.at : 0 };
}

/** What was noted of programs, and what of them was not followed. */
export function resultOf(engine: Engine, programs: readonly OwnProgram[]): FrontEndResult {
  const { notes, unknownCalls } = engine;
  const { facts, embedded, written, moved, nodes, edges, sources, sinks, starts } = notes;
  const { exports, entries, exits } = notes;
  const told = new Set<string>();
  return {
    facts,
    embedded,
    written,
    moved,
    unanalysed: programs.flatMap((program) => {
      const { source, unread } = program;
      const isScript = source.depth === 0 && /^(code|test)$/.test(source.context);
      const unknown = unknownCalls.get(program);
      const [first = unknown && { at: unknown.at, reason: `nothing is known of ${unknown.name}` }] =
        unread;
      // What a page shows may be a sketch, but is not followed any further than a script.
      const left = leftIn(engine, program) ?? (isScript ? first : undefined);
      const within = isScript ? source.path : source.file;
      if (left === undefined || told.has(within)) return [];
      told.add(within);
      const start = Math.min(left.at, source.text.length);
      return [{ span: { path: source.path, start, end: start + 1 }, reason: left.reason }];
    }),
    graph: { nodes, edges, sources, sinks, starts, exports, entries, exits },
  };
}
