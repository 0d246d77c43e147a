/** What an operator says about a model. */
import * as v from 'valibot';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { exactObject } from '../../../skills-index/skill/shape.ts';

/** As the operator wrote it. */
export interface GivenEmbedder {
  readonly address: unknown;
  readonly model: unknown;
  readonly private?: boolean;
}

export interface EmbedderSettings {
  /** The address for embeddings, which ends in `/embeddings`. */
  readonly url: string;
  readonly model: string;
  /** Bearer token. It stands in no settings file and in no message. */
  readonly key?: string | undefined;
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
  const url = URL.parse(address);
  if (url === null || `${url.username}${url.password}${url.search}${url.hash}` !== '')
    throw refused(
      'its address has a user name, a query or a fragment, or is no address',
      'Write https://HOST/v1. The key belongs in embeddings-key-file or $SKILLGATE_EMBEDDINGS_KEY.',
    );
  if (url.protocol !== 'https:' && !isOnThisMachine(url))
    throw refused(
      'queries and the key would be sent as plain text to another machine',
      'Write https://HOST/v1, or the http: address of a model on this machine.',
    );
  if (key !== undefined && !/^[\x21-\x7e]{1,500}$/.test(key))
    throw refused('its key has a space, a control character or more than 500 characters');
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/embeddings') ? path : `${path}/embeddings`;
  return { url: url.href, model, key, includesPrivate };
}

function isOnThisMachine({ hostname, protocol }: URL): boolean {
  return protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function refused(why: string, hint?: string): Problem {
  return new Problem('usage', `Cannot use the model for searches: ${why}`, { hint });
}
