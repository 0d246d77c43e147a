import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { earlierBandKeys } from '../../../registry/review/earlier-band-keys.ts';
import { moveSignatures } from '../../../registry/review/earlier-signatures.ts';
import { similarityWrites, similarVersions } from '../../../registry/review/similarity-index.ts';
import { idOfVersion } from '../../../registry/store/columns/version-id-column.ts';
import { versions } from '../../../registry/store/schema.ts';
import {
  earlierBands,
  earlierSignatures,
  sketches,
} from '../../../registry/store/similarity-schema.ts';
import { renewals } from '../../../registry/store/waiting-schema.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { signatureOf } from '../../../skills-index/skill/text/similarity-signature.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const signatureFrom = (from: number, count = 400) => {
  const words = Array.from({ length: count }, (_, at) => `w${from + at}`).join(' ');
  const signature = signatureOf([{ path: 'a.md', text: words }]);
  if (signature === undefined) throw new Error('it says enough');
  return signature;
};

async function insertVersion(at: number): Promise<string> {
  const row = {
    id: idOfVersion(at),
    name: parseSkillName(`@acme/skill-${at}`),
    version: parseVersion('1.0.0'),
    bundle: digestOf(`${at}`),
    status: 'approved' as const,
    move: 1,
    publisher: digestOf('publisher'),
    createdAt: 0,
    logIndex: at,
  };
  await world.registry.db.batch([(db) => db.insert(versions).values(row)]);
  return row.id;
}

/** Writes what an earlier release wrote. */
async function insertEarlier(at: number, signature = signatureFrom(at * 1_000)): Promise<void> {
  const versionId = await insertVersion(at);
  await world.registry.db.batch([
    (db) => db.insert(earlierSignatures).values({ versionId, signature }),
    (db) =>
      db.insert(earlierBands).values(earlierBandKeys(signature).map((key) => ({ key, versionId }))),
  ]);
}

/** The version with nearly the words of another, published now. */
async function insertCopy(at: number, of: number): Promise<void> {
  const id = await insertVersion(at);
  const signature = signatureFrom(of * 1_000, 405);
  await world.registry.db.batch(await similarityWrites(world.registry, { id }, signature));
}

const alike = async (at: number) => {
  const version = { id: idOfVersion(at), name: parseSkillName(`@acme/skill-${at}`) };
  const sorts = { min: 0.6, apart: sql`0`, strange: sql`1` };
  const found = await similarVersions(world.registry, version, sorts);
  return found.map(({ versionId }) => Number(versionId));
};

describe('whole signatures of an earlier release', () => {
  it('become sketches in slices, and hide no near copy before, between or after', async () => {
    const count = 45;
    for (let at = 0; at < count; at++) await insertEarlier(at);
    await insertEarlier(count, signatureFrom(0, 402));
    await insertCopy(100, 0);
    await insertCopy(101, 44);
    const seen: number[][] = [];
    do {
      // Each pair in both directions: neither version has to have the keys of the other's release.
      for (const [at, expected] of [
        [0, [45, 100]],
        [45, [0, 100]],
        [100, [0, 45]],
        [44, [101]],
        [101, [44]],
      ] as const)
        expect((await alike(at)).sort((a, b) => a - b)).toEqual(expected);
      const { read } = world.registry.db;
      const tables = [earlierSignatures, earlierBands, sketches];
      const rows = await Promise.all(tables.map((table) => read.select().from(table)));
      seen.push(rows.map(({ length }) => length));
    } while (await moveSignatures(world.registry));
    expect(seen[0]).toEqual([48, 46 * 32, 2]);
    expect(seen.at(-1)).toEqual([0, 0, 48]);
    // No text goes before the last old key.
    expect(seen.filter(([texts, keys]) => texts !== 48 && keys !== 0)).toEqual([]);
    expect(seen.length).toBeGreaterThan(4);
  });

  it('become sketches without keys, too, and keys without a signature go', async () => {
    const signature = signatureFrom(0);
    const versionId = await insertVersion(0);
    const lost = await insertVersion(1);
    await world.registry.db.batch([
      (db) => db.insert(earlierSignatures).values({ versionId, signature }),
      (db) => db.insert(earlierBands).values({ key: 7, versionId: lost }),
    ]);
    while (await moveSignatures(world.registry));
    expect(await world.registry.db.read.select().from(sketches)).toMatchObject([{ versionId }]);
    expect(await world.registry.db.read.select().from(earlierBands)).toEqual([]);
    await insertCopy(2, 0);
    expect(await alike(0)).toEqual([2]);
  });

  it('tell the queue nothing new', async () => {
    await insertEarlier(0);
    const events = () =>
      world.registry.db.read.select({ value: renewals.value, turn: renewals.turn }).from(renewals);
    const before = await events();
    while (await moveSignatures(world.registry));
    expect(await events()).toEqual(before);
    await insertCopy(1, 0);
    expect((await events()).map(({ value }) => value)).toEqual(['0', '1']);
  });
});
