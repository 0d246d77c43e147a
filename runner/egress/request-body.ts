/** The body of a request: each piece is counted and looked through before it can leave. */
import { randomUUID } from 'node:crypto';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import { egressBodyBytesMax } from '../../skills-index/run/egress/egress-judge.ts';
import { egressPiecesMax } from '../limits.ts';
import type { Traffic } from './traffic.ts';
import { unpack } from './unpack.ts';

/** More than any form of a value takes that is cut over small bodies. */
const lastBytes = 1_024;

export class RequestBody {
  /** Why no more of it leaves. */
  why: Denial | undefined;
  /** Whether all of it was read. */
  ended = false;
  /** Whether the sender hung up, or sent what is no body. */
  broken = false;
  readonly #traffic: Traffic;
  readonly #channel = `body ${randomUUID()}`;
  readonly #pieces: AsyncIterator<Buffer>;
  // One block that grows: what comes byte by byte takes no more room than its bytes.
  #block = Buffer.alloc(0);
  #last = Buffer.alloc(0);
  #size = 0;
  #count = 0;
  #held = 0;

  constructor(traffic: Traffic, pieces: AsyncIterable<Buffer>) {
    this.#traffic = traffic;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Reads until the end, until `bytesMax` are held, or until it is refused; gives all that is held.
   */
  async hold(bytesMax: number): Promise<Buffer> {
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
      this.why = this.#traffic.accounts.hold(piece.length);
    }
    return this.held;
  }

  get held(): Buffer {
    return this.#block.subarray(0, this.#held);
  }

  release(): void {
    this.#traffic.accounts.hold(-this.#held);
    this.#traffic.leaks.forget(this.#channel);
  }

  /** Looks into a whole body that is packed. */
  lookInto(body: Buffer, coding: string): void {
    const bytes = unpack(body, coding);
    this.why =
      bytes === undefined
        ? 'request-encoded'
        : this.#traffic.accounts.leak(`${this.#channel} unpacked`, bytes);
  }

  /** The next piece that may leave; undefined at the end, or when it is refused. */
  async next(): Promise<Buffer | undefined> {
    if (this.why !== undefined || this.ended || this.broken) return undefined;
    const piece = await this.#pieces.next().catch(() => undefined);
    this.broken = piece === undefined;
    this.ended = piece?.done === true;
    // What one body ends with may go on in the next one.
    if (this.ended) this.why = this.#traffic.accounts.leak('bodies', this.#last);
    if (piece === undefined || piece.done) return undefined;
    this.why = this.#judge(piece.value);
    return this.why === undefined ? piece.value : undefined;
  }

  #judge(piece: Buffer): Denial | undefined {
    this.#size += piece.length;
    if (this.#size > egressBodyBytesMax) return 'too-large';
    if (++this.#count > egressPiecesMax) return 'malformed';
    this.#last = Buffer.concat([this.#last, piece.subarray(-lastBytes)]).subarray(-lastBytes);
    const { accounts } = this.#traffic;
    return accounts.leak(this.#channel, piece) ?? accounts.send(piece.length);
  }
}
