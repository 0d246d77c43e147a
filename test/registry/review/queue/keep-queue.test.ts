import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runInProcess } from '../../../../registry/background-tasks.ts';
import { judgedAnewAtOnce } from '../../../../registry/review/queue/renew-queue.ts';
import { startRegistry } from '../../../../registry/serve.ts';
import { renewals, waiting } from '../../../../registry/store/waiting-schema.ts';
import { requireVersion } from '../../../../registry/versions/find-versions.ts';
import { makeDataFolder } from '../../../journey/registry-data.ts';
import { makeRoot } from '../../people.ts';
import { leaseJob, makeSkill, publishScanned } from '../../road.ts';
import { rowsOf } from '../../steps.ts';
import { eachWorld } from '../../world.ts';

const queueIdleMs = 1_000;

const world = eachWorld({}, async () => {
  const skill = makeSkill('@acme/s', '1.0.0');
  await publishScanned(world, skill);
  ({ id } = await requireVersion(world.registry, skill.manifest));
});
let id: string;

/** Notes a change of the version's evidence. */
const change = () =>
  world.registry.db.batch([
    (db) =>
      db.run(sql`UPDATE waiting SET changes = changes + 1, rank = 99 WHERE versionId = ${id}`),
  ]);
const isJudged = async (): Promise<boolean> => {
  const rows = await rowsOf(world, waiting, eq(waiting.versionId, id));
  return rows.every(({ changes, known, rank }) => changes === known && rank !== 99);
};
const leaseNothing = async () => {
  expect(await leaseJob(world, world.tokens.scanner)).toBeNull();
};

describe('a registry that runs', () => {
  it('judges what changed, although nobody asks, until the registry stops', async () => {
    const stopped = new AbortController();
    const failures: unknown[] = [];
    await change();
    const kept = runInProcess(world.registry, stopped.signal, (error) => failures.push(error));
    await vi.waitFor(async () => expect(await isJudged()).toBe(true));
    await change();
    await vi.waitFor(async () => expect(await isJudged()).toBe(true), 5 * queueIdleMs);
    stopped.abort();
    await kept;
    await change();
    await sleep(2 * queueIdleMs);
    expect(await isJudged()).toBe(false);
    expect(failures).toEqual([]);
  });

  it('hurries while many versions have changed', async () => {
    const { registry } = world;
    // Copies without evidence of their own: judging them fails, which is stored as a judgement.
    const count = 10 * judgedAnewAtOnce;
    const copies = (text: string) =>
      sql.raw(
        `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${count}) ${text}`,
      );
    await registry.db.batch([
      (db) =>
        db.run(
          copies(
            `INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT 100000 + i, name, '1.0.' || i, bundle, status, move, publisher, verdict, report, createdAt, 1000 + i, 0 FROM c, versions`,
          ),
        ),
    ]);
    const due = async () =>
      (await rowsOf({ registry }, waiting)).filter((one) => one.changes !== one.known);
    expect((await due()).length).toBeGreaterThanOrEqual(count);
    const stopped = new AbortController();
    const start = performance.now();
    const kept = runInProcess(registry, stopped.signal, () => undefined);
    await vi.waitFor(async () => expect(await due()).toEqual([]), 20_000);
    expect(performance.now() - start).toBeLessThan(8 * queueIdleMs);
    stopped.abort();
    await kept;
  });

  it('names a failure, and tries again later, not at once', async () => {
    const stopped = new AbortController();
    const failures: unknown[] = [];
    await change();
    const { registry } = world;
    const { db } = registry;
    Object.assign(registry, { db: { ...db, batch: () => Promise.reject(new Error('full')) } });
    const kept = runInProcess(registry, stopped.signal, (error) => failures.push(error));
    await sleep(2 * queueIdleMs);
    Object.assign(registry, { db });
    // One failure of each task that writes.
    expect(failures.map(String)).toEqual(['Error: full', 'Error: full']);
    stopped.abort();
    await kept;
  });

  it('lets no scanner wait for the queue', async () => {
    await change();
    Object.assign(world.registry, { keepsQueue: true });
    await leaseNothing();
    expect(await isJudged()).toBe(false);
  });
});

it('begins with `skillgate serve`, the daily look too, without a request', async () => {
  const dir = await makeDataFolder(makeRoot());
  onTestFinished(() => rm(dir, { recursive: true }));
  const { registry, close } = await startRegistry({ dir, port: 0 });
  onTestFinished(close);
  const looks = () => rowsOf({ registry }, renewals, eq(renewals.kind, 'all'));
  await vi.waitFor(async () => expect(await looks()).toMatchObject([{ after: null }]), 10_000);
});

describe('a registry on Workers', () => {
  it('judges what changed while a scanner has no work', async () => {
    await change();
    await leaseNothing();
    expect(await isJudged()).toBe(true);
  });
});
