/** Makes segments while a registry runs, beside other requests, and checks those that are there. */
import { asc, gt } from 'drizzle-orm';
import type { Registry } from '../../context.ts';
import { keepOn } from '../../keep-on.ts';
import { requireBlob } from '../../store/blobs.ts';
import { logSegments } from '../../store/log-schema.ts';
import {
  segmentBusyPauseMs,
  segmentFailurePauseMs,
  segmentPauseMs,
  segmentsAtOnce,
} from './limits.ts';
import { makeSegment } from './make-segment.ts';
import { segmentedUntil } from './read-segments.ts';

/** As many segments as one cron trigger of a Worker may make. R2 itself checks its objects. */
export async function makeSomeSegments(registry: Registry): Promise<void> {
  for (let made = 0; made < segmentsAtOnce; made++) if (!(await makeSegment(registry))) return;
}

/** Goes round the segments. A damaged one is made again. */
export class SegmentChecks {
  readonly #registry: Registry;
  #after: number;

  /** @param after log index behind which the first check looks for a segment */
  constructor(registry: Registry, after: number) {
    this.#registry = registry;
    this.#after = after;
  }

  /** Checks the next segment. @throws Problem `blob-damaged` when a bundle in it is lost, too */
  async next(): Promise<void> {
    const [segment] = await this.#registry.db.read
      .select()
      .from(logSegments)
      .where(gt(logSegments.first, this.#after))
      .orderBy(asc(logSegments.first))
      .limit(1);
    this.#after = segment?.first ?? -1;
    if (segment !== undefined) await requireBlob(this.#registry, segment.digest);
  }
}

/**
 * Segment after segment, with pauses, until the signal aborts. While none is to be made, checks
 * one after each pause.
 * @param onFailure receives the error of a segment, after which the next try comes later
 */
export function keepSegments(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  // A registry that is often started anew still checks every segment.
  let checks: SegmentChecks | undefined;
  const slice = async (): Promise<boolean> => {
    const isMore = await makeSegment(registry);
    checks ??= new SegmentChecks(registry, Math.random() * (await segmentedUntil(registry)));
    if (!isMore) await checks.next();
    return isMore;
  };
  const pauses = {
    busy: segmentBusyPauseMs,
    idle: segmentPauseMs,
    failure: segmentFailurePauseMs,
  };
  return keepOn(slice, pauses, { signal, onFailure });
}
