/**
 * The shell front end: Bash and POSIX scripts, parsed by unbash and followed without running
 * anything.
 */
import { parse } from 'unbash';
import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../frontend.ts';
import { dispatch } from './commands.ts';
import { graphOf, noteExit } from './graph.ts';
import { callFunction, runStatements } from './inner-scripts.ts';
import { newRun, spanOf } from './run.ts';
import { runNode } from './script.ts';

/** Facts of shell sources. */
export const analyseShell = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  // The parser walks all waiting heredocs for each one (measured: 16,000 in 1 s, 100,000 in 40 s).
  const heredocs = source.text.split('<<').length;
  context.steps.take(1 + (source.text.length >> 6) + Math.floor((heredocs * heredocs) / 16));
  const { text, map } = withoutCarriageReturns(source.text);
  return followScript(source, context, { text, map, isWindows: false });
}

/** A script, with the places of its text in the source; `isWindows` for what stood for Windows. */
export interface FollowedScript {
  readonly text: string;
  readonly map: OffsetMap | undefined;
  readonly isWindows: boolean;
}

/** Facts of a script that is a source, or that another front end made of one. */
export function followScript(
  source: TaintSource,
  context: FrontEndContext,
  { text, map, isWindows }: FollowedScript,
): FrontEndResult {
  const run = newRun(source, context, { runNode, dispatch }, isWindows);
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
