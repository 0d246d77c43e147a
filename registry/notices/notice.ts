/** Notices: what happened to a version, in words that name no content of a skill. */
import { asc, desc, eq, gt } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { versions } from '../store/schema.ts';
import type { EventNotice } from './notice-config.ts';
import { notices } from './notice-schema.ts';

/** The notices after a place, oldest first. */
export async function noticesAfter(
  registry: Registry,
  seq: number,
  limit: number,
): Promise<EventNotice[]> {
  const rows = await rowsOf(registry)
    .where(gt(notices.seq, seq))
    .orderBy(asc(notices.seq))
    .limit(limit);
  return rows.map((row) => noticeOf(registry, row));
}

/** The last notices, newest first. */
export async function lastNotices(registry: Registry, limit: number): Promise<EventNotice[]> {
  const rows = await rowsOf(registry).orderBy(desc(notices.seq)).limit(limit);
  return rows.map((row) => noticeOf(registry, row));
}

/** The place of the newest notice; 0 when there is none. */
export async function lastPlace({ db }: Registry): Promise<number> {
  const [row] = await db.read
    .select({ seq: notices.seq })
    .from(notices)
    .orderBy(desc(notices.seq))
    .limit(1);
  return row?.seq ?? 0;
}

function rowsOf({ db }: Registry) {
  return db.read
    .select({
      seq: notices.seq,
      kind: notices.kind,
      state: notices.state,
      by: notices.by,
      at: notices.at,
      more: notices.more,
      name: versions.name,
      version: versions.version,
    })
    .from(notices)
    .innerJoin(versions, eq(versions.id, notices.versionId));
}

type NoticeRow = Awaited<ReturnType<typeof rowsOf>>[number];

function noticeOf({ config }: Registry, row: NoticeRow): EventNotice {
  const { seq, kind, name, version, state } = row;
  return {
    seq,
    kind,
    name,
    version,
    ...(state === null ? {} : { state }),
    title: titleOf(row),
    link: `${config.base}/review/${name}/${encodeURIComponent(version)}`,
    at: new Date(row.at),
  };
}

// Names and versions have no free text, and names of members are the administrators' words. Reasons
// and questions stay at the desk: people write them about skills that nobody has read.
function titleOf({ kind, state, by, name, version, more }: NoticeRow): string {
  const which = `${name} ${version}`;
  switch (kind) {
    case 'waiting':
      return state === 'quarantined' ? `${which} is in quarantine` : `${which} waits for review`;
    case 'asked':
      return `${by} asked the author of ${which}`;
    case 'answered':
      return `The author of ${which} answered`;
    case 'decided':
      return `${which} is ${state}`;
    case 'stopped': {
      const others = more === 0 ? '' : `, and ${more} further version${more === 1 ? '' : 's'}`;
      return `${which} is ${state}${others}`;
    }
  }
}
