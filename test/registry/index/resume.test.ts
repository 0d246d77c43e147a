import { eq, inArray, sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import { resume, resumedAtOnce, resumeSome } from '../../../registry/index/resume.ts';
import { judgedAnewAtOnce, keepSome } from '../../../registry/review/queue/renew-queue.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import { jobs, versions } from '../../../registry/store/schema.ts';
import { makeSkill } from '../road.ts';
import { publishIn, rowsOf } from '../steps.ts';
import { eachWorld } from '../world.ts';

const many = 2 * resumedAtOnce + 5;
const world = eachWorld();
beforeEach(async () => {
  await publishIn(world, makeSkill('@acme/one', '1.0.0'));
  // As a crash leaves them: without a job.
  const copies = sql`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${many}) INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT 100000 + i, name, '1.0.' || i, bundle, 'scanning', move, publisher, verdict, report, createdAt, 1000 + i, 0 FROM c, versions`;
  await world.registry.db.batch([(db) => db.run(copies)]);
});

const queued = async (): Promise<number> =>
  new Set((await rowsOf(world, jobs)).map(({ versionId }) => versionId)).size;
const never = (error: unknown) => expect(error).toBeUndefined();

it('a start gives each version without a scan a job, and answers others meanwhile', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await resume(world.registry, never);
  clearInterval(timer);
  expect(await queued()).toBe(many + 1);
  expect(turns).toBeGreaterThan(5);
});

it('a start that is ended leaves the rest to the next', async () => {
  const ending = new AbortController();
  const resuming = resume(world.registry, never, ending.signal);
  ending.abort();
  await resuming;
  expect(await queued()).toBeLessThan(many);
  await resume(world.registry, never);
  expect(await queued()).toBe(many + 1);
});

it('the cron trigger of a Worker does a few versions each time, and begins anew behind the last', async () => {
  const each: number[] = [];
  for (let times = 0; times < 3; times++) {
    await resumeSome(world.registry, never);
    each.push(await queued());
  }
  expect(each).toEqual([resumedAtOnce + 1, 2 * resumedAtOnce + 1, many + 1]);
  await world.registry.db.batch([(db) => db.run(sql`DELETE FROM jobs WHERE versionId = 100001`)]);
  await resumeSome(world.registry, never);
  expect(await queued()).toBe(many + 1);
});

it('leaves the versions in review to the queue, a few at a time, and starts no scan of those held back', async () => {
  const { db } = world.registry;
  const ids = Array.from({ length: many }, (_, at) => idOfVersion(100_001 + at));
  await db.batch([
    (write) => write.update(versions).set({ status: 'in review' }).where(inArray(versions.id, ids)),
    (write) =>
      write
        .update(versions)
        .set({ status: 'quarantined' })
        .where(eq(versions.id, idOfVersion(100_001))),
  ]);
  await resume(world.registry, never);
  expect(await queued()).toBe(1);
  await keepSome(world.registry);
  expect(await queued()).toBeLessThanOrEqual(judgedAnewAtOnce + 1);
  while (await keepSome(world.registry));
  expect(await queued()).toBe(many);
  const held = await db.read
    .select()
    .from(jobs)
    .where(eq(jobs.versionId, idOfVersion(100_001)));
  expect(held).toEqual([]);
});

it('one version that cannot be read keeps no other waiting', async () => {
  const failures: unknown[] = [];
  const { db } = world.registry;
  const failing = {
    ...db,
    batch: async (writes: Parameters<typeof db.batch>[0]) => {
      if (failures.length === 0 && writes.length > 0) throw new Error('the disk is slow');
      return db.batch(writes);
    },
  };
  await resume({ ...world.registry, db: failing }, (error) => failures.push(error));
  expect(failures).toHaveLength(1);
  expect(await queued()).toBe(many);
  expect(await db.read.select().from(versions)).toHaveLength(many + 1);
});
