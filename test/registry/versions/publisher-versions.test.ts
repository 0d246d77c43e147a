import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import { versions } from '../../../registry/store/schema.ts';
import type { VersionRow } from '../../../registry/versions/versions.ts';
import { publisherVersions } from '../../../registry/versions/visible-versions.ts';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { makeKey } from '../people.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { makeStaffedWorld } from '../world.ts';

const limit = 100;

async function allOf(registry: Registry, publisher: Digest): Promise<VersionRow[]> {
  const all: VersionRow[] = [];
  let after: string | undefined = '';
  while (after !== undefined) {
    const { rows, next } = await publisherVersions(registry, publisher, { after, limit });
    expect(rows.length).toBeLessThanOrEqual(limit);
    all.push(...rows);
    after = next;
  }
  return all;
}

it('finds every version of a publisher, however many pages they take, and nobody else’s', async () => {
  const world = await makeStaffedWorld();
  const { registry, author } = world;
  const skill = makeSkill('@acme/t', '1.0.0');
  await publishApproved(world, skill);
  const more = limit * 2 + 3;
  const numbers = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ${more})`;
  // The last one is of somebody else.
  const other = makeKey().keyId;
  await registry.db.batch([
    (db) =>
      db.run(
        sql`INSERT INTO versions (id, name, version, bundle, status, move, publisher, createdAt, logIndex, bytes) ${numbers} SELECT 100000 + i, name, '2.0.' || i, bundle, CASE i % 2 WHEN 0 THEN status ELSE 'suspended' END, 0, CASE WHEN i > ${more} THEN ${sql.param(other, versions.publisher)} ELSE publisher END, createdAt, 1000 + i, 0 FROM versions, n WHERE version = '1.0.0'`,
      ),
  ]);
  const found = await allOf(registry, author.keyId);
  expect(new Set(found.map(({ id }) => id)).size).toBe(more + 1);
  expect(new Set(found.map(({ publisher }) => publisher))).toEqual(new Set([author.keyId]));
  expect(await allOf(registry, other)).toHaveLength(1);
  world.close();
});
