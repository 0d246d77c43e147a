import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import {
  commitLine,
  indexFileName,
  readIndexFile,
  writeIndexFile,
  writeLackingFiles,
} from '../../../registry/index/index-file.ts';
import { readLine } from '../../../registry/index/packs.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import { KnownFiles } from '../../../registry/store/known-files.ts';
import { type Objects, replaceObject } from '../../../registry/store/objects.ts';
import { indexLines } from '../../../registry/store/schema.ts';
import { parseSkillName, type SkillName } from '../../../skills-index/skill/name.ts';
import { makeSkill, publishScanned, state } from '../road.ts';
import { approveIn, expectAnswer, expectProblem, stopStatement } from '../steps.ts';
import { makeStaffedWorld, makeWorld, memoryObjects, type Staffed, type World } from '../world.ts';
import { lineRow, versionWrite } from './entered-lines.ts';
import { answeringLate, Dead, isolate } from './isolates.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

let logIndex = 1_000;
let round = 0;

/** Commits lines and writes the file after each, as approvals do. */
async function approveAll(
  registry: Registry,
  name: SkillName,
  indexes: readonly number[],
): Promise<void> {
  for (const index of indexes) {
    const entered = { logIndex: index, versionId: idOfVersion(index), name };
    const version = versionWrite(entered, `1.0.${index}`);
    await commitLine(registry, lineRow(entered, `line ${index}`), [version]);
    await writeIndexFile(registry, name);
  }
}

function linesIn(name: SkillName): string[] {
  const bytes = world.stored.get(indexFileName(name)) ?? Buffer.alloc(0);
  return Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean);
}

async function committed(name: SkillName, condition = sql`1`): Promise<string[]> {
  const rows = await world.registry.db.read
    .select()
    .from(indexLines)
    .where(sql`name = ${name} AND ${condition}`)
    .orderBy(indexLines.logIndex);
  return Promise.all(
    rows.map(async (row) => (await readLine(world.registry, row.logIndex))?.text ?? ''),
  );
}

