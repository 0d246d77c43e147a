/**
 * Bounds the time of each operation on the objects. A storage that hangs then fails like a storage
 * that is broken: nobody holds the turn of the log, or a place in another queue, for ever.
 */
import type { Objects } from './objects.ts';

export const objectBytesPerSecondMin = 1024 * 1024;

const objectPlaceMs = 50;

const objectProbeMs = 30_000;

/**
 * The same time while an earlier operation is overdue, how many overdue operations wait in memory,
 * and how often one more is tried then.
 */
const objectSilentMs = 500;

const objectsOverdueMax = 32;

/**
 * How long the object storage may take for one operation, how slow it may be with the bytes of a
 * write, and the time for each object of a write.
 */
const objectWaitMs = 10_000;

/** The storage did not answer in time. It may still do what it was asked. */
export class StorageSilent extends Error {
  constructor(cause?: unknown) {
    super('The object storage does not answer', { cause });
    this.name = 'StorageSilent';
  }
}

/** How long the storage may take, in milliseconds. */
export interface ObjectPatience {
  /** One operation, apart from the time for its bytes. */
  readonly waitMs: number;
  /** The same while an earlier operation is overdue. */
  readonly silentMs: number;
  /** Overdue operations that wait for the storage in memory. */
  readonly overdueMax: number;
  /** How often an operation is tried beyond that number. */
  readonly probeMs: number;
}

const usual: ObjectPatience = {
  waitMs: objectWaitMs,
  silentMs: objectSilentMs,
  overdueMax: objectsOverdueMax,
  probeMs: objectProbeMs,
};

/**
 * The same objects, each of whose operations fails with `StorageSilent` when the storage takes too
 * long. A write that failed so may take effect later: blobs and tiles are always written with the
 * same bytes, and all other objects are written with `putOver`, which compares.
 */
export function boundedObjects(objects: Objects, patience: ObjectPatience = usual): Objects {
  const { keep } = objects;
  const reads = new Waits(patience);
  // Reads may be answered while writes hang.
  const writes = new Waits(patience);
  return {
    get: (name) => reads.wait(() => objects.get(name)),
    getTagged: (name) => reads.wait(() => objects.getTagged(name)),
    has: (name) => reads.wait(() => objects.has(name)),
    put: (name, bytes) => writes.wait(() => objects.put(name, bytes), timeFor([bytes])),
    putOver: (name, bytes, tag) =>
      writes.wait(() => objects.putOver(name, bytes, tag), timeFor([bytes])),
    putAll: (all, options) =>
      writes.wait(() => objects.putAll(all, options), timeFor([...all.values()])),
    remove: (names) => writes.wait(() => objects.remove(names), names.length * objectPlaceMs),
    ...(keep && { keep: (name: string) => writes.wait(() => keep(name)) }),
  };
}

// A slow disk needs more time for more bytes, and for more files.
function timeFor(all: readonly Uint8Array[]): number {
  const bytes = all.reduce((sum, one) => sum + one.byteLength, 0);
  return (bytes / objectBytesPerSecondMin) * 1_000 + all.length * objectPlaceMs;
}

class Waits {
  readonly #patience: ObjectPatience;
  /** Operations that are overdue. Each holds its bytes. */
  readonly #overdue = new Set<object>();
  #probeFrom = 0;

  constructor(patience: ObjectPatience) {
    this.#patience = patience;
  }

  async wait<Result>(act: () => Promise<Result>, moreMs = 0): Promise<Result> {
    const { waitMs, silentMs, overdueMax, probeMs } = this.#patience;
    if (this.#overdue.size >= overdueMax) {
      if (Date.now() < this.#probeFrom) throw new StorageSilent();
      this.#probeFrom = Date.now() + probeMs;
    }
    const operation = act();
    const result = await inTime(operation, this.#overdue.size > 0 ? silentMs : waitMs + moreMs);
    if (result !== late) {
      this.#overdue.clear();
      return result;
    }
    this.#overdue.add(operation);
    const ended = (): boolean => this.#overdue.delete(operation);
    operation.then(ended, ended);
    throw new StorageSilent();
  }
}

const late = Symbol('late');

/** The result, or `late` when the time is over. */
function inTime<Result>(operation: Promise<Result>, ms: number): Promise<Result | typeof late> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;
    const start = (): void => {
      const due = Date.now() + ms;
      timer = setTimeout(() => {
        // This process itself was busy, so the answer may have come, and nobody has read it yet.
        if (Date.now() - due > ms / 2) start();
        else resolve(late);
      }, ms);
    };
    start();
    operation.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
