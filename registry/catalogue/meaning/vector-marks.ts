/** How the row of a skill says which vector the skill has. */
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import type { Registry } from '../../context.ts';
import type { Meaning } from './meaning.ts';

export interface VectorMarks {
  /** The skill has a vector of this model. */
  readonly embedded: string;
  /** The skill is private, or the model refused its text. */
  readonly leftOut: string;
}

/**
 * The marks of rows that need nothing. A row with another mark waits: its text, the model, or what
 * is private has changed. The first sign of a mark keeps the two kinds apart.
 */
export function vectorMarks(
  { readers }: Pick<Registry, 'readers'>,
  { embedder, includesPrivate }: Meaning,
): VectorMarks {
  const hidden = includesPrivate ? [] : (readers?.privateScopes ?? []);
  const about = {
    model: embedder.model,
    hidden: Array.isArray(hidden) ? hidden.toSorted() : hidden,
  };
  return {
    embedded: `m${shortDigest(embedder.model)}`,
    leftOut: `-${shortDigest(canonicalJson(about))}`,
  };
}

function shortDigest(text: string): string {
  return hexOf(digestOf(text)).slice(0, 16);
}
