import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { publisherVersionsAtOnce } from '../../../registry/limits.ts';
import { versionsOf } from '../../../registry/versions/publisher-versions.ts';
import { makeKey } from '../people.ts';
import { approve, makeSkill, publish, scan } from '../road.ts';
import { makeStaffedWorld } from '../world.ts';

it('finds every version of a publisher, however many pages they take, and nobody else’s', async () => {
  const world = await makeStaffedWorld();
  const { registry, send, author, tokens, scanner, rita } = world;
  const skill = makeSkill('@acme/t', '1.0.0');
  await publish(send, skill, author);
  await scan(send, tokens.scanner, scanner, skill, 'pass');
  await approve(send, tokens.rita, rita, skill);
  const more = publisherVersionsAtOnce * 2 + 3;
  const numbers = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ${more})`;
  // The last one is of somebody else.
  const other = makeKey().keyId;
  await registry.db.batch([
    (db) =>
      db.run(
        sql`INSERT INTO versions (id, name, version, bundle, status, move, publisher, createdAt, logIndex) ${numbers} SELECT 'v' || i, name, '2.0.' || i, bundle, CASE i % 2 WHEN 0 THEN status ELSE 'suspended' END, 0, CASE WHEN i > ${more} THEN ${other} ELSE publisher END, createdAt, 1000 + i FROM versions, n WHERE version = '1.0.0'`,
      ),
    (db) =>
      db.run(
        sql`INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, versionId, createdAt) ${numbers} SELECT 1000 + i, predicateType, 'p' || i, signer, envelope, 'v' || i, createdAt FROM statements, n WHERE predicateType LIKE '%/publish/%' AND versionId NOT LIKE 'v%'`,
      ),
  ]);
  const found = await versionsOf(registry, author.keyId, 'revoked');
  expect(found.length).toBe(more + 1);
  expect(new Set(found.map(({ publisher }) => publisher))).toEqual(new Set([author.keyId]));
  expect(await versionsOf(registry, other, 'revoked')).toHaveLength(1);
  world.close();
});
