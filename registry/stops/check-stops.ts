/**
 * Compares the versions of stopped publishers with the log. Somebody who edits the database can
 * delete the row of a stop before all versions have followed. Installers refuse the versions all
 * the same, but the index, the desk and the API would show them as approved.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { namesCheckedAtOnce } from '../limits.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { doPaced } from '../pace.ts';
import { someNamed } from '../people/named-rows.ts';
import { pendingStops } from '../store/advice-schema.ts';
import { publisherVersions } from '../versions/publisher-versions.ts';
import { dueMoves, type PendingStop, readPendingStops } from '../versions/shown-versions.ts';
import { publisherVersionsAtOnce, stopsCheckPace } from './limits.ts';

/**
 * Checks all stopped publishers once, a few statements or versions at a time. A stop that has not
 * reached all versions, and is not pending, becomes pending again.
 * @param say called for each such stop
 */
export async function checkStops(
  registry: Registry,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (const stop of (await readStops(registry, signal)).values()) {
    if (await hasFollowed(registry, stop, signal)) continue;
    await registry.db.batch([(db) => db.insert(pendingStops).values(stop).onConflictDoNothing()]);
    say(
      `warning: Not all versions of the publisher ${stop.publisher} followed the statement at log index ${stop.logIndex}: somebody edited the database. They follow now.`,
    );
  }
}

/** The newest statement on each publisher that was ever stopped, as the row of a pending stop. */
async function readStops(
  registry: Registry,
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, PendingStop>> {
  const stops = new Map<Digest, PendingStop>();
  const at = registry.now().getTime();
  const readFrom = async (from: number): Promise<number | undefined> => {
    const places = { from, until: Number.MAX_SAFE_INTEGER, limit: namesCheckedAtOnce };
    const rows = await someNamed(registry, predicateTypes.revocation, places);
    for (const row of rows) {
      const statement = statementOfRow(row);
      if (statement.predicateType !== predicateTypes.revocation) continue;
      const { kind, reason, target } = statement.predicate;
      if (!('publisher' in target)) continue;
      const { publisher } = target;
      const { logIndex } = row;
      const why = `${kind} at log index ${logIndex}: ${reason}`;
      stops.set(publisher, { publisher, kind, logIndex, at, why, by: 'registry', after: '' });
    }
    const last = rows.at(-1);
    return last && last.logIndex + 1;
  };
  for (let from: number | undefined = 0; from !== undefined && !signal.aborted; ) {
    const next: number = from;
    from = await doPaced(stopsCheckPace, signal, () => readFrom(next));
  }
  return stops;
}

/** Whether the rows of all versions show what the log says, or are about to. */
async function hasFollowed(
  registry: Registry,
  stop: PendingStop,
  signal: AbortSignal,
): Promise<boolean> {
  const { publisher } = stop;
  const isPending = async (): Promise<boolean> =>
    (await readPendingStops(registry)).some((pending) => pending.publisher === publisher);
  const limit = publisherVersionsAtOnce;
  for (let after: string | undefined = ''; after !== undefined && !signal.aborted; ) {
    if (await isPending()) return true;
    const place = { after, limit };
    const { next, due } = await doPaced(stopsCheckPace, signal, async () => {
      const page = await publisherVersions(registry, publisher, place);
      return { next: page.next, due: await dueMoves(registry, [stop], page.rows) };
    });
    if (due.size > 0) return isPending();
    after = next;
  }
  return true;
}
