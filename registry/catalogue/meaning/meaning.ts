/** What a registry has whose operator named a model for searches. */
import type { Embedder } from './embedder.ts';
import type { EmbedderSettings } from './embedder-settings.ts';
import { openAiEmbedder } from './openai-embedder.ts';
import { QueryVectors } from './query-vectors.ts';

export interface Meaning {
  readonly embedder: Embedder;
  /** Whether the texts of private skills are sent to the model as well. */
  readonly includesPrivate: boolean;
  readonly queries: QueryVectors;
}

/** @param ask `fetch` of the process or isolate */
export function makeMeaning(settings: EmbedderSettings, ask: typeof fetch): Meaning {
  const embedder = openAiEmbedder(settings, ask);
  const { includesPrivate } = settings;
  return { embedder, includesPrivate, queries: new QueryVectors(embedder) };
}
