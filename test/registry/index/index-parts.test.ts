/** A skill with many versions: its older index lines are in parts. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  commitLine,
  indexEntriesMax,
  indexFileName,
  writeIndexFile,
  writeLackingFiles,
} from '../../../registry/index/index-file.ts';
import { indexPartName, readSound } from '../../../registry/index/index-rows.ts';
import { wholeLines } from '../../../registry/index/packs.ts';
import { advice } from '../../../registry/store/advice-schema.ts';
import type { BatchWrite } from '../../../registry/store/batch.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import type { Objects } from '../../../registry/store/objects.ts';
import { indexLines, versions } from '../../../registry/store/schema.ts';
import type { Source } from '../../../skills-index/client/blobs.ts';
import { fetchIndex, indexPartPath } from '../../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  type IndexLine,
  parseIndexFile,
  printIndexLine,
} from '../../../skills-index/trust/index-files/index-line.ts';
import { expectAnswer, rowsOf } from '../steps.ts';
import { makeWorld, memoryObjects, type World } from '../world.ts';
import { lineRow, versionWrite } from './entered-lines.ts';
import { Dead, isolate } from './isolates.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

let logIndex = 1_000;
let skills = 0;
const freshName = (): SkillName => parseSkillName(`@acme/many-${skills++}`);

function lineOf(name: SkillName, version: string, at = logIndex++): IndexLine {
  return {
    schema: 'skillgate.index/1',
    name,
    version: parseVersion(version),
    bundle: digestOf(`${name}@${version}`),
    description: 'Writes a report.',
    capabilities: { env: [], secret: [], egress: [], mount: [], exec: [] },
    requires: {},
    publisher: digestOf('publisher'),
    statements: [],
    logIndex: at,
  };
}

const ids = new Map<string, string>();
function idOf(version: string): string {
  const id = ids.get(version) ?? idOfVersion(ids.size);
  ids.set(version, id);
  return id;
}

function rowOf({ logIndex, name, version, description }: IndexLine) {
  return lineRow({ logIndex, versionId: idOf(`${name}@${version}`), name }, description);
}

function versionOf(line: IndexLine): BatchWrite {
  return versionWrite(rowOf(line), line.version);
}

/** Puts a version into the index. A version that is not `written` waits for the next write. */
async function enter(line: IndexLine, isWritten = true): Promise<void> {
  await commitLine(world.registry, rowOf(line), [versionOf(line)]);
  if (isWritten) await writeIndexFile(world.registry, line.name);
}

/** The author yanks versions, or takes that back. */
async function yank(name: SkillName, versions: readonly string[], isYanked = true): Promise<void> {
  for (const version of versions) {
    const versionId = idOf(`${name}@${version}`);
    const values = { versionId, kind: 'yanked' as const, logIndex: logIndex++ };
    await world.registry.db.batch([
      (db) => db.delete(advice).where(sql`"versionId" = ${versionId}`),
      ...(isYanked
        ? [(db: typeof world.registry.db.read) => db.insert(advice).values(values)]
        : []),
      (db) => db.update(indexLines).set({ written: 0 }).where(sql`"versionId" = ${versionId}`),
    ]);
  }
  world.registry.known?.change(indexFileName(name));
}

const asked: string[] = [];
function source(lie: (path: string) => Response | undefined = () => undefined): Source {
  const base = 'http://localhost';
  const fetch: Source['fetch'] = async (url, { headers }) => {
    const path = url.slice(base.length);
    asked.push(path);
    return (lie(path) ?? (await world.send(path, { headers }))) as Awaited<
      ReturnType<Source['fetch']>
    >;
  };
  return { fetch, store: memoryStore(), base };
}

async function inDatabase(name: SkillName, condition = sql`1`): Promise<string[]> {
  const rows = await world.registry.db.read
    .select()
    .from(indexLines)
    .where(sql`name = ${name} AND ${condition}`)
    .orderBy(indexLines.logIndex);
  const hints = await rowsOf(world, advice);
  const { version, bundle, publisher } = versions;
  const ofVersions = await world.registry.db.read
    .select({ id: versions.id, name: versions.name, version, bundle, publisher })
    .from(versions)
    .where(sql`name = ${name}`);
  const lines = await wholeLines(
    world.registry,
    rows.map((row) => ({
      ...row,
      version: ofVersions.find(({ id }) => id === row.versionId) ?? null,
    })),
  );
  return rows.map(({ versionId }, at) => {
    const yanked = hints.find((one) => one.versionId === versionId)?.logIndex;
    return JSON.stringify({
      ...JSON.parse(lines[at] ?? ''),
      ...(yanked && { advice: { yanked } }),
    });
  });
}

