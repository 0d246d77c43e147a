import { expect, it, onTestFinished } from 'vitest';
import type { Db } from '../../../registry/store/batch.ts';
import { hasBytes } from '../../../registry/store/columns/digest-column.ts';
import { insertRow, placeholder, preparedOnce } from '../../../registry/store/prepared.ts';
import { jobs, versions } from '../../../registry/store/schema.ts';
import { openSqlite } from '../../../registry/store/sqlite.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { makeSkill } from '../road.ts';
import { publishIn } from '../steps.ts';
import { ownWorld } from '../world.ts';

const namesOf = (made: Db[]) =>
  preparedOnce((db) => {
    made.push(db);
    const { name, bundle } = versions;
    return db
      .select({ name })
      .from(versions)
      .where(hasBytes(bundle, placeholder(bundle, 'bundle')))
      .prepare();
  });

it('makes a query once for each database, and asks with the values of each call', async () => {
  const world = await ownWorld();
  const empty = openSqlite(':memory:');
  onTestFinished(() => empty.close());
  const { body } = await publishIn(world, makeSkill('@acme/one', '1.0.0'));
  const made: Db[] = [];
  const names = namesOf(made);
  const { db } = world.registry;
  // The column stores the bytes of a digest, and the call names the text.
  expect(await names(db).all({ bundle: body.bundle })).toEqual([{ name: '@acme/one' }]);
  expect(await names(db).all({ bundle: digestOf('other') })).toEqual([]);
  expect(await names(empty).all({ bundle: body.bundle })).toEqual([]);
  expect(made).toEqual([db.read, empty.read]);
});

it('writes rows that have and lack values with one insert for each form', async () => {
  const database = openSqlite(':memory:');
  onTestFinished(() => database.close());
  const job = (id: string) => ({
    id,
    versionId: '0'.repeat(32),
    state: 'waiting' as const,
    leaseUntil: 0,
    attempts: 0,
    createdAt: 1,
  });
  const ruleSet = digestOf('rules');
  const rows = [
    { ...job('a'), ruleSet },
    { ...job('b'), ruleSet: null },
    { ...job('c'), ruleSet: undefined },
    { ...job('d'), ruleSet: digestOf('others'), worker: 'w' },
    { ...job('e'), ruleSet, detail: '' },
  ];
  await database.batch(rows.map((row) => insertRow(jobs, row)));
  const { detail, id, worker } = jobs;
  const stored = await database.read
    .select({ id, ruleSet: jobs.ruleSet, worker, detail })
    .from(jobs)
    .orderBy(id);
  const none = { worker: null, detail: null };
  expect(stored).toEqual([
    { id: 'a', ruleSet, ...none },
    { id: 'b', ruleSet: null, ...none },
    { id: 'c', ruleSet: null, ...none },
    { id: 'd', ruleSet: digestOf('others'), ...none, worker: 'w' },
    { id: 'e', ruleSet, ...none, detail: '' },
  ]);
});
