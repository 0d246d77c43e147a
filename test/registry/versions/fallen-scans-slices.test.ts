/** Where very many versions wait, and the scanner of some is ended for the time of its scans. */
import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { renewQueue } from '../../../registry/review/queue/renew-queue.ts';
import { jobs, scans, versions } from '../../../registry/store/schema.ts';
import { renewals } from '../../../registry/store/waiting-schema.ts';
import { fallenScans } from '../../../registry/versions/fallen-scans.ts';
import { listDoubts } from '../../../registry/versions/second-scans.ts';
import type { VersionState } from '../../../registry/versions/status.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { keyStatement, memberStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { countRows } from '../counted-rows.ts';
import { failWrite } from '../failing-write.ts';
import { makeKey } from '../people.ts';
import { type Answer, enrol, makeSkill, type Skill, scan, signIn, state } from '../road.ts';
import { approveIn, expectAnswer, publishIn, rowsOf } from '../steps.ts';
import { eachWorld, makeStaffedWorld, type Staffed } from '../world.ts';

/** Writes of a statement before the first slice: its batch, its bundle and the bundle's address. */
const firstSlice = 3;

describe('the end of a scanner, where many versions wait', () => {
  const world = eachWorld();

  const skillAt = (number: number) =>
    makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });
  const scanned = async (number: number, by = world.scanner) => {
    const one = skillAt(number);
    await expectAnswer(publishIn(world, one), 201);
    const token = by === world.scanner ? world.tokens.scanner : await signIn(world, by);
    await expectAnswer(scan(world, token, by, one, 'pass'), 200);
    return one;
  };
  const approved = async (number: number) => {
    const one = await scanned(number);
    await expectAnswer(approveIn(world, one), 201);
  };
  const isSkill = ({ name, version }: Skill['manifest']) =>
    and(eq(versions.name, name), eq(versions.version, version));
  const rowOf = async ({ manifest }: Skill) => {
    const { read } = world.registry.db;
    return (await read.select().from(versions).where(isSkill(manifest)))[0];
  };
  const moveTo = async ({ manifest }: Skill, status: VersionState) =>
    world.registry.db.batch([(db) => db.update(versions).set({ status }).where(isSkill(manifest))]);
  /** The end alone: the storage fails behind it, as if the process were killed. */
  const endKilled = async () => {
    const storage = failWrite(world.registry, firstSlice, { forGood: true });
    await expectAnswer(endScanner(world, 0), 201);
    storage.mend();
  };
  const readEvents = async () =>
    (await rowsOf(world, renewals)).filter(({ kind }) => kind === 'scanners');
  const waitingJobs = async () =>
    (await rowsOf(world, jobs)).filter(({ state: at }) => at === 'waiting');

  it('reads no row for each version behind the index before the statement is logged', async () => {
    const rowsOfEnd = async (): Promise<number> => {
      const counted = countRows();
      let before = 0;
      const { db } = world.registry;
      const batch: typeof db.batch = (writes) => {
        before ||= counted.rows();
        return db.batch(writes);
      };
      Object.assign(world.registry, { db: { read: db.read, batch } });
      try {
        await expectAnswer(endScanner(world, 0), 201);
      } finally {
        counted.stop();
      }
      return before;
    };
    await approved(1);
    await scanned(2);
    const few = await rowsOfEnd();
    world.close();
    Object.assign(world, await makeStaffedWorld());
    for (const number of [1, 2, 3, 4]) await approved(number);
    for (const number of [5, 6, 7, 8]) await scanned(number);
    expect(await rowsOfEnd()).toBe(few);
    expect(few).toBeGreaterThan(0);
  });

  it('reaches in slices exactly the versions that wait on its scans', async () => {
    const other = makeKey();
    const roles = ['scanner'] as const;
    await enrol(world, world.trust.administrator, { name: 'second', roles, key: other });
    await approved(1);
    const fallen = [await scanned(2), await scanned(3), await scanned(4), await scanned(6)];
    await scanned(5, other);
    const states = ['quarantined', 'in review', 'scanning', 'in review'] as const;
    for (const [at, one] of fallen.entries()) await moveTo(one, states[at] ?? 'in review');
    await endKilled();
    const [event] = await readEvents();
    const wanted = await Promise.all(fallen.map(async (one) => (await rowOf(one))?.id));
    for (const limit of [1, 2, 3, 50]) {
      const ids: string[] = [];
      for (let after: string | undefined = ''; after !== undefined; ) {
        const slice = await fallenScans(world.registry, Number(event?.value), { after, limit });
        ids.push(...slice.ids);
        // A version keeps its place when a person lets it out of quarantine between two slices.
        if (limit === 2) for (const one of fallen) await moveTo(one, 'in review');
        after = slice.after;
      }
      expect(ids).toEqual(wanted);
    }
  });

  it('is followed after a kill, with one scan job for each version, and once', async () => {
    const waiting = [await scanned(1), await scanned(2)];
    await endKilled();
    expect((await rowOf(skillAt(1)))?.report).not.toBeNull();
    // Nobody approves on the scan meanwhile.
    expect((await approveIn(world, skillAt(1))).body).toMatchObject({ code: 'approval-refused' });
    for (const _ of [1, 2]) while (await renewQueue(world.registry));
    for (const one of waiting)
      expect(await rowOf(one)).toMatchObject({ report: null, status: 'in review' });
    expect(await rowsOf(world, scans)).toEqual([]);
    expect(await waitingJobs()).toHaveLength(waiting.length);
    expect(await listDoubts(world.registry)).toHaveLength(waiting.length);
    expect(await readEvents()).toEqual([]);
  });

  it('takes no report from a version that got another one meanwhile', async () => {
    const one = await scanned(1);
    await endKilled();
    const report = digestOf('another report');
    const { db } = world.registry;
    let isFirst = true;
    const batch: typeof db.batch = async (writes) => {
      if (isFirst)
        await db.batch([(to) => to.update(versions).set({ report }).where(isSkill(one.manifest))]);
      isFirst = false;
      return db.batch(writes);
    };
    Object.assign(world.registry, { db: { read: db.read, batch } });
    expect(await renewQueue(world.registry)).toBe(true);
    expect(await rowOf(one)).toMatchObject({ report });
    expect(await readEvents()).toHaveLength(1);
  });

  it('concerns no scan where the key of an author ends', async () => {
    await scanned(1);
    const ended = keyStatement({ key: world.author.open, state: 'ended', validUpTo: 0 });
    await expectAnswer(state(world, ended, world.author), 201);
    expect(await readEvents()).toEqual([]);
  });
});

function endScanner({ send, scanner, trust }: Staffed, validUpTo?: number): Promise<Answer> {
  const ended = memberStatement({
    nonce: freshNonce(),
    name: 'scanner',
    roles: ['scanner'],
    key: scanner.open,
    state: 'ended',
    ...(validUpTo === undefined ? {} : { validUpTo }),
  });
  return state(send, ended, trust.administrator);
}
