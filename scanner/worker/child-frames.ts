/**
 * The protocol of a scanning child: frames over standard input and output, each after its length.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { ScannedName } from '../scan.ts';

/** Four bytes of length (big endian), then the body. */
export function frameOf(body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.byteLength);
  return Buffer.concat([head, body]);
}

/**
 * Assembles frames from chunks, copying each once. `push` returns `undefined` for a frame that is
 * too long.
 */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes needed before the next step: a head, or a head and its body. */
  #needed = 4;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Uint8Array): Uint8Array[] | undefined {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    const frames: Uint8Array[] = [];
    while (this.#length >= this.#needed) {
      const bytes = Buffer.concat(this.#chunks);
      const length = bytes.readUInt32BE(0);
      if (length > this.#bytesMax) return undefined;
      const whole = 4 + length <= bytes.byteLength;
      if (whole) frames.push(bytes.subarray(4, 4 + length));
      const rest = whole ? bytes.subarray(4 + length) : bytes;
      this.#chunks = [rest];
      this.#length = rest.byteLength;
      this.#needed = whole ? 4 : 4 + length;
    }
    return frames;
  }
}

export interface ScanRequest {
  readonly files: readonly SourceFile[];
  readonly published: ScannedName;
}

/** A request as one frame's body: a line of JSON, a line feed, the files' bytes in their order. */
export function packRequest({ files, published }: ScanRequest): Uint8Array {
  const head = {
    published,
    files: files.map(({ path, mode, bytes }) => ({ path, mode, size: bytes.byteLength })),
  };
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    ...files.map((file) => file.bytes),
  ]);
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
  return { files, published: head.published };
}
