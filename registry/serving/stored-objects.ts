/**
 * The objects of a registry, and the sweep of what killed processes left on its disk.
 */
import { join } from 'node:path';
import type { Registry } from '../context.ts';
import { behindOf } from '../log/witness-duty.ts';
import { diskSpool } from '../request-limits/disk-spool.ts';
import { boundedObjects } from '../store/bounded-objects.ts';
import { diskObjects } from '../store/disk/disk-objects.ts';
import { type BucketPlace, openBucket, requireOwnObjects } from '../store/s3/objects-place.ts';
import { sweepOrphans } from '../store/sweeps/sweep-orphans.ts';
import { sweepParts } from '../store/sweeps/sweep-parts.ts';

export interface StoredObjects extends Pick<Registry, 'objects' | 'spool'> {
  readonly sweep: (registry: Registry, signal: AbortSignal) => Promise<void>;
}

/**
 * @param requireRoom rejects when the disk takes no upload
 * @throws Problem `object-store-unfit` where the objects are in another place than named
 */
export async function openObjects(
  dir: string,
  bucket: BucketPlace | undefined,
  requireRoom: () => Promise<void>,
  say: (line: string) => void,
): Promise<StoredObjects> {
  const folder = join(dir, 'objects');
  const spool = diskSpool(join(folder, 'uploads'), requireRoom);
  if (bucket !== undefined) {
    const objects = boundedObjects(await openBucket(dir, bucket, say));
    return {
      objects,
      spool,
      sweep: async (_, signal) => void (await sweepParts(folder, signal)),
    };
  }
  await requireOwnObjects(
    dir,
    'name the bucket: objects = "URL" in the settings, or --objects URL',
  );
  const objects = diskObjects(folder);
  // Begun before any request, so that no sweep removes what a request writes.
  const removals = objects.startRemovals();
  const began = Date.now();
  return {
    objects: boundedObjects(objects),
    spool,
    sweep: async (registry, signal) => {
      try {
        await sweepParts(folder, signal);
        const isBehind = (): boolean => behindOf(registry) !== undefined;
        await sweepOrphans(registry, { folder, removals, began, signal, isBehind });
      } finally {
        removals.end();
      }
    },
  };
}
