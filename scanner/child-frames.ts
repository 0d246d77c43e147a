/** How a scanning child is talked to: frames over standard input and output, each with its length before it. */
import type { SourceFile } from '../skills-index/skill/bundle.ts';

/** Four bytes of length (big endian), then that many bytes. */
export function frameOf(body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.byteLength);
  return Buffer.concat([head, body]);
}

/** Whole frames out of chunks; `undefined` from `push` means that one is longer than allowed. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Uint8Array): Uint8Array[] | undefined {
    this.#bytes = this.#bytes.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([this.#bytes, chunk]);
    const frames: Uint8Array[] = [];
    while (this.#bytes.byteLength >= 4) {
      const length = this.#bytes.readUInt32BE(0);
      if (length > this.#bytesMax) return undefined;
      if (this.#bytes.byteLength < 4 + length) break;
      frames.push(this.#bytes.subarray(4, 4 + length));
      this.#bytes = this.#bytes.subarray(4 + length);
    }
    return frames;
  }
}

export interface ScanRequest {
  readonly files: readonly SourceFile[];
  readonly published: { readonly name: string; readonly version: string };
  /** What `packScan` kept of an earlier scan of the same files; empty for none. */
  readonly stored: Uint8Array;
}

/** A request as one frame's body: a line of JSON, a line feed, the files' bytes one after another, and what was stored. */
export function packRequest({ files, published, stored }: ScanRequest): Uint8Array {
  const head = { published, files: files.map(({ path, mode, bytes }) => ({ path, mode, size: bytes.byteLength })) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...files.map((file) => file.bytes), stored]);
}

/** The request in a frame's body. Only a child reads it, from the parent that started it. */
export function unpackRequest(body: Uint8Array): ScanRequest {
  const end = body.indexOf(10);
  const head = JSON.parse(Buffer.from(body.subarray(0, end)).toString('utf8')) as {
    published: ScanRequest['published'];
    files: { path: string; mode: number; size: number }[];
  };
  let at = end + 1;
  const files = head.files.map(({ path, mode, size }) => {
    const bytes = body.subarray(at, at + size);
    at += size;
    return { path, mode, bytes };
  });
  return { files, published: head.published, stored: body.subarray(at) };
}

export interface ScanAnswer {
  /** Canonical JSON of `{report, selectors, prose?, signature?}`. */
  readonly said: Uint8Array;
  /** The scan as `packScan` packs it, for the next change of rules. */
  readonly stored: Uint8Array;
}

/** An answer as one frame's body: what is said on one line, a line feed, and what is to be stored. */
export function packAnswer({ said, stored }: ScanAnswer): Uint8Array {
  return Buffer.concat([said, Buffer.from('\n'), stored]);
}

/** The answer in a frame's body; nothing in it is to be trusted. JSON without white space has no line feed of its own. */
export function unpackAnswer(body: Uint8Array): ScanAnswer {
  const end = body.indexOf(10);
  return end < 0 ? { said: body, stored: new Uint8Array() } : { said: body.subarray(0, end), stored: body.subarray(end + 1) };
}
