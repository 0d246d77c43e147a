/** Makes segments beside requests, and checks those that are there. */
import type { Registry } from '../../context.ts';
import { requireBlob } from '../../store/blobs.ts';
import { makeSegment } from './make-segment.ts';
import { segmentedUntil, segmentWith } from './read-segments.ts';

/**
 * Makes the next segment. Where none is to be made, checks the segment with a random entry: a
 * damaged segment is made again.
 * @returns whether there may be another segment to make
 * @throws Problem `blob-damaged` when a bundle in the checked segment is lost, too
 */
export async function tendSegments(registry: Registry): Promise<boolean> {
  if (await makeSegment(registry)) return true;
  const random = Buffer.from(registry.random(6)).readUIntBE(0, 6) / 2 ** 48;
  const entry = Math.floor(random * (await segmentedUntil(registry)));
  const segment = await segmentWith(registry, entry);
  if (segment !== undefined) await requireBlob(registry, segment.digest);
  return false;
}
