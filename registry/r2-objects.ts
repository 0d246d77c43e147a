/** Objects in R2; what is stored under its digest is checked by R2 itself. */
import type { R2Bucket } from '@cloudflare/workers-types';
import type { Objects } from './objects.ts';

/** Objects of a bucket. */
export function r2Objects(bucket: R2Bucket): Objects {
  return {
    get: async (name) => {
      const object = await bucket.get(name);
      return object === null ? undefined : new Uint8Array(await object.arrayBuffer());
    },
    has: async (name) => (await bucket.head(name)) !== null,
    put: async (name, bytes) => {
      const sha256 = /\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
      await bucket.put(name, bytes, sha256 === undefined ? {} : { sha256 });
    },
  };
}
