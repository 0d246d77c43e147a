import type { ArtifactFact } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';

/** The result for some bytes. */
export interface Ingested {
  /** Texts: of the file itself under its own path, and of its entries. */
  readonly sources: readonly TaintSource[];
  readonly disposition: 'analysed' | 'inert' | 'unanalysed';
  readonly reason: string;
  readonly artifacts: readonly ArtifactFact[];
}
