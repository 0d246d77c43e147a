/**
 * What follows when a key or a membership is ended for a past log index. The rows of versions
 * follow in slices, since the end may concern very many versions.
 */
import type { IdentityStatement } from '../../skills-index/statement/attestation.ts';
import type { LoggedStatement } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { Registry } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { type ChainFor, readMembers } from '../people/identities.ts';
import { renewQueue } from '../review/queue/renew-queue.ts';
import {
  liftedBehind,
  liftedWrites,
  publishersLetGo,
  suspendedAgain,
} from '../stops/fallen-lifts.ts';
import { beginPending, pendingAgainWrite, pendingEndWrite } from '../stops/pending-stops.ts';
import type { BatchWrite } from '../store/batch.ts';
import { scansAgainWrites } from '../versions/fallen-scans.ts';

/** The end of a key or a membership. */
interface BackwardEnd extends Pick<LoggedStatement, 'digest' | 'logIndex'> {
  readonly statement: IdentityStatement;
  /** The last log index that still counts. */
  readonly upTo: number;
}

/**
 * The writes beside the log entry of the end.
 * @param chainFor with the end
 */
export async function endWrites(
  registry: Registry,
  end: BackwardEnd,
  chainFor: ChainFor,
): Promise<BatchWrite[]> {
  const { statement, logIndex, upTo } = end;
  const lifted = await liftedBehind(registry, upTo);
  const again = await suspendedAgain(registry, chainFor, lifted);
  return [
    pendingEndWrite(registry, end),
    ...liftedWrites(registry, again, logIndex),
    ...publishersLetGo(lifted).map((publisher) => pendingAgainWrite(registry, publisher, logIndex)),
    ...scansAgainWrites(await readMembers(registry), statement, logIndex),
  ];
}

/** The first slices at once, after the end is committed: a small registry needs no others. */
export async function beginEnd(registry: Registry): Promise<void> {
  await beginPending(registry);
  await orLater(registry, () => renewQueue(registry));
}
