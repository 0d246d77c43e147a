/**
 * Limits all requests of one admission together, because a registry could make an installer send
 * hundreds of requests.
 */
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { FileAnswer, GetFile, Source } from './blobs.ts';
import type { Store } from './store.ts';

const admissionBytesMax = 32 * 1024 * 1024;

/**
 * Limits on all requests of one admission together: their time, and their bytes without index and
 * status.
 */
export const admissionMilliseconds = 60_000;

type Body = NonNullable<FileAnswer['body']>;

/** The same source of registry files, with one time limit for all of the source's answers. */
export function withDeadline<Limited extends Pick<Source, 'fetch' | 'base'>>(
  source: Limited,
  milliseconds = admissionMilliseconds,
): Limited {
  const late = AbortSignal.timeout(milliseconds);
  const tooLate = (): Problem =>
    new Problem(
      'registry-down',
      `The registry at ${source.base} took longer than ${milliseconds / 1_000} s to deliver the evidence of one version`,
      { hint: 'Try again. If the error remains, tell the operator of the registry.' },
    );
  const fetch: GetFile = async (url, how) => {
    try {
      const { ok, status, body } = await source.fetch(url, {
        ...how,
        signal: AbortSignal.any([how.signal, late]),
      });
      return {
        ok,
        status,
        body:
          body === null
            ? null
            : watched(
                body,
                () => undefined,
                (cause) => (late.aborted ? tooLate() : cause),
              ),
      };
    } catch (cause) {
      throw late.aborted ? tooLate() : cause;
    }
  };
  return { ...source, fetch };
}

/** The same source of registry files, with a limit on the total bytes of the source's answers. */
export function withSum<Limited extends Source>(
  source: Limited,
  bytesMax = admissionBytesMax,
): Limited {
  let bytes = 0;
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.byteLength;
    if (bytes > bytesMax)
      throw new Problem(
        'registry-answer-invalid',
        `The registry sent more than ${bytesMax} bytes as the evidence of one version`,
      );
  };
  const fetch: GetFile = async (url, how) => {
    const { ok, status, body } = await source.fetch(url, how);
    return { ok, status, body: body === null ? null : watched(body, count, (cause) => cause) };
  };
  return { ...source, fetch };
}

/** A store that holds new content in memory, so that a refused admission fills no disk. */
interface StagedStore extends Store {
  /** Writes the content in memory to the underlying store. */
  keep(): Promise<void>;
  /**
   * Writes log tiles and proofs of names only: other processes learn that there is a further
   * statement, and a host that goes offline can prove the head that it remembers.
   */
  keepProofs(): Promise<void>;
}

/**
 * Blobs, log tiles and proofs stay in memory until the admission is decided. Statuses and
 * remembered facts are written at once, because later refusals depend on them.
 */
export function stagedStore(store: Store): StagedStore {
  const blobs = new Map<Digest, Uint8Array>();
  const named = new Map<string, Uint8Array>();
  const keepProofs = async (): Promise<void> => {
    for (const [name, bytes] of named) await store.putNamed(name, bytes);
  };
  return {
    ...store,
    get: async (digest) => blobs.get(digest) ?? store.get(digest),
    put: async (digest, bytes) => void blobs.set(digest, bytes),
    getNamed: async (name) => named.get(name) ?? store.getNamed(name),
    putNamed: async (name, bytes) =>
      /^(log\/|proofs)/.test(name) ? void named.set(name, bytes) : store.putNamed(name, bytes),
    keep: async () => {
      for (const [digest, bytes] of blobs) await store.put(digest, bytes);
      // The proofs come last, because each statement that they name must be there.
      await keepProofs();
    },
    keepProofs,
  };
}

function watched(
  body: Body,
  look: (chunk: Uint8Array) => void,
  explain: (cause: unknown) => unknown,
): Body {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        look(chunk);
        yield chunk;
      }
    } catch (cause) {
      throw explain(cause);
    }
  }
  return { [Symbol.asyncIterator]: chunks, cancel: () => body.cancel() };
}
