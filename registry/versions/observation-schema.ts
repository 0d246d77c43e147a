/** Observations that a registry waits for. Only a registry whose policy asks for them has rows. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { digestColumn } from '../store/columns/digest-column.ts';
import { versionIdColumn } from '../store/columns/version-id-column.ts';

/**
 * Observation jobs: one for each version in review that no scanner has observed. One UPDATE …
 * RETURNING leases a job, and the lease's token (stored as SHA-256) fences it. An observation
 * deletes the job, so the table does not grow with what was ever published.
 */
export const observationJobs = sqliteTable(
  'observation_jobs',
  {
    versionId: versionIdColumn().primaryKey(),
    /** Null while no scanner observes the version. */
    lease: digestColumn(),
    worker: text(),
    /** Before this time nobody else gets the job; 0 before the first attempt. */
    leaseUntil: integer().notNull(),
    attempts: integer().notNull(),
    /** Why the last attempt failed. */
    detail: text(),
  },
  (table) => [
    index('observation_jobs_next').on(table.leaseUntil, table.versionId),
    index('observation_jobs_lease').on(table.lease),
  ],
);
