/** Decodes the blobs in the texts of a round into programs of the next round. */

import type { Fact, FactContext, TraitFact } from '../fact/fact.ts';
import { remembered } from '../fact/remembered.ts';
import type { EmbeddedProgram, TaintSource } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import { detailCharsMax } from '../limits.ts';
import { decodedPrograms } from './decoded.ts';
import { describesBlock } from './markdown/code-fences.ts';

export interface DecodedSources {
  readonly facts: readonly TraitFact[];
  readonly embedded: readonly EmbeddedProgram[];
}

/**
 * Searches files and decoded texts. An embedded program has only the blobs of the text around it.
 */
export function decodedSources(
  sources: readonly TaintSource[],
  facts: readonly Fact[],
  steps: Steps,
): DecodedSources {
  const found = { facts: [] as TraitFact[], embedded: [] as EmbeddedProgram[] };
  const texts = new Map(sources.map((source) => [source.path, source]));
  for (const source of sources) {
    if (source.depth > 0 && !source.path.includes(decodedMark)) continue;
    steps.take(1 + (source.text.length >> 6));
    for (const blob of programsIn(source)) note(found, source, blob.start, blob.end, blob);
  }
  // A text that a front end computed from pieces is in no source as a whole.
  for (const fact of facts) {
    const source =
      fact.kind === 'text' && fact.role === 'string' ? texts.get(fact.span.path) : undefined;
    if (source === undefined || fact.kind !== 'text' || fact.text.length < 24) continue;
    const { start, end } = fact.span;
    if (source.text.slice(start, end).includes(fact.text)) continue;
    for (const blob of decodedPrograms(fact.text)) note(found, source, start, end, blob);
  }
  return found;
}

const programsIn = remembered((source: TaintSource) => decodedPrograms(source.text));
const decodedMark = '#decoded';

function note(
  { facts, embedded }: { facts: TraitFact[]; embedded: EmbeddedProgram[] },
  source: TaintSource,
  start: number,
  end: number,
  { form, language, text }: ReturnType<typeof decodedPrograms>[number],
): void {
  const context = contextOf(source, start);
  facts.push({
    kind: 'trait',
    trait: 'encoded-program',
    api: form,
    detail: text.replace(/\s+/g, ' ').trim().slice(0, detailCharsMax),
    span: { path: source.path, start, end },
    context,
    certainty: 'folded',
  });
  embedded.push({
    within: source.path,
    language,
    text,
    context,
    map: [{ at: 0, raw: start, fixed: true }],
    decoded: true,
  });
}

// Nothing shows that the program runs. A front end that sees it run reports that itself.
function contextOf(source: TaintSource, start: number): FactContext {
  if (source.context === 'comment' || source.context === 'fence-doc') return source.context;
  const isProse = /^(markdown|text|html)$/.test(source.language);
  return isProse && describesBlock.test(source.text.slice(Math.max(0, start - 160), start))
    ? 'fence-doc'
    : 'fence-run';
}
