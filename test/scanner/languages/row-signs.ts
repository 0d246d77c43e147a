/** What shows that a row of a library's table did what it says, for the tests made of rows. */

import type { Fact } from '../../../scanner/fact/fact.ts';
import type { FlowGraph } from '../../../scanner/flow/graph.ts';
import type { ArgOf, RowEffect } from '../../../scanner/knowledge/row.ts';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';

/** What a program was seen to do, as far as rows say it. */
interface Seen {
  readonly facts: readonly Fact[];
  readonly embedded: readonly unknown[];
  readonly graph: Pick<FlowGraph, 'sinks' | 'sources' | 'exports' | 'starts'>;
}

/** What was seen, as kinds of effects. */
export function shown({ facts, embedded, graph }: Seen): ReadonlySet<string> {
  return new Set([
    ...facts.flatMap((fact) => {
      if (fact.kind === 'trait') return `trait ${fact.trait}`;
      return fact.kind === 'capability' ? namesOf(fact.capability) : [];
    }),
    ...graph.sinks.map(({ sink }) => `to ${sink.what} ${sink.part}`),
    ...graph.sources.map(({ source }) => `from ${source.what}`),
    ...(embedded.length > 0 ? ['embedded'] : []),
    ...(graph.exports?.length ? ['exported'] : []),
    ...(graph.starts?.length ? ['started'] : []),
  ]);
}

// With and without what it names.
function namesOf(one: Capability): readonly string[] {
  if (one.kind === 'egress') return ['egress', `egress ${parseEgressUrl(one.url).host}`];
  if (one.kind === 'mount') return [`mount ${one.mode}`, `mount ${one.mode} ${one.path}`];
  return [one.kind, ...(one.kind === 'env' ? [`env ${one.name}`] : [])];
}

/** The variable that each test gives. */
export const variable = 'TOKEN';

function fixedText(of: ArgOf): string | undefined {
  const isFixed = typeof of === 'object' && of.at === undefined && of.name === undefined;
  return isFixed ? of.text : undefined;
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
      return [`env ${fixedText(effect.name) ?? variable}`];
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
    // What is called runs a text.
    case 'call':
      return (effect.given ?? effect.each) !== undefined
        ? ['embedded']
        : ['trait code-from-string'];
    case 'set-env':
      return ['trait env-write'];
    case 'trait':
      return [`trait ${effect.trait}`];
    default:
      return [];
  }
}
