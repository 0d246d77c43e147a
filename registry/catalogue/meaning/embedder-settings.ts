/** What an operator says about a model. */
import * as v from 'valibot';
import {
  endpointOf,
  type ModelServer,
  whyNotModelKey,
} from '../../../skills-index/client/model-server.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { exactObject } from '../../../skills-index/skill/shape.ts';

/** As the operator wrote it. */
export interface GivenEmbedder {
  readonly address: unknown;
  readonly model: unknown;
  readonly private?: boolean;
}

/** The address of the server ends in `/embeddings`. */
export interface EmbedderSettings extends ModelServer {
  readonly model: string;
  /** Whether the texts of private skills are sent as well. */
  readonly includesPrivate: boolean;
}

const settingsShape = exactObject({
  address: v.string(),
  model: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  private: v.optional(v.boolean(), false),
});

/**
 * @param given `address`, `model` and perhaps `private`
 * @param key without it, requests have no authorization
 * @throws Problem `usage`
 */
export function parseEmbedderSettings(given: unknown, key: string | undefined): EmbedderSettings {
  const parsed = v.safeParse(settingsShape, given);
  if (!parsed.success)
    throw refused('the model has an address and a name', 'Give embeddings and embeddings-model.');
  const { address, model, private: includesPrivate } = parsed.output;
  const url = endpointOf(address, '/embeddings');
  if (typeof url !== 'string') throw refused(url.why, url.hint);
  const wrongKey = key === undefined ? undefined : whyNotModelKey(key);
  if (wrongKey !== undefined) throw refused(wrongKey);
  return { url, model, key, includesPrivate };
}

function refused(why: string, hint?: string): Problem {
  return new Problem('usage', `Cannot use the model for searches: ${why}`, { hint });
}