const shown = async (name: SkillName, from = source()): Promise<string[]> =>
  (await fetchIndex(from, name)).map((line) => {
    const { advice, ...rest } = line;
    return JSON.stringify({ ...JSON.parse(printIndexLine(rest)), ...(advice && { advice }) });
  });

/** A skill with versions 1.0.0, 1.0.1, … */
async function manyVersions(count: number): Promise<SkillName> {
  const name = freshName();
  for (let nth = 0; nth < count - 1; nth++) await enter(lineOf(name, `1.0.${nth}`), false);
  await enter(lineOf(name, `1.0.${count - 1}`));
  return name;
}

const headOf = (name: SkillName) =>
  readSound(world.stored.get(indexFileName(name)) ?? new Uint8Array());

describe('the index of a skill', () => {
  it('is one plain file for as long as there are few versions', async () => {
    const name = await manyVersions(indexEntriesMax);
    const bytes = world.stored.get(indexFileName(name)) ?? new Uint8Array();
    expect(parseIndexFile(bytes, name)).toHaveLength(indexEntriesMax);
    await enter(lineOf(name, '2.0.0'));
    expect(headOf(name)?.parts).toHaveLength(1);
    expect(await shown(name)).toEqual(await inDatabase(name));
  });

  it('shows each line with its newest hints, whatever was entered, yanked and lost', async () => {
    const steps = fc.array(
      fc.record({
        enter: fc.integer({ min: 0, max: 60 }),
        isEachWritten: fc.boolean(),
        yank: fc.array(fc.nat(400), { maxLength: 40 }),
        isYanked: fc.boolean(),
        lose: fc.constantFrom('nothing', 'nothing', 'the file', 'a bit', 'a part'),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const name = freshName();
        const versions: string[] = [];
        for (const step of all) {
          // A version whose summary was logged earlier may enter the index later.
          const indexes = Array.from({ length: step.enter }, () => logIndex++).reverse();
          for (const [nth, at] of indexes.entries()) {
            versions.push(`1.${versions.length % 7}.${versions.length}`);
            const isLast = nth === step.enter - 1;
            await enter(lineOf(name, versions.at(-1) ?? '', at), step.isEachWritten || isLast);
          }
          const yanked = step.yank.flatMap((nth) => versions[nth] ?? []);
          await yank(name, [...new Set(yanked)], step.isYanked);
          await writeLackingFiles(world.registry);
          lose(name, step.lose);
          // A host that read the file before a lost part was made again tries once more.
          const read = await shown(name).catch(() => shown(name));
          expect(read).toEqual(await inDatabase(name));
        }
      }),
      { numRuns: 15 },
    );
  });

  function lose(name: SkillName, what: string): void {
    const file = indexFileName(name);
    const bytes = world.stored.get(file);
    if (what === 'the file') world.stored.delete(file);
    if (what === 'a bit' && bytes)
      world.stored.set(
        file,
        bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)),
      );
    const [part] = headOf(name)?.parts ?? [];
    if (what === 'a part' && part) world.stored.delete(indexPartName(name, part.digest));
    if (what !== 'nothing')
      for (const one of world.stored.keys()) world.registry.known?.change(one);
  }

  it('keeps each line that is marked as written while two isolates, of which either may die, make parts', async () => {
    const death = fc.option(fc.nat(30), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), death, death, async (scheduler, first, second) => {
        const name = await manyVersions(indexEntriesMax - 1);
        const turn = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
        const both = [first, second].map(async (dies, nth) => {
          const registry = isolate(world, turn, dies);
          for (const patch of [0, 1]) {
            const line = lineOf(name, `2.${nth}.${patch}`);
            await commitLine(registry, rowOf(line), [versionOf(line)]);
            await writeIndexFile(registry, name);
          }
        });
        const settled = Promise.allSettled(both);
        await scheduler.waitFor(settled);
        for (const one of await settled)
          if (one.status === 'rejected' && !(one.reason instanceof Dead)) throw one.reason;
        const written = await inDatabase(name, sql`written = 1`);
        expect(await shown(name)).toEqual(expect.arrayContaining(written));
        await writeLackingFiles(world.registry);
        expect(await shown(name)).toEqual(await inDatabase(name));
        expect(await inDatabase(name, sql`written = 0`)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('costs the same with a thousand versions as with forty', async () => {
    const few = await costsOf(await manyVersions(40));
    const many = await costsOf(await manyVersions(1_200));
    expect(many.reads).toBeLessThanOrEqual(few.reads);
    expect(many.written).toBeLessThan(2 * few.written);
    expect(many.asked).toEqual([1, 3]);
  });

  /** What one more version costs the writer, and what its readers ask for. */
  async function costsOf(name: SkillName) {
    const { registry } = world;
    const stored = memoryObjects(world.stored);
    let reads = 0;
    let written = 0;
    const objects: Objects = {
      ...stored,
      get: (object) => {
        reads++;
        return stored.get(object);
      },
      putOver: (object, bytes, tag) => {
        written += bytes.byteLength;
        return stored.putOver(object, bytes, tag);
      },
    };
    const line = lineOf(name, '1.1.0');
    await commitLine(registry, rowOf(line), [versionOf(line)]);
    await writeIndexFile({ ...registry, objects }, name);
    const counts: number[] = [];
    for (const range of ['*', '1.0.0']) {
      asked.length = 0;
      await fetchIndex(source(), name, { name, range });
      counts.push(asked.length);
    }
    return { reads, written, asked: counts };
  }

  it('makes its parts anew behind a database that was restored without their lines', async () => {
    const name = await manyVersions(indexEntriesMax + 1);
    const file = world.stored.get(indexFileName(name)) ?? new Uint8Array();
    const other = freshName();
    for (let nth = 0; nth < 3; nth++) await enter(lineOf(other, `1.0.${nth}`));
    // The parts of the file name lines that the database of this skill does not have.
    world.stored.set(indexFileName(other), file);
    await enter(lineOf(other, '1.0.3'));
    expect(headOf(other)).toBeUndefined();
    expect(await shown(other)).toEqual(await inDatabase(other));
  });

  it('makes a part again that has other bytes, and no part that it does not name', async () => {
    const name = await manyVersions(900);
    const [deep] = headOf(name)?.parts ?? [];
    if (deep === undefined) throw new Error('no part');
    expect(deep.depth).toBe(2);
    const [leaf] =
      readSound(world.stored.get(indexPartName(name, deep.digest)) ?? Buffer.alloc(0))?.parts ?? [];
    for (const { digest } of [deep, leaf ?? deep]) {
      const object = indexPartName(name, digest);
      const bytes = world.stored.get(object);
      world.stored.set(object, Buffer.from('{}\n'));
      world.registry.known?.change(object);
      const answer = await world.send(indexPartPath(name, { digest }));
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(bytes ?? ''));
    }
    const before = world.stored.size;
    const unknown = indexPartPath(name, { digest: digestOf('unknown') });
    await expectAnswer(world.send(unknown), 404);
    expect(world.stored.size).toBe(before);
  });

  it('makes a part again for a host that has the deeper part, which is gone, too', async () => {
    const name = await manyVersions(900);
    const [deep] = headOf(name)?.parts ?? [];
    if (deep === undefined) throw new Error('no part');
    const bytes = world.stored.get(indexPartName(name, deep.digest)) ?? Buffer.alloc(0);
    const [leaf] = readSound(bytes)?.parts ?? [];
    if (leaf === undefined) throw new Error('no part in the deeper part');
    for (const { digest } of [deep, leaf]) {
      world.stored.delete(indexPartName(name, digest));
      world.registry.known?.change(indexPartName(name, digest));
    }
    await expectAnswer(world.send(indexPartPath(name, leaf)), 200);
    expect(world.stored.get(indexPartName(name, deep.digest))).toEqual(bytes);
    await expectAnswer(world.send(indexPartPath(name, { digest: digestOf('no') })), 404);
  });
});
