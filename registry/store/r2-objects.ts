/** Objects in R2. R2 itself checks the bytes of blobs against their digest. */
import type { R2Bucket } from '@cloudflare/workers-types';
import { forEachOf, type Objects } from './objects.ts';

/** Objects of a bucket. */
export function r2Objects(bucket: R2Bucket): Objects {
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    const sha256 = /\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
    await bucket.put(name, bytes, sha256 === undefined ? {} : { sha256 });
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
      return (await bucket.put(name, bytes, { onlyIf })) !== null;
    },
    putAll: async (all) => forEachOf(all, ([name, bytes]) => put(name, bytes)),
  };
}
