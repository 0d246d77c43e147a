/**
 * Objects in R2. R2 itself checks the bytes of blobs against their digest, and takes one write a
 * second to a key (https://developers.cloudflare.com/r2/platform/limits/).
 */
import type { R2Bucket } from '@cloudflare/workers-types';
import { forEachOf, type Objects } from './objects.ts';

/** How long a writer waits after R2 took another write to the same key, and how often. */
const objectPauseMs = 1_000;

const objectPausesMax = 5;

/** Objects of a bucket. */
export function r2Objects(bucket: R2Bucket): Objects {
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    const sha256 = /\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
    const options = sha256 === undefined ? {} : { sha256 };
    for (let pauses = 0; ; pauses++) {
      try {
        await bucket.put(name, bytes, options);
        return;
      } catch (error) {
        if (!isTooSoon(error) || pauses === objectPausesMax) throw error;
        await pause();
      }
    }
  };
  return {
    get: async (name) => {
      const object = await bucket.get(name);
      return object === null ? undefined : new Uint8Array(await object.arrayBuffer());
    },
    getTagged: async (name) => {
      const object = await bucket.get(name);
      return object === null
        ? undefined
        : { bytes: new Uint8Array(await object.arrayBuffer()), tag: object.etag };
    },
    has: async (name) => (await bucket.head(name)) !== null,
    put,
    putOver: async (name, bytes, tag) => {
      const onlyIf = tag === undefined ? { etagDoesNotMatch: '*' } : { etagMatches: tag };
      try {
        return (await bucket.put(name, bytes, { onlyIf })) !== null;
      } catch (error) {
        if (!isTooSoon(error)) throw error;
        // Another writer was here within this second: the caller reads what it wrote.
        await pause();
        return false;
      }
    },
    // R2 takes up to 1,000 names.
    remove: async (names) => bucket.delete([...names]),
    putAll: async (all) => forEachOf(all, ([name, bytes]) => put(name, bytes)),
  };
}

// R2 answers so (error 10058) when a key was written a moment before.
function isTooSoon(error: unknown): boolean {
  return (
    error instanceof Error && /\(10058\)|Reduce your concurrent request rate/.test(error.message)
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, objectPauseMs));
}
