/** Limits large request bodies in bytes in progress at one time: they fill memory, or the disk. */
import { bundleFileBytesMax } from '../../skills-index/skill/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  jsonBodyBytesMax,
  memberBodiesBytesMax,
  reportBytesMax,
  statementBodyBytesMax,
  strangerBodiesBytesMax,
  strangerBodiesInMemoryBytesMax,
  strangerBodiesOfOneBytesMax,
  uploadBytesMax,
} from '../limits.ts';

/** Bytes in progress at one time. One body alone is always taken. */
export interface BodyRoom {
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
export interface ClientRooms {
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
