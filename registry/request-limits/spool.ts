/**
 * Uploads as they arrive: a large one goes to a file, so that many at once need little memory. Then
 * a few at a time are read and judged. Storing files while they arrive would let every stranger
 * fill the folder of objects: signature and scope are checked against the whole list of files.
 */
import type { Context } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import { jsonBodyBytesMax, judgedBodiesBytesMax, uploadBytesMax } from '../limits.ts';

/** A place for bytes that are not judged yet, outside memory. */
export interface Spool {
  open(): Promise<SpooledBody>;
  /** The body as it arrives, where the platform has it without copies. */
  arriving(context: Context): AsyncIterable<Uint8Array> | undefined;
}

/** Bytes that nobody else can see. Whoever opened it drops it. */
export interface SpooledBody {
  /** Takes the bytes over: nobody may read them afterwards. */
  append(bytes: Uint8Array): Promise<void>;
  /** All bytes so far. */
  read(): Promise<Buffer>;
  /** Frees the place. */
  drop(): Promise<void>;
}

/**
 * Receives an upload, waits until the uploads in memory leave room for it, and hands its bytes on.
 * @throws Problem `request-too-large`, `request-invalid`, and what `judge` throws
 */
export type ReceiveUpload = <Result>(
  context: Context,
  judge: (body: Buffer) => Promise<Result>,
) => Promise<Result>;

/** @param spool absent where there is no disk: each upload is then held in memory as it arrives */
export function uploadReceiver(spool: Spool | undefined): ReceiveUpload {
  const room = roomOf(spool);
  return async (context, judge) => {
    const { raw } = context.req;
    const length = lengthOf(raw.headers);
    const chunks = chunksOf(spool?.arriving(context) ?? arriving(raw), length);
    if (spool === undefined || (length !== undefined && length <= jsonBodyBytesMax))
      return judge(await inMemory(chunks, length));
    const body = await spool.open();
    try {
      let size = 0;
      for await (const chunk of chunks) {
        size += chunk.byteLength;
        await body.append(chunk);
      }
      const leave = await room.enter(size);
      try {
        return await judge(await body.read());
      } finally {
        leave();
      }
    } finally {
      await body.drop();
    }
  };
}

/** Routes with the same spool share the memory. */
const rooms = new WeakMap<Spool, Room>();

function roomOf(spool: Spool | undefined): Room {
  const room = (spool && rooms.get(spool)) ?? new Room(judgedBodiesBytesMax);
  if (spool !== undefined) rooms.set(spool, room);
  return room;
}

/** The announced length; undefined without one. @throws Problem `request-too-large` */
function lengthOf(headers: Headers): number | undefined {
  const text = headers.has('transfer-encoding') ? null : headers.get('content-length');
  if (text === null) return undefined;
  if (Number(text) <= uploadBytesMax) return Number(text);
  throw tooLarge();
}

function arriving({ body }: Request): AsyncIterable<Uint8Array> | undefined {
  // Cancelling the stream could end the connection before the client reads the answer.
  return body?.values({ preventCancel: true });
}

/** The chunks of a body that keeps to its length and to the limit. */
async function* chunksOf(
  body: AsyncIterable<Uint8Array> | undefined,
  length: number | undefined,
): AsyncGenerator<Uint8Array, void> {
  let size = 0;
  const chunks = body?.[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks?.next().catch((cause: unknown) => {
      throw new Problem('request-invalid', 'The connection ended before the upload', { cause });
    });
    if (next === undefined || next.done === true) break;
    size += next.value.byteLength;
    if (size > uploadBytesMax) throw tooLarge();
    if (length !== undefined && size > length) throw otherLength();
    yield next.value;
  }
  if (length !== undefined && size < length) throw otherLength();
}

async function inMemory(
  chunks: AsyncIterable<Uint8Array>,
  length: number | undefined,
): Promise<Buffer> {
  // One piece of memory, which the bytes fill as they arrive.
  if (length !== undefined) {
    const whole = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for await (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.byteLength;
    }
    return whole;
  }
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function tooLarge(): Problem {
  return new Problem('request-too-large', `The request body has more than ${uploadBytesMax} bytes`);
}

function otherLength(): Problem {
  return new Problem('request-invalid', 'The upload is not as long as its Content-Length');
}

/** Lets in as many bytes as fit, in the order of arrival. One body alone always fits. */
class Room {
  readonly #max: number;
  #used = 0;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  async enter(bytes: number): Promise<() => void> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ bytes, enter });
      this.#letIn();
    });
    return () => {
      this.#used -= bytes;
      this.#letIn();
    };
  }

  #letIn(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#used > 0 && this.#used + next.bytes > this.#max) return;
      this.#waiting.shift();
      this.#used += next.bytes;
      next.enter();
    }
  }
}
