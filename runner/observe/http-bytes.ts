/**
 * The bytes of HTTP connections that no request has explained yet. A client can send what Node's
 * parser refuses, end in the middle of a head, or write behind its request: all of it has left.
 */
import type { Duplex } from 'node:stream';
import { openBytesMax, requestBytesMax } from './limits.ts';

export class HttpBytes {
  readonly #kept = new Map<Duplex, Buffer[]>();
  #size = 0;
  /** Whether more was sent than is kept. */
  overflowed = false;

  /** Keeps what comes from now on. */
  keep(socket: Duplex): void {
    const parts: Buffer[] = [];
    let size = 0;
    this.#kept.set(socket, parts);
    socket.on('data', (chunk: Buffer) => {
      if (!this.#kept.has(socket)) return;
      size += chunk.length;
      if (size > requestBytesMax || this.#size + chunk.length > openBytesMax) {
        this.overflowed = true;
        return;
      }
      this.#size += chunk.length;
      parts.push(chunk);
    });
  }

  /** What came and was not taken yet. */
  take(socket: Duplex): Buffer {
    const bytes = Buffer.concat(this.#kept.get(socket)?.splice(0) ?? []);
    this.#size -= bytes.length;
    return bytes;
  }

  /** Takes what came, and ends the keeping: what comes from now on is observed elsewhere. */
  release(socket: Duplex): Buffer {
    const bytes = this.take(socket);
    this.#kept.delete(socket);
    return bytes;
  }

  /** The connections with bytes that nobody took. */
  left(): { readonly socket: Duplex; readonly bytes: Buffer }[] {
    return [...this.#kept]
      .map(([socket, parts]) => ({ socket, bytes: Buffer.concat(parts) }))
      .filter(({ bytes }) => bytes.length > 0);
  }
}
