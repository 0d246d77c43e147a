/**
 * Splits a WebSocket stream into whole frames (RFC 6455 §5.2), so that the proxy can inspect each
 * frame before forwarding the frame. Pure.
 */

export interface WebSocketFrame {
  /** The first byte of the frame: FIN, reserved bits (all zero) and opcode. */
  readonly first: number;
  readonly isMasked: boolean;
  /** The frame's content, unmasked. */
  readonly payload: Buffer;
  /** The frame's bytes as received. */
  readonly bytes: Buffer;
}

/** The highest number of bytes in a frame. A longer frame ends the connection. */
export const frameBytesMax = 1024 * 1024;

const opcodes = [0, 1, 2, 8, 9, 10];
const maskBit = 0x80;

/** Collects the bytes of one direction and returns each frame once it is complete. */
export class WebSocketFrameReader {
  #waiting: Buffer[] = [];
  #size = 0;
  /**
   * The number of bytes that must arrive before the next try to parse. Without this number, frames
   * that arrive byte by byte would be parsed over and over.
   */
  #needed = 2;

  /**
   * Returns the frames that this chunk completes. Returns undefined when the bytes are not frames,
   * or need an extension; the proxy never negotiates an extension.
   */
  push(chunk: Buffer): WebSocketFrame[] | undefined {
    this.#waiting.push(chunk);
    this.#size += chunk.length;
    const frames: WebSocketFrame[] = [];
    if (this.#size < this.#needed) return frames;
    for (let bytes = Buffer.concat(this.#waiting); ; ) {
      const frame = readFrame(bytes);
      if (frame === 'odd') return undefined;
      if (typeof frame === 'number') {
        this.#waiting = [bytes];
        this.#size = bytes.length;
        this.#needed = frame;
        return frames;
      }
      frames.push(frame);
      bytes = bytes.subarray(frame.bytes.length);
    }
  }
}

/**
 * Applies `judge` to each frame of a chunk. Returns the bytes to forward, or the reason that ends
 * the connection. A client masks its frames and a server does not (RFC 6455).
 */
export function judgeFrames<Word extends string>(
  {
    odd,
    reader,
    isClient,
  }: { readonly odd: Word; readonly reader: WebSocketFrameReader; readonly isClient: boolean },
  chunk: Buffer,
  judge: (frame: WebSocketFrame) => Buffer | Word,
): { readonly parts: readonly Buffer[]; readonly why?: Word } {
  const frames = reader.push(chunk);
  if (frames === undefined) return { parts: [], why: odd };
  const parts: Buffer[] = [];
  for (const frame of frames) {
    const judged = frame.isMasked === isClient ? judge(frame) : odd;
    if (typeof judged === 'string') return { parts, why: judged };
    parts.push(judged);
  }
  return { parts };
}

// Reads one frame. A number as the result is the least number of bytes that must arrive before
// parsing can continue.
function readFrame(bytes: Buffer): WebSocketFrame | number | 'odd' {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return 2;
  if ((first & 0x70) !== 0 || !opcodes.includes(first & 0x0f)) return 'odd';
  const short = second & ~maskBit;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const head = 2 + lengthBytes;
  if (bytes.length < head) return head;
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  if (length > frameBytesMax) return 'odd';
  const isMasked = (second & maskBit) !== 0;
  const begin = head + (isMasked ? 4 : 0);
  if (bytes.length < begin + length) return begin + length;
  const mask = bytes.subarray(head, begin);
  const payload = Buffer.from(bytes.subarray(begin, begin + length));
  if (isMasked)
    for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return { first, isMasked, payload, bytes: bytes.subarray(0, begin + length) };
}

/** Returns a frame as a server writes the frame, without a mask. */
export function serverFrame(first: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
