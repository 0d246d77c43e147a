/**
 * Reads the body of a request. The proxy counts each piece of the body and searches each piece for
 * secrets before the piece can leave.
 */
import { randomUUID } from 'node:crypto';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import { egressBodyBytesMax } from '../../skills-index/run/egress/egress-judge.ts';
import { egressPiecesMax } from '../limits.ts';
import type { Traffic } from './traffic.ts';
import { unpack } from './unpack.ts';

/**
 * Bytes that the proxy keeps from the end of a body: more than the longest encoding of a secret. A
 * program may split one secret over several small bodies.
 */
const lastBytes = 1_024;

export class RequestBody {
  /** The reason why the rest of the body must not leave; undefined while the body is allowed. */
  why: Denial | undefined;
  /** Whether the proxy has read the whole body. */
  ended = false;
  /** Whether the client hung up, or sent a malformed body. */
  broken = false;
  readonly #traffic: Traffic;
  readonly #allowed: readonly string[];
  readonly #channel = `body ${randomUUID()}`;
  readonly #pieces: AsyncIterator<Buffer>;
  // One growing block keeps the body: even a body that arrives byte by byte takes no more memory
  // than about twice its bytes.
  #block = Buffer.alloc(0);
  #last = Buffer.alloc(0);
  #size = 0;
  #count = 0;
  #held = 0;

  /** @param allowed the names of the secrets whose placeholders the body may contain */
  constructor(traffic: Traffic, pieces: AsyncIterable<Buffer>, allowed: readonly string[]) {
    this.#traffic = traffic;
    this.#allowed = allowed;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Reads until the body ends, `bytesMax` bytes are buffered, or a piece of the body is denied.
   * Returns all buffered bytes.
   */
  async readAhead(bytesMax: number): Promise<Buffer> {
    while (this.#held < bytesMax) {
      const piece = await this.next();
      if (piece === undefined) break;
      const end = this.#held + piece.length;
      if (end > this.#block.length)
        this.#block = Buffer.concat(
          [this.#block.subarray(0, this.#held)],
          Math.max(2 * this.#block.length, end),
        );
      piece.copy(this.#block, this.#held);
      this.#held = end;
      this.why = this.#traffic.accounts.countBuffered(piece.length);
    }
    return this.held;
  }

  get held(): Buffer {
    return this.#block.subarray(0, this.#held);
  }

  release(): void {
    this.#traffic.accounts.countBuffered(-this.#held);
    this.#traffic.leaks.forget(this.#channel);
  }

  /** Decompresses a whole body and searches the decompressed content for secrets. */
  searchUnpacked(body: Buffer, coding: string): void {
    const bytes = unpack(body, coding);
    this.why =
      bytes === undefined ? 'request-encoded' : this.#whyLeaks(`${this.#channel} unpacked`, bytes);
  }

  /**
   * Returns the next piece of the body that may leave; undefined at the body's end, or when a piece
   * is denied.
   */
  async next(): Promise<Buffer | undefined> {
    if (this.why !== undefined || this.ended || this.broken) return undefined;
    const piece = await this.#pieces.next().catch(() => undefined);
    this.broken = piece === undefined;
    this.ended = piece?.done === true;
    // A program may split a secret: the first part ends this body, and the rest begins the next
    // body.
    if (this.ended) this.why = this.#whyLeaks('bodies', this.#last);
    if (piece === undefined || piece.done) return undefined;
    this.why = this.#judge(piece.value);
    return this.why === undefined ? piece.value : undefined;
  }

  #judge(piece: Buffer): Denial | undefined {
    this.#size += piece.length;
    if (this.#size > egressBodyBytesMax) return 'too-large';
    if (++this.#count > egressPiecesMax) return 'malformed';
    this.#last = Buffer.concat([this.#last, piece.subarray(-lastBytes)]).subarray(-lastBytes);
    return this.#whyLeaks(this.#channel, piece) ?? this.#traffic.accounts.countSent(piece.length);
  }

  #whyLeaks(channel: string, bytes: Uint8Array): Denial | undefined {
    return this.#traffic.accounts.whyLeaks(channel, bytes, this.#allowed);
  }
}
