/** The servers of others that a registry asks, as its operator named them. */
import {
  type GivenEmbedder,
  parseEmbedderSettings,
} from '../catalogue/meaning/embedder-settings.ts';
import { makeMeaning } from '../catalogue/meaning/meaning.ts';
import type { Registry } from '../context.ts';
import { parseSignOn, type SignOnSettings } from './sign-on-settings.ts';

export interface OtherServers {
  /** Single sign-on at the desk, by an identity provider. */
  readonly signOn?: SignOnSettings | undefined;
  /** The model that orders what a search found. Without it, words alone do. */
  readonly embedder?:
    | { readonly given: GivenEmbedder; readonly key: string | undefined }
    | undefined;
}

/**
 * @param warn receives why a server does not work
 * @throws Problem `usage`
 */
export function parseOtherServers(
  { embedder, signOn }: OtherServers,
  warn: (line: string) => void,
): Pick<Registry, 'signOn' | 'meaning'> {
  return {
    signOn: signOn && parseSignOn(signOn, fetch, warn),
    meaning: embedder && makeMeaning(parseEmbedderSettings(embedder.given, embedder.key), fetch),
  };
}
