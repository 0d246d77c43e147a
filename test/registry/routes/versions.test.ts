import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { versionsPageRows } from '../../../registry/routes/scope-versions.ts';
import { call, makeSkill, publishApproved } from '../road.ts';
import { bodyAt, expectAnswer } from '../steps.ts';
import { ownWorld } from '../world.ts';

it('lists the versions of a skill in pages, oldest first, each once', async () => {
  const world = await ownWorld();
  const { registry, send } = world;
  const skill = makeSkill('@acme/long', '0.0.1');
  await publishApproved(world, skill);
  const copies = sql`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${versionsPageRows + 1}) INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT 100000 + i, name, '1.0.' || i, bundle, 'refused', move, publisher, verdict, report, createdAt, 1000 + i, 0 FROM c, versions`;
  await registry.db.batch([(db) => db.run(copies)]);
  const first = await bodyAt(send, '/api/v1/versions/@acme/long');
  const second = await bodyAt(send, `/api/v1/versions/@acme/long?after=${first.next}`);
  expect([first.versions.length, second.versions.length]).toEqual([versionsPageRows, 2]);
  expect(first.versions[0]).toMatchObject({ version: '0.0.1', status: 'approved' });
  const names = [...first.versions, ...second.versions].map(({ version }) => version);
  expect(new Set(names).size).toBe(versionsPageRows + 2);
  expect(names.at(-1)).toBe(`1.0.${versionsPageRows + 1}`);
  expect(second.next).toBeUndefined();
  const newest = await bodyAt(send, '/api/v1/versions/@acme/long?before=end');
  const oldest = await bodyAt(send, `/api/v1/versions/@acme/long?before=${newest.previous}`);
  expect([oldest.versions.length, newest.versions.length]).toEqual([2, versionsPageRows]);
  expect([...oldest.versions, ...newest.versions]).toEqual([...first.versions, ...second.versions]);
  expect([oldest.previous, oldest.next, newest.next]).toEqual([undefined, undefined, undefined]);
  const none = { status: 200, body: { versions: [] } };
  expect(await call(send, '/api/v1/versions/@acme/long?before=0')).toEqual(none);
  for (const query of ['before=x', 'before=', 'before=end&after=1', 'after=end'])
    await expectAnswer(call(send, `/api/v1/versions/@acme/long?${query}`), 400);
  await expectAnswer(call(send, '/api/v1/versions/@acme/none?before=end'), 404);
  await expectAnswer(call(send, '/api/v1/versions/@acme/long?after=x'), 400);
  await expectAnswer(call(send, '/api/v1/versions/@acme/none'), 404);
});
