/**
 * Limits the large bodies of clients that are not members, in bytes in progress at one time: each
 * body is held in memory until it was checked.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  jsonBodyBytesMax,
  strangerBodiesBytesMax,
  strangerBodiesOfOneBytesMax,
} from '../limits.ts';

/** Counts announced lengths, since those bytes may arrive. Small bodies do not count. */
export class BodiesInFlight {
  #all = 0;
  readonly #byNetwork = new Map<string, number>();

  /**
   * Reserves memory for the body of a request.
   * @param network the client's network
   * @param bytesMax the limit of the route: a body without a length may be that large
   * @returns a function that frees the reservation
   * @throws Problem `too-many-requests` when this network has too many bytes in progress,
   * `registry-busy` when all networks together have
   */
  reserve(network: string, headers: Headers, bytesMax: number): () => void {
    const bytes = announced(headers, bytesMax);
    if (bytes <= jsonBodyBytesMax) return () => undefined;
    const before = this.#byNetwork.get(network) ?? 0;
    if (before + bytes > strangerBodiesOfOneBytesMax)
      throw new Problem(
        'too-many-requests',
        'This address sends too many large request bodies at once',
      );
    if (this.#all + bytes > strangerBodiesBytesMax)
      throw new Problem('registry-busy', 'Clients send too many large request bodies at once', {
        hint: 'Try again in a moment; the limit does not apply to members.',
      });
    this.#add(network, bytes);
    return () => this.#add(network, -bytes);
  }

  #add(network: string, bytes: number): void {
    this.#all += bytes;
    const now = (this.#byNetwork.get(network) ?? 0) + bytes;
    if (now === 0) this.#byNetwork.delete(network);
    else this.#byNetwork.set(network, now);
  }
}

// A body over the limit is rejected unread.
function announced(headers: Headers, bytesMax: number): number {
  if (headers.has('transfer-encoding')) return bytesMax;
  return Math.min(Number(headers.get('content-length') ?? 0), bytesMax);
}
