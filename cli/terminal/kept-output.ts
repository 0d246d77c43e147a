/** The start of a run's output for an agent, and the number of further bytes. */

/** Bytes of stdout and of stderr that an agent gets from a run. */
const skillOutputBytesMax = 64 * 1024;

/** Keeps the first bytes of a stream and counts the rest. */
export class KeptOutput {
  dropped = 0;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  take(chunk: Uint8Array): void {
    const room = Math.max(0, skillOutputBytesMax - this.#size);
    const part = chunk.subarray(0, room);
    if (part.byteLength > 0) this.#chunks.push(Uint8Array.from(part));
    this.#size += part.byteLength;
    this.dropped += chunk.byteLength - part.byteLength;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
