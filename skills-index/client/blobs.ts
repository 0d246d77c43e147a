/** Blobs by digest, from the store or the registry, checked before anyone sees them. */
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { Store } from './store.ts';

/** How to reach a registry. */
export interface Source {
  readonly fetch: typeof globalThis.fetch;
  readonly store: Store;
  /** Base URL without a slash at its end. */
  readonly base: string;
  /** Answer from the store alone. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Bytes with this digest.
 * @throws Problem `not-found`, `registry-down`, `registry-answer`, `signature-invalid` when the bytes are others
 */
export async function fetchBlob(_source: Source, _digest: Digest, _bytesMax?: number): Promise<Uint8Array> {
  throw new Problem('internal', 'not written yet');
}
