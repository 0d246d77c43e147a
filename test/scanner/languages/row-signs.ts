/** What shows that a row of a library's table did what it says, for the tests made of rows. */
import type { Fact } from '../../../scanner/fact/fact.ts';
import type { FlowGraph } from '../../../scanner/flow/graph.ts';
import type { RowEffect } from '../../../scanner/knowledge/row.ts';

/** What a program was seen to do, as far as rows say it. */
interface Seen {
  readonly facts: readonly Fact[];
  readonly embedded: readonly unknown[];
  readonly graph: Pick<FlowGraph, 'sinks' | 'sources' | 'exports' | 'starts'>;
}

/** What was seen, as kinds of effects. */
export function shown({ facts, embedded, graph }: Seen): ReadonlySet<string> {
  return new Set([
    ...facts.map((fact) =>
      fact.kind === 'capability'
        ? `${fact.capability.kind} ${'mode' in fact.capability ? fact.capability.mode : ''}`.trim()
        : `trait ${fact.kind === 'trait' ? fact.trait : ''}`,
    ),
    ...graph.sinks.map(({ sink }) => `to ${sink.what} ${sink.part}`),
    ...graph.sources.map(({ source }) => `from ${source.what}`),
    ...(embedded.length > 0 ? ['embedded'] : []),
    ...(graph.exports?.length ? ['exported'] : []),
    ...(graph.starts?.length ? ['started'] : []),
  ]);
}

/** One of these says that the effect was noted; none where a call alone cannot show it. */
export function signsOf(effect: RowEffect): readonly string[] {
  switch (effect.does) {
    case 'request':
    case 'connect':
      return ['egress'];
    case 'read':
      return ['mount ro'];
    case 'open':
      return ['mount ro', 'mount rw'];
    case 'write':
    case 'delete':
      return ['mount rw'];
    case 'program':
      return ['exec'];
    case 'code':
      return ['embedded', 'trait code-from-string'];
    case 'load':
      return ['started', 'to exec program'];
    case 'deserialize':
      return ['trait deserialize'];
    case 'env':
      return ['env'];
    case 'whole-env':
      return ['env'];
    case 'input':
      return ['from input'];
    case 'incoming':
      return ['from network'];
    case 'observe':
      return ['from observed'];
    case 'output':
      return ['to output content'];
    case 'listen':
      return ['trait listen'];
    case 'native':
      return ['trait native'];
    // What is called deletes a file.
    case 'call':
      return ['mount rw'];
    case 'set-env':
      return ['trait env-write'];
    case 'trait':
      return [`trait ${effect.trait}`];
    default:
      return [];
  }
}
