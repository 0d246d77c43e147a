import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../../registry/store/sqlite.ts';

const entries = 1_280;
const inSegment = 256;
const list = sql`json_each(${JSON.stringify(Array.from({ length: entries }, (_, at) => at))})`;

it('leaves the pages of lean rows full, although whole rows follow them', async () => {
  const db = openSqlite(':memory:');
  onTestFinished(() => db.close());
  const { read } = db;
  const body = 'x'.repeat(1_300);
  const envelope = 'x'.repeat(3_000);
  read.run(
    sql`INSERT INTO log ("index", leafHash, body, root, peaks, note, laterInBatch, map) SELECT value, randomblob(32), ${body}, randomblob(32), '[]', 'note', 0, randomblob(32) FROM ${list}`,
  );
  read.run(
    sql`INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, versionId, bundle, createdAt) SELECT value, 1, randomblob(8), randomblob(32), ${envelope}, value, randomblob(32), 1 FROM ${list}`,
  );
  // The entries behind the last segment stay whole.
  for (let first = 0; first + inSegment < entries; first += inSegment)
    read.run(
      sql`INSERT INTO log_segments (first, until, digest) VALUES (${first}, ${first + inSegment}, ${String(first)})`,
    );
  for (const table of ['log', 'statements']) {
    const [row] = await read.all<{ readonly payload: number; readonly pages: number }>(
      sql`SELECT sum(payload + 5 * ncell) AS payload, sum(pgsize) AS pages FROM dbstat WHERE name = ${table} AND pagetype = 'leaf' AND ncell > 9`,
    );
    expect((row?.payload ?? 0) / (row?.pages ?? 1), table).toBeGreaterThan(0.9);
  }
});
