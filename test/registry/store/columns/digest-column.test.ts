import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAmong } from '../../../../registry/store/batch.ts';
import { versionBlobs } from '../../../../registry/store/schema.ts';
import { type OpenDatabase, openSqlite } from '../../../../registry/store/sqlite.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const [one, other] = [digestOf('one'), digestOf('other')];

describe('a column of digests', () => {
  let db: OpenDatabase;
  beforeEach(async () => {
    db = openSqlite(':memory:');
    await db.batch([
      (write) => write.insert(versionBlobs).values({ versionId: '1', scope: 0, digest: one }),
      (write) => write.insert(versionBlobs).values({ versionId: '1', scope: 0, digest: other }),
    ]);
  });
  afterEach(() => db.close());

  it('has 32 bytes for each, and gives them back as digests', async () => {
    const { digest } = versionBlobs;
    const size = sql<string>`typeof(${digest}) || length(${digest})`;
    const [first] = await db.read
      .select({ size })
      .from(versionBlobs)
      .where(eq(digest, one))
      .limit(9);
    expect(first).toEqual({ size: 'blob32' });
    const found = await db.read
      .select({ digest })
      .from(versionBlobs)
      .where(eq(digest, other))
      .limit(9);
    expect(found).toEqual([{ digest: other }]);
    const among = await db.read
      .select({ digest })
      .from(versionBlobs)
      .where(isAmong(digest, [one, digestOf('none')]))
      .limit(9);
    expect(among).toEqual([{ digest: one }]);
  });
});
