/** What an agent gets of a run's output: the beginning, and how much more there was. */
import { skillOutputBytesMax } from '../limits.ts';

/** The first bytes of a stream, and how many came after. */
export class KeptOutput {
  dropped = 0;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  take(chunk: Uint8Array): void {
    const room = Math.max(0, skillOutputBytesMax - this.#size);
    const kept = chunk.subarray(0, room);
    if (kept.byteLength > 0) this.#chunks.push(Uint8Array.from(kept));
    this.#size += kept.byteLength;
    this.dropped += chunk.byteLength - kept.byteLength;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
