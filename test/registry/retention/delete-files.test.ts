import { and, asc, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import {
  deleteSomeFiles,
  endedVersions,
  nothingRemovedSince,
  removedBlobs,
} from '../../../registry/retention/delete-files.ts';
import {
  parseRetention,
  type RetentionRules,
} from '../../../registry/retention/retention-rules.ts';
import type { BatchWrite } from '../../../registry/store/batch.ts';
import { isDeletion } from '../../../registry/store/columns/index-conditions.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import {
  audit,
  statements,
  storedBytes,
  versionBlobs,
  versions,
} from '../../../registry/store/schema.ts';
import { numberOf } from '../../../registry/versions/version-blobs.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { signedIn } from '../desk-visit.ts';
import { approve, call, makeSkill, publish, type Skill, scan } from '../road.ts';
import { callAs, expectAnswer, publishIn, rowsOf, signInAs } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

const day = 24 * 3_600_000;

async function worldWith(retention?: RetentionRules): Promise<Staffed> {
  const world = await ownWorld(retention === undefined ? {} : { retention });
  return world;
}

const skillOf = (name: string, number: number, text = `notes of ${name} ${number}\n`) =>
  makeSkill(name, `1.0.${number}`, { files: { 'notes.md': text } });

function addressOf(skill: Skill, path: string): string {
  const file = skill.packed.bundle.files.find((file) => file.path === path);
  return storedBlobName(file?.sha256 ?? digestOf(''));
}

async function scanned({ send, author, tokens, scanner }: Staffed, skill: Skill): Promise<void> {
  await expectAnswer(publish(send, skill, author), 201);
  await scan(send, tokens.scanner, scanner, skill, 'pass');
}

async function refused(world: Staffed, skill: Skill): Promise<void> {
  await scanned(world, skill);
  const { name, version } = skill.manifest;
  const path = `/api/v1/reviews/${name}/${version}/move`;
  const moved = await callAs(world, 'rita', path, { to: 'refused', reason: 'not useful' });
  expect(moved.status).toBe(200);
}

const hasNone =
  ({ stored }: Staffed) =>
  (name: string): boolean =>
    !stored.has(name);

async function deleteAll(registry: Registry): Promise<void> {
  while (await deleteSomeFiles(registry));
}

describe('the files of a refused version', () => {
  const skill = skillOf('@acme/gone', 1);
  let world: Staffed;
  beforeEach(async () => {
    world = await worldWith({ refusedDays: 30 });
    await refused(world, skill);
  });

  it('stay as long as the rule says', async () => {
    world.wait(30 * day - 1);
    await deleteAll(world.registry);
    expect(world.stored.has(addressOf(skill, 'notes.md'))).toBe(true);
    world.wait(1);
    await deleteAll(world.registry);
    expect(world.stored.has(addressOf(skill, 'notes.md'))).toBe(false);
  });

  it('go alone: the list of files, reports, statements and history stay', async () => {
    const before = new Set(world.stored.keys());
    world.wait(31 * day);
    await deleteAll(world.registry);
    const gone = [...before].filter((name) => !world.stored.has(name));
    expect(gone.sort()).toEqual(
      skill.packed.bundle.files.map(({ sha256 }) => storedBlobName(sha256)).sort(),
    );
    const [line] = await rowsOf(world, audit, isDeletion(audit.kind));
    expect(line?.why).toBe('3 files deleted: refused for 30 days (retention)');
  });

  it('free the quotas of bytes', async () => {
    world.wait(31 * day);
    await deleteAll(world.registry);
    const sums = await rowsOf(world, storedBytes);
    expect(sums.map(({ bytes }) => bytes)).toEqual([0, 0, 0]);
  });

  it('are told of as deleted, with the date and the next step', async () => {
    world.wait(31 * day);
    await deleteAll(world.registry);
    const at = world.registry.now().toISOString();
    const { body } = await call(world, '/api/v1/versions/@acme/gone/1.0.1');
    expect(body).toMatchObject({ status: 'refused', filesDeleted: at });
    const rita = await signedIn(world.send, await signInAs(world, 'rita'));
    const page = await rita.get('/@acme/gone/1.0.1');
    expect(page.status).toBe(200);
    expect(page.html).toContain('retention rule deleted the files');
    const file = await rita.get('/@acme/gone/1.0.1/files/notes.md');
    expect(file.status).toBe(410);
    expect(file.html).toContain('under a higher version');
    expect(world.errors).toEqual([]);
  });

  it('are stored again with a higher version', async () => {
    world.wait(31 * day);
    await deleteAll(world.registry);
    const again = skillOf('@acme/gone', 2, 'notes of @acme/gone 1\n');
    const { send, scanner, rita } = world;
    await expectAnswer(publishIn(world, again), 201);
    await scan(send, await signInAs(world, 'scanner'), scanner, again, 'pass');
    expect(world.stored.has(addressOf(again, 'notes.md'))).toBe(true);
    await expectAnswer(approve(send, await signInAs(world, 'rita'), rita, again), 201);
  });

  it('stay without a rule', async () => {
    world.wait(1_000 * day);
    await deleteAll({ ...world.registry, retention: {} });
    expect(world.stored.has(addressOf(skill, 'notes.md'))).toBe(true);
  });
});

