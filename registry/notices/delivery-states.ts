/** How far each recipient of notices was told, for the operator. */
import { inArray } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { Registry } from '../context.ts';
import { lastPlace } from './notice.ts';
import { noticePlaces } from './notice-schema.ts';

export interface DeliveryState {
  /** How the registry names the recipient: without paths and passwords. */
  readonly label: string;
  /** Events that the recipient has not been told of, or did not choose. */
  readonly behind: number;
  /** Attempts since the last notice that arrived. */
  readonly failures: number;
  /** Since when the recipient takes nothing. */
  readonly failedAt?: Date;
}

/** All recipients, in the order of the configuration. */
export async function deliveryStates(registry: Registry): Promise<DeliveryState[]> {
  const recipients = (registry.notices?.recipients ?? []).map(({ label, address }) => ({
    label,
    id: digestOf(address),
  }));
  const newest = await lastPlace(registry);
  const places = await placesOf(
    registry,
    recipients.map(({ id }) => id),
  );
  return recipients.map(({ label, id }) => {
    const place = places.get(id);
    const { failures = 0, failedAt = null } = place ?? {};
    return {
      label,
      behind: place === undefined ? 0 : Math.max(0, newest - place.seq),
      failures,
      ...(failedAt === null ? {} : { failedAt: new Date(failedAt) }),
    };
  });
}

async function placesOf({ db }: Registry, ids: readonly string[]) {
  const found = new Map<string, typeof noticePlaces.$inferSelect>();
  // D1 takes at most a hundred parameters.
  for (let from = 0; from < ids.length; from += 90) {
    const some = ids.slice(from, from + 90);
    const rows = await db.read
      .select()
      .from(noticePlaces)
      .where(inArray(noticePlaces.recipient, some));
    for (const row of rows) found.set(row.recipient, row);
  }
  return found;
}
