import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { keepSome } from '../../../../registry/review/queue/renew-queue.ts';
import { isAmong } from '../../../../registry/store/batch.ts';
import { versions } from '../../../../registry/store/schema.ts';
import { renewals, waiting } from '../../../../registry/store/waiting-schema.ts';
import { makeSkill, publishScanned } from '../../road.ts';
import { rowsOf } from '../../steps.ts';
import { eachWorld } from '../../world.ts';

const world = eachWorld();

const dayMs = 24 * 3_600_000;
const count = 9;

async function failed(): Promise<number> {
  const rows = await rowsOf(world, waiting);
  return rows.filter(({ judged }) => judged?.failed !== undefined).length;
}

/** Publishes versions, and lets the storage fail while the daily look goes over them. */
async function failOnce(): Promise<void> {
  for (let nth = 0; nth < count; nth++)
    await publishScanned(world, makeSkill(`@acme/skill-${nth}`, '1.0.0'), { verdict: 'review' });
  while (await keepSome(world.registry));
  expect(await failed()).toBe(0);
  world.wait(dayMs);
  const { objects } = world.registry;
  const fail = async (): Promise<never> => {
    throw new Error('the storage answers 503');
  };
  Object.assign(world.registry, { objects: { ...objects, get: fail, getTagged: fail } });
  for (let slice = 0; slice < 4; slice++) await keepSome(world.registry);
  Object.assign(world.registry, { objects });
  expect(await failed()).toBe(count);
}

async function minutes(slices: number): Promise<void> {
  for (let slice = 0; slice < slices; slice++) {
    world.wait(1_000);
    await keepSome(world.registry);
  }
}

it('a storage that failed for a moment leaves no version without its risk', async () => {
  await failOnce();
  await minutes(150);
  expect(await failed()).toBe(0);
});

it('versions that are lost for good do not keep the others from being read again', async () => {
  await failOnce();
  const lost = (await rowsOf(world, versions))
    .slice(0, 6)
    .map(({ report }) => String(report).slice('sha256:'.length));
  const { objects } = world.registry;
  const get: typeof objects.get = async (name) =>
    lost.some((hex) => name.includes(hex)) ? undefined : objects.get(name);
  Object.assign(world.registry, { objects: { ...objects, get } });
  await minutes(150);
  expect(await failed()).toBe(lost.length);
  // The database of a registry with nothing to do is not written each second.
  let writes = 0;
  const { db } = world.registry;
  const batch: typeof db.batch = (all) => {
    writes += all.length;
    return db.batch(all);
  };
  Object.assign(world.registry, { db: { ...db, batch } });
  await minutes(20);
  expect(writes).toBe(0);
});

it('versions that change again and again keep neither another version nor the daily look waiting', async () => {
  for (let nth = 0; nth < 20; nth++)
    await publishScanned(world, makeSkill(`@acme/noisy-${nth}`, '1.0.0'), { verdict: 'review' });
  const quiet = makeSkill('@acme/quiet', '1.0.0');
  await publishScanned(world, quiet, { verdict: 'review' });
  while (await keepSome(world.registry));
  world.wait(dayMs);
  const { db } = world.registry;
  const all = await db.read.select().from(waiting);
  const [own, noisy] = [true, false].map((isOwn) =>
    all
      .filter(({ name }) => (name === quiet.manifest.name) === isOwn)
      .map(({ versionId }) => versionId),
  );
  const change = (ids: readonly string[] = [], rank = 2) =>
    db.batch([
      (to) =>
        to
          .update(waiting)
          .set({ changes: sql`${waiting.changes} + 1`, rank })
          .where(isAmong(waiting.versionId, ids)),
    ]);
  await change(own, 90);
  // Every eighth byte has the slice look at the other versions, too.
  let byte = 0;
  const random = (bytes: number) => {
    byte += 37;
    return Buffer.alloc(bytes, byte);
  };
  Object.assign(world.registry, { random });
  for (let slice = 0; slice < 24; slice++) {
    await change(noisy);
    await keepSome(world.registry);
  }
  const rows = await db.read.select().from(waiting);
  const left = rows.find(({ name }) => name === quiet.manifest.name);
  expect(left?.known).toBe(left?.changes);
  const looks = await db.read.select().from(renewals).where(sql`${renewals.kind} = 'all'`);
  const today = world.registry.now().toISOString().slice(0, 10);
  expect(looks.map(({ value }) => value)).toEqual([expect.stringContaining(today)]);
});