describe('files that another row names', () => {
  it('stay for an approved version, and for one that waits', async () => {
    const world = await worldWith({ refusedDays: 1 });
    const text = 'the same notes\n';
    await refused(world, skillOf('@acme/first', 1, text));
    for (const second of [skillOf('@acme/second', 1, text), skillOf('@acme/third', 1, text)])
      await scanned(world, second);
    const approved = skillOf('@acme/second', 1, text);
    await expectAnswer(approve(world, world.tokens.rita, world.rita, approved), 201);
    world.wait(400 * day);
    await deleteAll(world.registry);
    expect(world.stored.has(addressOf(approved, 'notes.md'))).toBe(true);
    expect(world.stored.has(addressOf(skillOf('@acme/first', 1, text), 'skill.json'))).toBe(false);
    const left = await rowsOf(world, versionBlobs);
    const held = new Set(world.stored.keys());
    expect(left.filter(({ digest }) => !held.has(storedBlobName(digest)))).toEqual([]);
  });

  it('stay where somebody who edits the database has them removed', async () => {
    const world = await worldWith({ refusedDays: 1 });
    const [gone, approved] = [skillOf('@acme/gone', 1), skillOf('@acme/good', 1)];
    await refused(world, gone);
    await scanned(world, approved);
    await expectAnswer(approve(world, world.tokens.rita, world.rita, approved), 201);
    world.wait(2 * day);
    const { db } = world.registry;
    const bundles = await db.read.select({ digest: statements.bundle }).from(statements);
    const files = await db.read.select({ digest: versionBlobs.digest }).from(versionBlobs);
    const named = [...bundles, ...files].flatMap(({ digest }) => digest ?? []);
    const values = [...new Set(named)].map((digest) => ({ digest, removedAt: null }));
    await db.batch([(write) => write.insert(removedBlobs).values(values)]);
    await deleteAll(world.registry);
    const ownFiles = gone.packed.bundle.files.map(({ path }) => addressOf(gone, path));
    const lost = values.map(({ digest }) => storedBlobName(digest)).filter(hasNone(world));
    expect(lost.sort()).toEqual(ownFiles.sort());
    await expectAnswer(publish(world, skillOf('@acme/good', 2), world.author), 201);
  });

  it('stay where somebody who edits the database calls an approved version refused', async () => {
    const world = await worldWith({ refusedDays: 1 });
    const [gone, approved] = [skillOf('@acme/gone', 1), skillOf('@acme/good', 1)];
    await scanned(world, approved);
    await expectAnswer(approve(world, world.tokens.rita, world.rita, approved), 201);
    const { db } = world.registry;
    const [row] = await db.read.select().from(versions);
    if (row === undefined) throw new Error('there is no version');
    const ended = { versionId: row.id, state: 'refused', at: 0 } as const;
    await db.batch([
      (write) => write.update(versions).set({ status: 'refused' }).where(eq(versions.id, row.id)),
      (write) => write.insert(endedVersions).values(ended),
    ]);
    await refused(world, gone);
    world.wait(2 * day);
    await deleteAll(world.registry);
    const has = (skill: Skill): boolean => world.stored.has(addressOf(skill, 'notes.md'));
    expect([has(approved), has(gone)]).toEqual([true, false]);
    const [after] = await db.read.select().from(versions).where(eq(versions.id, row.id));
    expect(after?.filesDeleted).toBeNull();
    const taken = rowOf(row, 'acme');
    await expect(db.batch([(write) => write.delete(versionBlobs).where(taken)])).rejects.toThrow(
      'may be approved stay',
    );
  });

  it('cannot be taken from a version that may be approved', async () => {
    const world = await worldWith();
    await scanned(world, skillOf('@acme/waits', 1));
    const [row] = await rowsOf(world, versions);
    if (row === undefined) throw new Error('there is no version');
    const taken = rowOf(row, '');
    await expect(
      world.registry.db.batch([(db) => db.delete(versionBlobs).where(taken)]),
    ).rejects.toThrow('may be approved stay');
    expect((await rowsOf(world, versionBlobs)).length).toBeGreaterThan(3);
  });
});

