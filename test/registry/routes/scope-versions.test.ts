import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { versionsPageRows } from '../../../registry/routes/scope-versions.ts';
import { makeKey } from '../people.ts';
import { call, claimScope, makeSkill } from '../road.ts';
import { bodyAt, expectAnswer, publishIn } from '../steps.ts';
import { ownWorld } from '../world.ts';

it('lists all versions of a scope in pages, each once, and none of a scope with a like name', async () => {
  const world = await ownWorld();
  const { registry, send } = world;
  await publishIn(world, makeSkill('@acme/long', '0.0.1'));
  const other = makeKey();
  await claimScope(send, 'acme-2', other);
  await publishIn(world, makeSkill('@acme-2/other', '0.0.1'), other);
  const copies = sql`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${versionsPageRows + 1}) INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT 100000 + i, '@acme/' || char(97 + i % 3), '1.0.' || i, bundle, 'refused', move, publisher, verdict, report, createdAt, 1000 + i, 0 FROM c, versions WHERE name = '@acme/long'`;
  await registry.db.batch([(db) => db.run(copies)]);
  const path = '/api/v1/scopes/@acme/versions';
  const first = await bodyAt(send, path);
  const second = await bodyAt(send, `${path}?after=${encodeURIComponent(first.next)}`);
  expect([first.versions.length, second.versions.length]).toEqual([versionsPageRows, 2]);
  const all = [...first.versions, ...second.versions].map(
    ({ name, version }) => `${name}@${version}`,
  );
  expect(new Set(all).size).toBe(versionsPageRows + 2);
  expect(all).toContain('@acme/long@0.0.1');
  expect(all.join()).not.toContain('@acme-2/');
  expect(second.next).toBeUndefined();
  for (const after of ['x', '@acme-2/other:1', '@acme/a:-1', '../x:1'])
    await expectAnswer(call(send, `${path}?after=${encodeURIComponent(after)}`), 400);
  expect(await bodyAt(send, '/api/v1/scopes/@nobody/versions')).toEqual({ versions: [] });
});
