/**
 * Large bodies of strangers that are under way at one time, in bytes: each is held in memory until
 * it has been judged.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  jsonBodyBytesMax,
  strangerBodiesBytesMax,
  strangerBodiesOfOneBytesMax,
} from '../limits.ts';

/** Counts what was announced, since it may come; small bodies are free. */
export class BodiesInFlight {
  #all = 0;
  readonly #byNetwork = new Map<string, number>();

  /**
   * Makes room for the body of a request.
   * @param network from where it comes
   * @param bytesMax what its route takes at most: a body without a length may have as much
   * @returns gives the room back
   * @throws Problem `too-many-requests` when this network has too much under way, `registry-busy`
   * when all together have
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

// Over the limit it is refused unread.
function announced(headers: Headers, bytesMax: number): number {
  if (headers.has('transfer-encoding')) return bytesMax;
  return Math.min(Number(headers.get('content-length') ?? 0), bytesMax);
}