describe('an upload with a file that is being deleted', () => {
  const text = 'notes that come again\n';
  const [first, second] = [skillOf('@acme/first', 1, text), skillOf('@acme/second', 1, text)];

  it.each([
    ['before its blob is named', 'putAll' as const],
    ['before its blob is removed', 'remove' as const],
  ])('stores the file again where the upload came %s', async (_, step) => {
    const world = await worldWith({ refusedDays: 1 });
    await refused(world, first);
    world.wait(2 * day);
    const { objects } = world.registry;
    const { putAll, remove } = objects;
    let others: (() => Promise<unknown>) | undefined;
    const once = async () => {
      const act = others;
      others = undefined;
      await act?.();
    };
    // The upload has found the old file when it stores the others.
    if (step === 'putAll')
      Object.assign(objects, {
        putAll: async (...given: Parameters<typeof putAll>) => {
          await putAll(...given);
          await once();
        },
      });
    else
      Object.assign(objects, {
        remove: async (...given: Parameters<typeof remove>) => {
          await once();
          await remove(...given);
        },
      });
    if (step === 'putAll') {
      others = () => deleteAll(world.registry);
      await expectAnswer(publish(world, second, world.author), 201);
    } else {
      const files = second.packed.bundle.files.map(({ sha256 }) => sha256);
      let nothing: BatchWrite | undefined;
      others = async () => {
        nothing = await nothingRemovedSince(world.registry, files);
        await expect(world.registry.db.batch([nothing])).rejects.toThrow('clashed on guard');
      };
      await deleteAll(world.registry);
      if (nothing === undefined) throw new Error('nothing was stored meanwhile');
      await expect(world.registry.db.batch([nothing])).rejects.toThrow('clashed on guard');
      await expectAnswer(publish(world, second, world.author), 201);
    }
    expect(world.stored.has(addressOf(second, 'notes.md'))).toBe(true);
  });

  it('waits for no removal of other files', async () => {
    const world = await worldWith({ refusedDays: 1 });
    await refused(world, first);
    world.wait(2 * day);
    const files = skillOf('@acme/other', 1).packed.bundle.files.map(({ sha256 }) => sha256);
    const nothing = await nothingRemovedSince(world.registry, files);
    const own = first.packed.bundle.files.map(({ sha256 }) => sha256);
    const others = await nothingRemovedSince(world.registry, own);
    await deleteAll(world.registry);
    await world.registry.db.batch([nothing]);
    await expect(world.registry.db.batch([others])).rejects.toThrow('clashed on guard');
    // Who looks for the files after their removal stores them again.
    await world.registry.db.batch([await nothingRemovedSince(world.registry, own)]);
  });
});

describe('a deletion', () => {
  it('that was interrupted goes on with the next slice', async () => {
    const world = await worldWith({ refusedDays: 1 });
    const skill = skillOf('@acme/gone', 1);
    await refused(world, skill);
    world.wait(2 * day);
    const { objects } = world.registry;
    const { remove } = objects;
    Object.assign(objects, { remove: () => Promise.reject(new Error('no disk')) });
    await expect(deleteSomeFiles(world.registry)).rejects.toThrow('no disk');
    expect(world.stored.has(addressOf(skill, 'notes.md'))).toBe(true);
    Object.assign(objects, { remove });
    await deleteAll(world.registry);
    expect(world.stored.has(addressOf(skill, 'notes.md'))).toBe(false);
    const removed = await rowsOf(world, removedBlobs);
    expect(removed.map(({ removedAt }) => removedAt === null)).toEqual([false, false, false]);
  });

  it('leaves a version whose list of files is damaged, and goes on with the others', async () => {
    const world = await worldWith({ refusedDays: 1 });
    const [damaged, other] = [skillOf('@acme/damaged', 1), skillOf('@acme/other', 1)];
    for (const skill of [damaged, other]) await refused(world, skill);
    world.stored.set(storedBlobName(damaged.packed.digest), Buffer.from('damaged'));
    world.wait(2 * day);
    await deleteAll(world.registry);
    const has = (skill: Skill): boolean => world.stored.has(addressOf(skill, 'notes.md'));
    expect([has(damaged), has(other)]).toEqual([true, false]);
    expect(world.errors).toMatchObject([{ code: 'blob-damaged' }, { code: 'blob-damaged' }]);
  });

  it('takes a few versions at a time, the longest refused first', async () => {
    const world = await worldWith({ refusedDays: 1 });
    for (let number = 1; number <= 11; number++) {
      await refused(world, skillOf('@acme/gone', number));
      world.wait(1);
    }
    world.wait(2 * day);
    expect(await deleteSomeFiles(world.registry)).toBe(true);
    const rows = await world.registry.db.read
      .select({ at: versions.filesDeleted })
      .from(versions)
      .where(eq(versions.name, '@acme/gone' as never))
      .orderBy(asc(versions.logIndex));
    expect(rows.map(({ at }) => at !== null)).toEqual([...Array(10).fill(true), false]);
  });
});

describe('retention.json', () => {
  it('has whole days', () => {
    expect(parseRetention('{"refusedDays": 90, "withdrawnDays": 7}')).toEqual({
      refusedDays: 90,
      withdrawnDays: 7,
    });
    for (const text of ['{"refusedDays": 0}', '{"approvedDays": 1}', '{"refusedDays": 1.5}', '[]'])
      expect(() => parseRetention(text)).toThrow();
  });
});

/** The row that names the list of a version's files. */
function rowOf({ id, bundle }: typeof versions.$inferSelect, scope: string) {
  const { digest, versionId } = versionBlobs;
  return and(
    eq(digest, bundle),
    eq(versionBlobs.scope, scope === '' ? 0 : numberOf(sql`${parseScope(scope)}`)),
    eq(versionId, id),
  );
}
