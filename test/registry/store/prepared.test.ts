import { eq } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import type { Db } from '../../../registry/store/batch.ts';
import { given, preparedOnce } from '../../../registry/store/prepared.ts';
import { versions } from '../../../registry/store/schema.ts';
import { openSqlite } from '../../../registry/store/sqlite.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { makeSkill, publish } from '../road.ts';
import { makeStaffedWorld } from '../world.ts';

const namesOf = (made: Db[]) =>
  preparedOnce((db) => {
    made.push(db);
    const { name, bundle } = versions;
    return db
      .select({ name })
      .from(versions)
      .where(eq(bundle, given(bundle, 'bundle')))
      .prepare();
  });

it('makes a query once for each database, and asks with the values of each call', async () => {
  const world = await makeStaffedWorld();
  onTestFinished(() => world.close());
  const empty = openSqlite(':memory:');
  onTestFinished(() => empty.close());
  const { body } = await publish(world.send, makeSkill('@acme/one', '1.0.0'), world.author);
  const made: Db[] = [];
  const names = namesOf(made);
  const { db } = world.registry;
  // The column stores the bytes of a digest, and the call names the text.
  expect(await names(db).all({ bundle: body.bundle })).toEqual([{ name: '@acme/one' }]);
  expect(await names(db).all({ bundle: digestOf('other') })).toEqual([]);
  expect(await names(empty).all({ bundle: body.bundle })).toEqual([]);
  expect(made).toEqual([db.read, empty.read]);
});
