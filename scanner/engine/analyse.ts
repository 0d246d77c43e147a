/** The front end of a language that is lowered: its programs, gone through by the engine. */
import type { TaintSource } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import type { LoweredProgram, Node } from '../ir/ir.ts';
import type { Knowledge } from '../knowledge/row.ts';
import type { Analyse, FrontEndContext, FrontEndResult } from '../programs/frontend.ts';
import { invoke, nothingGiven } from './calls.ts';
import { sampleOf } from './classes.ts';
import { frameOf, runProgram } from './files.ts';
import { Engine } from './interpret.ts';
import type { OwnProgram } from './program.ts';

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
  // A file that others load runs where they load it, with what they have set before.
  for (const program of programs.toSorted(
    (a, b) => Number(isLoaded(a, programs)) - Number(isLoaded(b, programs)),
  ))
    runProgram(engine, program);
  for (const own of [...engine.functions.values(), ...engine.methods.values()].flat()) {
    if (engine.called.has(own.func)) continue;
    const frame = frameOf(own.program);
    const site = { node: { kind: 'self', ...own.func } as Node, frame };
    invoke(engine, own, { ...nothingGiven, isAnything: true }, site, sampleOf(engine, own, frame));
  }
  for (const program of programs) noteTexts(engine, program);
  return engine;
}

// Whether another program names the file in a text: those run first.
function isLoaded({ source }: OwnProgram, programs: readonly OwnProgram[]): boolean {
  const name = (/[^/]+$/.exec(source.path)?.[0] ?? '').replace(/\.\w+$/, '');
  return programs.some(
    (other) =>
      other.source !== source &&
      new RegExp(`(require|include|load)[^\\n]{0,200}\\b${RegExp.escape(name)}\\b`).test(
        other.source.text,
      ),
  );
}

function noteTexts(engine: Engine, program: OwnProgram): void {
  const frame = frameOf(program);
  for (const { text, ...place } of program.comments)
    engine.notes.text(engine.at(frame, { kind: 'self', ...place }, ''), 'comment', text);
}

function resultOf(
  { notes, isExhausted, isTooDeep, unknownCalls }: Engine,
  programs: readonly OwnProgram[],
): FrontEndResult {
  const { facts, embedded, written, moved, nodes, edges, sources, sinks, starts, exports } = notes;
  return {
    facts,
    embedded,
    written,
    moved,
    unanalysed: programs.flatMap((program) => {
      const { source, unread } = program;
      const isScript =
        source.depth === 0 && (source.context === 'code' || source.context === 'test');
      const unknown = unknownCalls.get(program);
      const [first = unknown && { at: unknown.at, reason: `nothing is known of ${unknown.name}` }] =
        unread;
      const reason = isExhausted
        ? 'too much of it to follow every call'
        : isTooDeep
          ? 'it is nested too deeply'
          : first?.reason;
      if (reason === undefined || !isScript) return [];
      const start = isExhausted ? 0 : Math.min(first?.at ?? 0, source.text.length);
      return [{ span: { path: source.path, start, end: start + 1 }, reason }];
    }),
    graph: { nodes, edges, sources, sinks, starts, exports },
  };
}
