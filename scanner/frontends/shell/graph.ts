/**
 * The flow graph of a shell script: paths of values to a sink, to another program or to the
 * script's own output.
 */
import type { FlowSink, Span } from '../../fact/fact.ts';
import type { Language } from '../../fact/source.ts';
import type { FlowGraph } from '../../flow/graph.ts';
import { imageEgressOf } from '../../lookup-tables/egress-of.ts';
import type { Call } from './call.ts';
import type { Noting, ShellGraph, ShellRun } from './run.ts';
import {
  emptyValue,
  rootTaint,
  type ShellValue,
  type Taint,
  textsOf,
  unknownValue,
} from './value.ts';

/** Steps for one flow in a shell script: every rule on flows reads it. */
const shellFlowSteps = 200;

/**
 * Notes that each taint reaches a sink. Loops and calls pass one place several times, and a path is
 * noted once.
 */
export function noteFlows(
  run: ShellRun,
  at: Noting,
  taints: readonly Taint[],
  sink: FlowSink,
): void {
  for (const taint of taints) {
    run.context.steps.take();
    const place = JSON.stringify([at.span, at.certainty, sink]);
    const { source, root } = taint;
    const key = JSON.stringify([place, source, root.span, root.origin, taint.encoded]);
    if (run.graph.known.has(key)) continue;
    run.graph.known.add(key);
    run.context.steps.take(shellFlowSteps);
    run.graph.edges.push({
      kind: 'value',
      from: nodeOf(run, taint),
      to: sinkOf(run, at, place, sink),
    });
  }
}

function sinkOf(run: ShellRun, { span, certainty }: Noting, place: string, sink: FlowSink): string {
  const known = run.graph.sinkIds.get(place);
  if (known !== undefined) return known;
  const id = newId(run);
  run.graph.sinkIds.set(place, id);
  run.graph.sinks.push({ node: id, sink, span, context: run.source.context, certainty });
  return id;
}

/** Notes that the script starts another program of the skill; returns that program's output. */
export function noteStart(
  run: ShellRun,
  span: Span,
  program: string,
  { args, stdin, env }: Pick<Call, 'args' | 'stdin' | 'env'>,
  language?: Language,
): ShellValue {
  const exported = [...run.exported].flatMap((name) => ({
    name,
    value: run.vars.get(name) ?? emptyValue,
  }));
  const id = newId(run);
  const shown = program.replace(/^\/skills\/@self\//, '').replace(/^.*#(\w+)@\d+$/, 'the $1 in it');
  const printed = rootTaint(
    { what: 'command', name: program },
    { span, note: `what ${shown} prints` },
    'exact',
    'output',
  );
  run.graph.starts.push({
    by: run.source.path,
    program,
    ...(language !== undefined && { language }),
    call: id,
    span,
    context: run.source.context,
    arguments: nodesOf(run, args),
    stdin: nodesOf(run, [stdin]),
    env: [...exported, ...env].flatMap(({ name, value }) =>
      nodesOf(run, [value]).map((node) => ({ name, node })),
    ),
    output: nodeOf(run, printed),
  });
  return unknownValue([printed]);
}

/** The value in the unknown parts of a command line that another language built. */
export function holeTaint(run: ShellRun, span: Span): Taint | undefined {
  if (run.source.depth === 0) return undefined;
  run.hole ??= rootTaint(
    { what: 'input', name: 'arguments' },
    { span, note: 'put into the command line' },
    'exact',
    'argument',
  );
  return run.hole;
}

/** The value of the script's own standard input. */
export function ownInput(span: Span): ShellValue {
  return unknownValue([
    rootTaint({ what: 'input', name: 'stdin' }, { span, note: 'standard input' }, 'exact', 'stdin'),
  ]);
}

/**
 * Notes the output of the whole script. For an embedded program, the program around it notes the
 * output with its call.
 */
export function noteExit(run: ShellRun, value: ShellValue): void {
  const isTold = (taint: Taint): boolean =>
    run.source.depth > 0 && taint.origin === 'source' && taint.source.what === 'command';
  const printed = { ...value, taints: value.taints.filter((taint) => !isTold(taint)) };
  for (const node of nodesOf(run, [printed])) run.graph.exits.push({ program: run.root, node });
  for (const egress of textsOf(value).flatMap(imageEgressOf)) {
    const capability = { kind: 'egress', ...egress } as const;
    for (const taint of printed.taints)
      noteFlows(run, { span: taint.span, api: 'echo', certainty: 'exact' }, [taint], {
        what: 'network',
        capability,
        api: 'echo',
        part: 'url',
      });
  }
}

/** Only the parts that are not empty. */
export function graphOf({
  nodes,
  edges,
  sources,
  sinks,
  starts,
  entries,
  exits,
}: ShellGraph): FlowGraph {
  return { nodes, edges, sources, sinks, starts, entries, exits };
}

function nodesOf(run: ShellRun, values: readonly ShellValue[]): string[] {
  return [...new Set(values.flatMap((value) => value.taints.map((taint) => nodeOf(run, taint))))];
}

function nodeOf(run: ShellRun, taint: Taint): string {
  const known = run.graph.ids.get(taint);
  if (known !== undefined) return known;
  run.context.steps.take();
  const id = newId(run);
  run.graph.ids.set(taint, id);
  run.graph.nodes.push({ id, span: taint.span, note: taint.note });
  if (taint.before !== undefined) {
    const from = nodeOf(run, taint.before);
    run.graph.edges.push({
      kind: 'value',
      from,
      to: id,
      ...(taint.encodes && { encodes: true as const }),
    });
  } else if (taint.origin === 'source')
    run.graph.sources.push({ node: id, source: taint.source, certainty: taint.certainty });
  else if (taint.origin !== 'output')
    run.graph.entries.push({ program: run.root, channel: taint.origin, node: id });
  return id;
}

function newId(run: ShellRun): string {
  run.graph.count += 1;
  return `${run.root} ${run.graph.count}`;
}
