/**
 * Uploads as they arrive: a large one goes to a file, so that many at once need little memory. Then
 * a few at a time are read and judged. Storing files while they arrive would let every stranger
 * fill the folder of objects: signature and scope are checked against the whole list of files.
 */
import type { Context } from 'hono';
import { bundleFileBytesMax } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/** A JSON body that is neither a signed statement nor a report. */
export const jsonBodyBytesMax = 64 * 1024;

/** Uploads from the disk that are in memory at one time. */
export const judgedBodiesBytesMax = 4 * 1024 * 1024;

export const uploadBytesMax = 26 * 1024 * 1024;

const memberBodiesBytesMax = 40 * uploadBytesMax;

export const reportBytesMax = 16 * 1024 * 1024;

/** A statement names up to 500 files. */
export const statementBodyBytesMax = 1024 * 1024;

/**
 * Large uploads that wait on the disk at one time: of clients that are not members, in all and per
 * address, and of members.
 */
export const strangerBodiesBytesMax = 5 * uploadBytesMax;

/**
 * Bodies of other clients than members in memory: on Workers, which have 128 MB and no disk, all;
 * elsewhere those that are no uploads. An address has the room of one upload there, and so have all
 * members together.
 */
export const strangerBodiesInMemoryBytesMax = 2 * uploadBytesMax;

export const strangerBodiesOfOneBytesMax = 2 * uploadBytesMax;

/** A place for bytes that are not judged yet, outside memory. */
export interface Spool {
  open(): Promise<SpooledBody>;
  /** The body as it arrives, where the platform has it without copies. */
  arriving(context: Context): AsyncIterable<Uint8Array> | undefined;
}

/** Bytes that nobody else can see. Whoever opened it drops it. */
interface SpooledBody {
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
type ReceiveUpload = <Result>(
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

// Limits large request bodies in bytes in progress at one time: they fill memory, or the disk.

/** Bytes in progress at one time. One body alone is always taken. */
interface BodyRoom {
  readonly all: number;
  /** From one network. */
  readonly ofOne: number;
}

/** Counts announced lengths, since those bytes may arrive. Small bodies do not count. */
export class BodiesInFlight {
  readonly #room: BodyRoom;
  #all = 0;
  readonly #byNetwork = new Map<string, number>();

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  /**
   * Reserves room for the body of a request.
   * @param network the client's network
   * @param bytesMax the limit of the route: a body without a length may be that large
   * @returns a function that frees the reservation
   * @throws Problem `too-many-requests` when this network has too many bytes in progress,
   * `registry-busy` when all networks together have
   */
  reserve(network: string, headers: Headers, bytesMax: number): () => void {
    const bytes = announced(headers, bytesMax);
    if (bytes <= jsonBodyBytesMax) return () => undefined;
    const before = this.#byNetwork.get(network) ?? 0;
    if (before > 0 && before + bytes > this.#room.ofOne)
      throw new Problem(
        'too-many-requests',
        'This address sends too many large request bodies at once',
      );
    if (this.#all > 0 && this.#all + bytes > this.#room.all)
      throw new Problem('registry-busy', 'Clients send too many large request bodies at once', {
        hint: 'Try again in a moment; members have room of their own.',
      });
    this.#add(network, bytes);
    return () => this.#add(network, -bytes);
  }

  #add(network: string, bytes: number): void {
    this.#all += bytes;
    const now = (this.#byNetwork.get(network) ?? 0) + bytes;
    if (now === 0) this.#byNetwork.delete(network);
    else this.#byNetwork.set(network, now);
  }
}

/** The room for bodies of members, and for those of everybody else. */
interface ClientRooms {
  readonly member: BodiesInFlight;
  readonly stranger: BodiesInFlight;
}

/** For bodies that are held in memory. */
export function roomsInMemory(): ClientRooms {
  return {
    member: new BodiesInFlight({ all: uploadBytesMax, ofOne: Infinity }),
    stranger: new BodiesInFlight({ all: strangerBodiesInMemoryBytesMax, ofOne: uploadBytesMax }),
  };
}

/** For uploads that wait on a disk. */
export function roomsOnDisk(): ClientRooms {
  return {
    member: new BodiesInFlight({ all: memberBodiesBytesMax, ofOne: Infinity }),
    stranger: new BodiesInFlight({
      all: strangerBodiesBytesMax,
      ofOne: strangerBodiesOfOneBytesMax,
    }),
  };
}

/** The paths of uploads: of versions, and of the files of clients without keys. */
const uploadPaths: ReadonlySet<string> = new Set(['/api/v1/versions', '/api/v1/skills']);

/** Whether a request brings all files of a version, which is the largest body. */
export function isUpload({ method, path }: { readonly method: string; readonly path: string }) {
  return method === 'POST' && uploadPaths.has(path);
}

/** The largest body that a path takes. Most routes have a smaller limit of their own. */
export function bodyBytesMaxAt(path: string): number {
  if (uploadPaths.has(path)) return uploadBytesMax;
  if (path.startsWith('/api/v1/skills/-/files/')) return bundleFileBytesMax;
  return /^\/api\/v1\/jobs\/[^/]+\/report$/.test(path) ? reportBytesMax : statementBodyBytesMax;
}

// A body over the limit is rejected unread.
function announced(headers: Headers, bytesMax: number): number {
  if (headers.has('transfer-encoding')) return bytesMax;
  return Math.min(Number(headers.get('content-length') ?? 0), bytesMax);
}
