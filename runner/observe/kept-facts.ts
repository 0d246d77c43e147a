/**
 * What an observation keeps of its facts. A submission chooses many of their texts, and must not
 * keep the observation from being signed or taken by a registry.
 */
import type { ObservedFact } from '../../skills-index/statement/observation.ts';
import { detailCharsMax, factBytesMax, factsMax } from './limits.ts';

/** Lower for what is worse. */
export const weightOf = { block: 0, review: 1, note: 2 } as const;

/** A text of at most 200 characters without half a surrogate pair, which nobody could sign. */
export function detailText(text: string): string {
  return text.slice(0, detailCharsMax).toWellFormed();
}

/** The facts that fit, the worst first: many notes hide no block. */
export function keptFacts(facts: readonly ObservedFact[]): readonly ObservedFact[] {
  const sorted = [...facts]
    .sort((a, b) => weightOf[a.level] - weightOf[b.level])
    .slice(0, factsMax);
  let bytes = 0;
  const tooMany = sorted.findIndex((fact) => {
    bytes += Buffer.byteLength(JSON.stringify(fact));
    return bytes > factBytesMax;
  });
  return tooMany === -1 ? sorted : sorted.slice(0, tooMany);
}
