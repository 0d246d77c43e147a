/** R2 in memory: what it refuses, and how long a round trip takes. */
import { setTimeout } from 'node:timers/promises';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import type { Invocations } from './invocations.ts';
import { writesOfOneKeyMs } from './limits.ts';

interface Kept {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly at: number;
}

interface PutOptions {
  readonly sha256?: string;
  readonly onlyIf?: { readonly etagMatches?: string; readonly etagDoesNotMatch?: string };
}

export class R2 {
  readonly stored = new Map<string, Kept>();
  /** Writes that R2 refused because the key was written a moment before. */
  refused = 0;
  readonly #invocations: Invocations;
  readonly #tripMs: number;
  readonly #keyMs: number;

  /**
   * @param tripMs one round trip, in milliseconds
   * @param keyMs how long a key that was written refuses the next write
   */
  constructor(invocations: Invocations, tripMs: number, keyMs = writesOfOneKeyMs) {
    this.#invocations = invocations;
    this.#tripMs = tripMs;
    this.#keyMs = keyMs;
  }

  async get(name: string) {
    await this.#trip('gets');
    const kept = this.stored.get(name);
    if (kept === undefined) return null;
    this.#invocations.hold(kept.bytes.byteLength);
    return { etag: kept.etag, arrayBuffer: async () => Uint8Array.from(kept.bytes).buffer };
  }

  async head(name: string) {
    await this.#trip('heads');
    const kept = this.stored.get(name);
    return kept === undefined ? null : { etag: kept.etag };
  }

  async put(name: string, bytes: Uint8Array, { sha256, onlyIf }: PutOptions = {}) {
    await this.#trip('puts');
    const digest = hexOf(digestOf(bytes));
    if (sha256 !== undefined && sha256 !== digest)
      throw new Error('put: The SHA-256 checksum you specified did not match what we received');
    const before = this.stored.get(name);
    if (onlyIf?.etagMatches !== undefined && before?.etag !== onlyIf.etagMatches) return null;
    if (onlyIf?.etagDoesNotMatch === '*' && before !== undefined) return null;
    if (before !== undefined && Date.now() - before.at < this.#keyMs) {
      this.refused++;
      throw new Error('put: Reduce your concurrent request rate for the same object. (10058)');
    }
    const kept = { bytes: Uint8Array.from(bytes), etag: digest.slice(0, 32), at: Date.now() };
    this.stored.set(name, kept);
    return kept;
  }

  async delete(names: readonly string[]): Promise<void> {
    await this.#trip('puts');
    for (const name of names) this.stored.delete(name);
  }

  async #trip(kind: 'gets' | 'heads' | 'puts'): Promise<void> {
    this.#invocations.spend(kind);
    if (this.#tripMs > 0) await this.#invocations.connect(() => setTimeout(this.#tripMs));
    await this.#invocations.goesOn();
  }
}
