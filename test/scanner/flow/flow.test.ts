import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Steps } from '../../../scanner/fact/steps.ts';
import { solveFlows } from '../../../scanner/flow/flow.ts';
import type { FlowEdge, FlowGraph } from '../../../scanner/flow/graph.ts';

const span = { path: 'a.ts', start: 0, end: 1 };

/** `a>b` a value, `a(1)b` an argument of call 1, `a)1(b` a result of call 1, `a~b` an encoding. */
function graph(edges: string, sources = 'source', sinks = 'sink'): FlowGraph {
  const parsed = edges.split(' ').map((text): FlowEdge => {
    const [, from = '', kind = '', call = '', to = ''] =
      /^(\w+)([>~]|[()])(?:(\d+)[()])?(\w+)$/.exec(text) ?? [];
    if (kind === '(') return { kind: 'argument', from, to, call };
    if (kind === ')') return { kind: 'result', from, to, call };
    return kind === '~' ? { kind: 'value', from, to, encodes: true } : { kind: 'value', from, to };
  });
  const ids = [...new Set(parsed.flatMap(({ from, to }) => [from, to]))];
  return {
    nodes: ids.map((id) => ({ id, span, note: id })),
    edges: parsed,
    sources: sources
      .split(' ')
      .map((node) => ({ node, source: { what: 'env', name: node }, certainty: 'exact' })),
    sinks: sinks.split(' ').map((node) => ({
      node,
      sink: { what: 'output', api: node, part: 'content' },
      span,
      context: 'code',
      certainty: 'exact',
    })),
  };
}

const found = (edges: string, sources?: string, sinks?: string): string[] =>
  solveFlows(graph(edges, sources, sinks), new Steps()).flows.map(
    (flow) => `${flow.source.name} ${flow.sink.api}`,
  );

describe('flows', () => {
  it.each([
    ['along values', 'source>a a>b b>sink'],
    ['into a function that sends', 'source(1)p p>sink'],
    ['out of a function that reads', 'source>r r)1(x x>sink'],
    ['out of one function and into another', 'source>r r)1(x x(2)p p>sink'],
    ['through a function', 'source(1)p p>r r)1(x x>sink'],
    ['through a function in a function', 'source(1)p p(2)q q>s s)2(r r)1(x x>sink'],
    ['through a function that calls itself', 'source(1)p p(2)p r)2(r p>r r)1(x x>sink'],
    ['round a circle', 'source>a a>b b>a b>sink'],
    ['out of a function that called the reading one', 'source>r r)1(q q)2(x x>sink'],
  ])('are found %s', (_, edges) => {
    expect(found(edges)).toEqual(['source sink']);
  });

  it.each([
    ['against the direction', 'sink>source'],
    ['in by one call and out by another', 'source(1)p p>r r)2(x x>sink plain(2)p r)1(y'],
    ['through a function that returns something else', 'source(1)p q>r r)1(x x>sink'],
    ['up out of a function that was only handed the value', 'source(1)p p>r r)2(x x>sink'],
  ])('are not found %s', (_, edges) => {
    expect(found(edges)).toEqual([]);
  });

  it('are told by their shortest way, from source to sink', () => {
    const [flow] = solveFlows(graph('source>a a>b b>sink source>c c>sink'), new Steps()).flows;
    expect(flow?.steps.map((step) => step.note)).toEqual(['source', 'c', 'sink', 'sink prints it']);
  });

  it('say when the value was encoded on the way, also inside a function', () => {
    const encoded = (edges: string): boolean | undefined =>
      solveFlows(graph(edges), new Steps()).flows[0]?.encoded;
    expect(encoded('source>a a~sink')).toBe(true);
    expect(encoded('source(1)p p~r r)1(x x>sink')).toBe(true);
    expect(encoded('source>sink other~sink')).toBe(false);
  });

  it('stop when the steps are used up', () => {
    expect(solveFlows(graph('source>a a>b b>sink'), new Steps(2))).toEqual({
      flows: [],
      complete: false,
    });
  });

  it('are the same whatever the order of the edges', () => {
    const edges = 'source(1)p p>r r)1(x x>y y(2)q q>sink source>z z~y'.split(' ');
    const sorted = (list: string[]): unknown =>
      solveFlows(graph(list.join(' ')), new Steps())
        .flows.map((flow) => [flow.source.name, flow.sink.api])
        .sort();
    fc.assert(
      fc.property(fc.shuffledSubarray(edges, { minLength: edges.length }), (shuffled) => {
        expect(sorted(shuffled)).toEqual(sorted(edges));
      }),
    );
  });

  it('never invent one: without calls, a sink is found exactly when it can be reached', () => {
    const node = fc.constantFrom('source', 'a', 'b', 'c', 'sink');
    fc.assert(
      fc.property(fc.array(fc.tuple(node, node), { minLength: 1, maxLength: 12 }), (pairs) => {
        const reached = new Set(['source']);
        for (let i = 0; i < pairs.length; i++)
          for (const [from, to] of pairs) if (reached.has(from)) reached.add(to);
        expect(found(pairs.map(([from, to]) => `${from}>${to}`).join(' '))).toEqual(
          reached.has('sink') ? ['source sink'] : [],
        );
      }),
    );
  });
});