describe('the index file of a skill', () => {
  it('holds each line that is marked as written, in 200 orders of two isolates of which either may die', async () => {
    const death = fc.option(fc.nat(12), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), death, death, async (scheduler, first, second) => {
        const name = parseSkillName(`@acme/race-${round++}`);
        const indexes = Array.from({ length: 4 }, () => logIndex++);
        const turn = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
        const orDead = (error: unknown) => {
          if (!(error instanceof Dead)) throw error;
        };
        const both = Promise.all([
          approveAll(isolate(world, turn, first), name, indexes.slice(0, 2)).catch(orDead),
          approveAll(isolate(world, turn, second), name, indexes.slice(2)).catch(orDead),
        ]);
        await scheduler.waitFor(both);
        expect(linesIn(name)).toEqual(
          expect.arrayContaining(await committed(name, sql`written = 1`)),
        );
        await writeLackingFiles(world.registry);
        expect(linesIn(name)).toEqual(await committed(name));
        expect(await committed(name, sql`written = 0`)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is written once for one approval, and not again where nothing is new', async () => {
    const name = parseSkillName('@acme/quiet');
    const puts: string[] = [];
    const stored = memoryObjects(world.stored);
    const putOver: Objects['putOver'] = (object, bytes, tag) => {
      puts.push(object);
      return stored.putOver(object, bytes, tag);
    };
    const registry = { ...world.registry, objects: { ...stored, putOver } };
    await approveAll(registry, name, [logIndex++]);
    await writeIndexFile(registry, name);
    expect(puts).toEqual([indexFileName(name)]);
    expect(linesIn(name)).toEqual(await committed(name));
  });

  it.each<[string, (file: string) => unknown]>([
    ['is gone', (file) => world.stored.delete(file)],
    ['is empty', (file) => world.stored.set(file, Buffer.alloc(0))],
    ['has one other bit', (file) => (world.stored.get(file) ?? Buffer.alloc(0)).fill(0x6d, 3, 4)],
  ])('is served as the database has it, and written again, when it %s', async (_, damage) => {
    const name = parseSkillName(`@acme/healed-${round++}`);
    await approveAll(world.registry, name, [logIndex++, logIndex++]);
    const whole = Buffer.from(world.stored.get(indexFileName(name)) ?? '').toString();
    damage(indexFileName(name));
    const answer = await world.send(`/index/${name}`);
    expect([answer.status, await answer.text()]).toEqual([200, whole]);
    expect(linesIn(name)).toEqual(await committed(name));
  });

  it('keeps the lines that a database which lost its end does not have', async () => {
    const name = parseSkillName('@acme/ahead');
    await approveAll(world.registry, name, [logIndex++]);
    world.stored.set(indexFileName(name), Buffer.from(`${linesIn(name).join('')}\nlost\n`));
    const kept = linesIn(name);
    world.registry.ownHeadAhead = { file: 'objects/public/index/status.json', size: 9, here: 8 };
    expect(await (await world.send(`/index/${name}`)).text()).toContain('lost');
    delete world.registry.ownHeadAhead;
    expect(linesIn(name)).toEqual(kept);
  });
});

describe('an index file in memory', () => {
  it('is left at once, whichever reads were under way, when a line is committed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(9), async (scheduler, readers) => {
        const name = parseSkillName(`@acme/raced-${round++}`);
        await approveAll(world.registry, name, [logIndex++]);
        const turn = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
        const { known = new KnownFiles(0) } = world.registry;
        const slow = isolate(world, turn, undefined);
        const db = { ...slow.db, read: answeringLate(slow.db.read, turn) };
        const registry = { ...slow, db, known };
        const stale: number[] = [];
        let answered = 1;
        const read = async () => {
          const atLeast = answered;
          await turn();
          const { bytes = Buffer.alloc(0) } = (await readIndexFile(registry, name)) ?? {};
          const lines = Buffer.from(bytes).toString().split('\n').length - 1;
          if (lines < atLeast) stale.push(lines);
        };
        const reading = Array.from({ length: readers }, read);
        const approved = approveAll(registry, name, [logIndex++]).then(() => {
          answered = 2;
          return Promise.all([read(), read()]);
        });
        await scheduler.waitFor(Promise.all([...reading, approved]));
        await scheduler.waitFor(read());
        expect(stale).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('is left also when the file of an answered approval could not be written', async () => {
    const name = parseSkillName('@acme/unwritten');
    await approveAll(world.registry, name, [logIndex++]);
    expect(await (await world.send(`/index/${name}`)).text()).toBe(`${linesIn(name).join('\n')}\n`);
    const { objects } = world.registry;
    const putOver: Objects['putOver'] = () => Promise.reject(new Error('the store is busy'));
    Object.assign(world.registry, { objects: { ...objects, putOver } });
    await expect(approveAll(world.registry, name, [logIndex++])).rejects.toThrow('busy');
    Object.assign(world.registry, { objects });
    expect(await (await world.send(`/index/${name}`)).text()).toBe(
      `${(await committed(name)).join('\n')}\n`,
    );
  });
});

describe('an index file that many isolates write', () => {
  it('is served without a query, and whole again when the task that writes has run', async () => {
    const name = parseSkillName('@acme/isolated');
    await approveAll(world.registry, name, [logIndex++]);
    const whole = isolate(world, async () => undefined, undefined);
    const served = async (registry: Registry): Promise<string> =>
      Buffer.from((await readIndexFile(registry, name))?.bytes ?? '').toString();
    const { db: _, ...withoutDatabase } = whole;
    expect(await served(withoutDatabase as Registry)).toBe(`${linesIn(name).join('\n')}\n`);
    const putOver: Objects['putOver'] = () => Promise.reject(new Error('the store is busy'));
    const failing = { ...whole, objects: { ...whole.objects, putOver } };
    await expect(approveAll(failing, name, [logIndex++])).rejects.toThrow('busy');
    await writeLackingFiles(whole);
    expect(await served(whole)).toBe(`${(await committed(name)).join('\n')}\n`);
    world.stored.delete(indexFileName(name));
    expect(await served(whole)).toBe(`${(await committed(name)).join('\n')}\n`);
  });
});

describe('an index file that cannot be written', () => {
  it('keeps no other one waiting, and is told of', async () => {
    const [bad, good] = [parseSkillName('@acme/aaa-bad'), parseSkillName('@acme/zzz-good')];
    for (const name of [bad, good]) await approveAll(world.registry, name, [logIndex++]);
    const { db, objects } = world.registry;
    const marks = sql`${indexLines.name} IN (${bad}, ${good})`;
    await db.batch([(write) => write.update(indexLines).set({ written: 0 }).where(marks)]);
    for (const name of [bad, good]) world.stored.delete(indexFileName(name));
    const putOver: Objects['putOver'] = async (name, ...rest) => {
      if (name === indexFileName(bad)) throw new Error('this one is damaged');
      return objects.putOver(name, ...rest);
    };
    const failing = { ...world.registry, objects: { ...objects, putOver } };
    await expect(writeLackingFiles(failing)).rejects.toThrow('this one is damaged');
    expect([linesIn(bad), linesIn(good)]).toEqual([[], await committed(good)]);
    expect(await committed(good, sql`${indexLines.written} = 1`)).toHaveLength(1);
    await writeLackingFiles(world.registry);
    expect(linesIn(bad)).toEqual(await committed(bad));
  });
});

describe('an approval whose index file could not be written', () => {
  let staffed: Staffed;
  beforeEach(async () => {
    staffed = await makeStaffedWorld();
  });
  afterEach(() => staffed.close());

  it('is in the file before the next status covers it, and a revocation does not wait for the file', async () => {
    const { registry, send } = staffed;
    const { objects } = registry;
    const name = parseSkillName('@acme/late');
    const refuse: Objects['putOver'] = (object, bytes, tag) =>
      object === indexFileName(name)
        ? Promise.reject(new Error('the store is busy'))
        : objects.putOver(object, bytes, tag);
    const made = makeSkill(name, '1.0.0');
    await publishScanned(staffed, made);
    Object.assign(registry, { objects: { ...objects, putOver: refuse } });
    await expectAnswer(approveIn(staffed, made), 201);
    const target = { name, version: made.manifest.version };
    const suspended = stopStatement('suspended', target, 'a look is due');
    await expectAnswer(state(send, suspended, staffed.rita), 201);
    expect(staffed.stored.has(indexFileName(name))).toBe(false);
    Object.assign(registry, { objects });
    staffed.wait(3_700_000);
    await expectAnswer(send('/index/status.json'), 200);
    expect(Buffer.from(staffed.stored.get(indexFileName(name)) ?? '').toString()).toContain(
      '"version":"1.0.0"',
    );
  });
});

it('an object that others write each time is given up, and not tried without end', async () => {
  const never = { ...memoryObjects(new Map()), putOver: () => Promise.resolve(false) };
  const read = async () => Buffer.from('1');
  await expectProblem(replaceObject(never, 'a/count', read), 'registry-busy');
});
