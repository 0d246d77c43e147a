/** The front end for Bash and POSIX scripts. */

import { leftIn, resultOf } from '../../engine/analyse.ts';
import type { ApiCall } from '../../engine/effects/effects.ts';
import { frameOf } from '../../engine/effects/files.ts';
import { Engine } from '../../engine/interpret.ts';
import { dataOf, type OwnProgram, unknown, type Value } from '../../engine/value.ts';
import { present } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Knowledge } from '../../knowledge/row.ts';
import { shellRows } from '../../knowledge/shell-programs.ts';
import { imageEgressOf } from '../../lookup-tables/egress-of.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../../programs/frontend.ts';
import { number, setNumber } from './arithmetic.ts';
import { append, array, assignment, set } from './builtins.ts';
import { callFunction, scriptOf, withArguments } from './code.ts';
import { dispatch, run } from './commands.ts';
import {
  expanded,
  fields,
  list,
  loopItems,
  pipe,
  printed,
  simple,
  subshell,
  substituted,
  substitutedFile,
} from './expansions.ts';
import { lowerScript } from './lower.ts';
import { redirected } from './redirections.ts';
import { named, Shell, shellOf } from './shell-state.ts';
import { empty, nodes, shown, textsIn } from './values.ts';

type ShellFunction = (shell: Shell, call: ApiCall) => Value;

const functions: Readonly<Record<string, ShellFunction>> = {
  run,
  set,
  append,
  array,
  assignment,
  number,
  fields,
  printed,
  pipe,
  redirected,
  subshell,
  substituted,
  'set number': setNumber,
  'first of': (_, { args: [first = unknown] }) => first,
  $: simple,
  '$ expanded': expanded,
  'list of $': list,
  'loop items': loopItems,
  'substituted file': substitutedFile,
  input: (shell) => shell.input,
  nothing: () => empty,
  'unknown part': unknownPartOf,
  define,
  unbounded,
};

const shellKnowledge: Knowledge = {
  language: 'shell',
  rows: shellRows,
  names: {},
  rounds: 8,
  emptyIsFalse: true,
  constructor: '',
  makeName: '',
  callName: '',
  missingName: '',
  extensions: [],
};

const library: NonNullable<Engine['library']> = Object.fromEntries(
  Object.entries(functions).map(([name, own]) => [
    name,
    (engine: Engine, call: ApiCall) => own(shellOf(engine), call),
  ]),
);

// What whoever built the script put into it.
function unknownPartOf(shell: Shell, { at }: ApiCall): Value {
  const held = shell.get('unknown part');
  if (held !== undefined) return { ...dataOf(nodes(held)), isDecoded: held.isDecoded };
  return at.program.source.depth === 0 ? unknown : shell.entry(at, 'argument');
}

function define(shell: Shell, { args: [name, value = unknown] }: ApiCall): Value {
  const place = `function ${shown(name)}`;
  // Where it is not sure that there is one, the name is that of a program.
  if (shell.get(place) === undefined) shell.engine.globals.put(place, unknown);
  shell.set(place, value);
  return empty;
}

function unbounded(shell: Shell, { at, args: [api, detail] }: ApiCall): Value {
  shell.trait(named(at, shown(api)), 'unbounded', shown(detail));
  return empty;
}

/** Facts of shell sources. */
export const analyseShell = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  // The parser walks all waiting heredocs for each one (measured: 16,000 in 1 s, 100,000 in 40 s).
  const heredocs = source.text.split('<<').length;
  context.steps.take(1 + (source.text.length >> 6) + Math.floor((heredocs * heredocs) / 16));
  const { script, map } = scriptOf(source.text);
  const lowered = lowerScript(script, context.steps, map);
  const [first] = script.errors ?? [];
  // Code blocks have placeholders and sketches. The parsed part was analysed, and prose rules see
  // the rest.
  const isScript = source.context === 'code' || source.context === 'test';
  const unread =
    first === undefined || !isScript
      ? []
      : [{ at: first.pos, reason: `its parser stops: ${first.message}` }];
  const program: OwnProgram = {
    source,
    body: lowered.body,
    unread: [...unread, ...lowered.unread],
    hasRun: true,
  };
  const engine = follow(program, context);
  return { ...resultOf(engine, [program]), unanalysed: unanalysedIn(program, engine) };
}

// A program inside of another is no less of a program.
function unanalysedIn(program: OwnProgram, engine: Engine): FrontEndResult['unanalysed'] {
  const { path, text } = program.source;
  const left = leftIn(engine, program);
  const all = [...present(left), ...program.unread];
  return all.map(({ at, reason }) => {
    const start = Math.min(at, text.length);
    return { span: { path, start, end: start + 1 }, reason };
  });
}

function follow(program: OwnProgram, context: FrontEndContext): Engine {
  const engine = new Engine(context, shellKnowledge, [program]);
  // Texts of a shell are put together more often than those of other programs.
  engine.left *= 2;
  engine.library = library;
  const shell = new Shell(engine, program.source.path, dispatch);
  const frame = frameOf(engine, program);
  const run = (): Value => engine.evaluate(program.body, frame);
  noteExit(shell, run());
  // A script that sources itself is a loop.
  const again = shell.sourcing.get(shell.root);
  if (again !== undefined) engine.perhaps(frame, () => withArguments(shell, again, run));
  for (const trap of shell.atEnd.splice(0)) trap();
  const at = engine.at(frame, { ...program.body, kind: 'self' }, '');
  for (const name of shell.names('function'))
    for (const own of shell.get(`function ${name}`)?.things ?? [])
      if (own.is === 'function' && !engine.called.has(own.func) && own.program === program)
        callFunction({ shell, frame, at: { ...at, place: own.func } }, own, undefined);
  return engine;
}

// The output of the whole script. For an embedded program, the program around it notes the output
// with its call.
function noteExit(shell: Shell, value: Value): void {
  const { notes, engine, root } = shell;
  const [program] = engine.programs.values();
  if (program === undefined) return;
  const told = new Set(
    notes.sources.flatMap(({ node, source }) => (source.what === 'command' ? [node] : [])),
  );
  const isTold = (node: string): boolean => program.source.depth > 0 && told.has(node);
  const printed = nodes(value).filter((node) => !isTold(node));
  for (const node of printed) notes.exits.push({ program: root, node });
  const egresses = textsIn(value).flatMap(imageEgressOf);
  if (egresses.length === 0) return;
  const spans = new Map(notes.nodes.map(({ id, span }) => [id, span]));
  for (const node of printed) {
    const place = spans.get(node) ?? { start: 0, end: 0 };
    const at = { program, place, api: 'echo', certainty: 'exact', frame: '' } as const;
    for (const egress of egresses) {
      const capability = { kind: 'egress', ...egress } as const;
      notes.sink(at, [node], { what: 'network', capability, api: 'echo', part: 'url' });
    }
  }
}
