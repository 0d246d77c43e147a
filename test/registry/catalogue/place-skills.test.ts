/**
 * Scopes become private and public while a catalogue has skills. Whoever searches finds what they
 * may see, before, during and after the slices that give skills other ids.
 */

import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { nameWords, skillPlaces, skills } from '../../../registry/catalogue/plugin-packages.ts';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { findSkills } from '../../../registry/catalogue/search/find-skills.ts';
import {
  idsOf,
  noneHidden,
  placeSome,
  type SkillsPage,
  skillsByShortName,
  skillsByTime,
} from '../../../registry/catalogue/visible-skills.ts';
import type { HiddenScopes } from '../../../registry/readers/may-read.ts';
import { Readers } from '../../../registry/readers/readers.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import { versions } from '../../../registry/store/schema.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName, type Scope } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { recordStatements } from '../query-plans.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { rowsOf } from '../steps.ts';
import { makeStaffedWorld, makeWorld, type World } from '../world.ts';

/** So few skills make a word too common to be looked up that both ways of a search are tried. */
const limits = { skillsOfWord: 3, rows: 6 };

const scopes = ['ann', 'bob', 'cyd', 'dan'].map(parseScope);
const [ann, bob] = scopes as [Scope, Scope];
const words = ['invoice', 'photograph', 'telegram', 'ledger', 'sorts'];

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  onTestFinished(() => world.close());
});

interface Offered {
  readonly scope: Scope;
  readonly words: readonly string[];
}

/** Rows of skills with an approved version, named by their places. */
async function offer(given: readonly Offered[]): Promise<void> {
  const { db } = world.registry;
  const capabilities = { env: [], secret: [], egress: [], mount: [], exec: [] };
  for (const [at, { scope, words: own }] of given.entries()) {
    const name = parseSkillName(`@${scope}/skill-${at}`);
    const version = parseVersion('1.0.0');
    const of = { name, version, bundle: digestOf(name), publisher: digestOf('author') };
    const shown = { description: own.join(' '), capabilities, offeredSince: at };
    await db.batch([
      (to) =>
        to.insert(versions).values({
          ...of,
          id: idOfVersion(at),
          status: 'approved',
          move: 1,
          createdAt: at,
          logIndex: at,
          bytes: 0,
        }),
      (to) => to.insert(skills).values({ name, versionId: idOfVersion(at), ...shown }),
    ]);
  }
}

function makePrivate(all: readonly Scope[] | 'everything'): void {
  const file = { schema: 'skillgate.readers/1' as const, private: all, readers: [] };
  const readers = new Readers(
    { ...file, private: all === 'everything' ? all : [...all] },
    '',
    () => undefined,
  );
  Object.assign(world.registry, { readers });
}

/** Of somebody who may read some of the private scopes. */
function hiddenFrom(reader: readonly Scope[]): HiddenScopes {
  const all = world.registry.readers?.privateScopes ?? [];
  if (all === 'everything') return { scopes: reader, only: true };
  return { scopes: all.filter((scope) => !reader.includes(scope)), only: false };
}

async function found(query: string, hidden: HiddenScopes): Promise<unknown> {
  const { corrected, skills: all } = await findSkills(world.registry, { query, hidden }, limits);
  return { corrected, names: all.map(({ name }) => name) };
}

const namesOf = (page: SkillsPage<unknown>): readonly string[] =>
  page.skills.map(({ name }) => name);

const foundBy = async (hidden: HiddenScopes): Promise<unknown> =>
  Promise.all([
    skillsByTime(world.registry, { hidden, limit: 3 }).then(namesOf),
    skillsByShortName(world.registry, 'skill', { hidden, limit: 3 }).then(namesOf),
    ...[...words, words.join(' '), 'sorts ledger', 'ledgr'].map((query) => found(query, hidden)),
  ]);

it('finds the same for everybody in each moment, however the ids lie', async () => {
  const some = fc.subarray(scopes);
  const privacy = fc.oneof(some, fc.constant('everything' as const));
  const given = fc.record({ scope: fc.constantFrom(...scopes), words: fc.subarray(words) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(given, { maxLength: 20 }),
      fc.tuple(privacy, privacy),
      some,
      fc.integer({ min: 1, max: 7 }),
      async (all, settings, reader, limit) => {
        world.close();
        world = await makeWorld();
        await offer(all);
        for (const setting of settings) {
          makePrivate(setting);
          const askers = [noneHidden, hiddenFrom([]), hiddenFrom(reader)];
          const slowly = await Promise.all(askers.map(foundBy));
          while (await placeSome(world.registry, limit))
            expect(await Promise.all(askers.map(foundBy))).toEqual(slowly);
          expect(await Promise.all(askers.map(foundBy))).toEqual(slowly);
        }
      },
    ),
    { numRuns: 12 },
  );
});

it('shows no skill of a scope that became private, even where its ids were never changed', async () => {
  await offer(scopes.map((scope) => ({ scope, words: ['invoice'] })));
  makePrivate([ann]);
  const stranger = hiddenFrom([]);
  const names = { names: ['@bob/skill-1', '@cyd/skill-2', '@dan/skill-3'] };
  expect(await found('invoice', stranger)).toMatchObject(names);
  const before = await rowsOf(world, skills);
  while (await placeSome(world.registry, 1))
    expect(await found('invoice', stranger)).toMatchObject(names);
  // Somebody who edits the database gives the hidden skill an id among those that strangers read.
  await world.registry.db.batch(
    before.map(
      ({ id, name }) =>
        (to) =>
          to.update(skills).set({ id }).where(eq(skills.name, name)),
    ),
  );
  expect(await found('invoice', stranger)).toMatchObject(names);
  expect(await found('invoice', hiddenFrom([bob]))).toMatchObject(names);
});

it('reads no word of a hidden skill for a stranger: FTS5 gets a first and a last id', async () => {
  await offer(scopes.map((scope) => ({ scope, words: ['invoice', 'ledger'] })));
  makePrivate([ann, bob]);
  while (await placeSome(world.registry));
  const client = world.registry.db.read;
  const { seen, stop } = recordStatements();
  for (const query of ['invoice ledger', 'ledgr', words.join(' ')])
    await found(query, hiddenFrom([]));
  stop();
  const looked = [...seen.keys()].filter((text) => /"skill_words" MATCH/.test(text));
  expect(looked.length).toBeGreaterThan(2);
  for (const text of looked) {
    const asked = sql.raw(`EXPLAIN QUERY PLAN ${text.replaceAll('?', 'NULL')}`);
    const plan = client.all<{ readonly detail: string }>(asked);
    const steps = (await plan).map(({ detail }) => detail);
    expect(steps).toContainEqual(expect.stringMatching(/^SCAN skill_words .*M\d+><$/));
  }
  const shown = idsOf(undefined, ann);
  const rows = await client.select().from(skills);
  const read = rows.filter(({ id }) => id >= shown.from && id <= shown.to);
  expect(read.map(({ scope }) => scope).sort()).toEqual(['cyd', 'dan']);
});

it('lets other requests go on while it looks into very many private scopes', async () => {
  const many = Array.from({ length: 40 }, (_, at) => parseScope(`team-${at}x`));
  await offer(many.map((scope) => ({ scope, words: ['invoice', 'ledger'] })));
  await world.registry.db.batch([(to) => to.insert(nameWords).values({ word: 'skill' })]);
  makePrivate(many);
  const search = async (reader: readonly Scope[]): Promise<unknown> => {
    const all = [];
    for (const query of ['invoice ledger', 'skil']) {
      const { corrected, skills: those } = await findSkills(world.registry, {
        query,
        hidden: hiddenFrom(reader),
      });
      all.push({ corrected, names: those.map(({ name }) => name).sort() });
    }
    return all;
  };
  const turnsOf = async (reader: readonly Scope[]): Promise<number> => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await search(reader);
    isOver = true;
    return turns;
  };
  const most = many.slice(1);
  const slowly = await search(most);
  const names = expect.objectContaining({ length: 39 });
  expect(slowly).toMatchObject([{ names }, { corrected: { skil: ['skill'] }, names }]);
  while (await placeSome(world.registry));
  expect(await search(most)).toEqual(slowly);
  // One statement looks into 16 scopes at most: three statements in place of one.
  expect(await turnsOf(most)).toBeGreaterThan(2 * (await turnsOf(many.slice(39))));
});

it('moves at most so many skills in a slice, and begins anew with another setting', async () => {
  await offer(Array.from({ length: 7 }, () => ({ scope: ann, words: ['invoice'] })));
  const place = async () => (await rowsOf(world, skillPlaces))[0];
  const movedBySlice = async (): Promise<number> => {
    const before = await rowsOf(world, skills);
    await placeSome(world.registry, 3);
    const after = await rowsOf(world, skills);
    const known = new Set(before.map(({ id, name }) => `${id} ${name}`));
    return after.filter(({ id, name }) => !known.has(`${id} ${name}`)).length;
  };
  // Nothing was private ever: there is nothing to do.
  expect(await placeSome(world.registry)).toBe(false);
  expect(await place()).toBeUndefined();
  makePrivate([ann]);
  expect([await movedBySlice(), await movedBySlice()]).toEqual([3, 3]);
  expect(await place()).toMatchObject({ after: '@ann/skill-5' });
  makePrivate([bob]);
  expect([await movedBySlice(), await movedBySlice(), await movedBySlice()]).toEqual([3, 3, 0]);
  expect(await place()).toMatchObject({ after: null });
  expect(await movedBySlice()).toBe(0);
});

it('gives a skill an id of its scope when it is offered, and when it is renewed', async () => {
  const staffed = await makeStaffedWorld();
  world = staffed;
  onTestFinished(() => staffed.close());
  const acme = parseScope('acme');
  const release = async (version: string) => {
    await publishApproved(staffed, makeSkill('@acme/one', version));
    while (await renewSkills(staffed.registry));
    const [row] = await staffed.registry.db.read
      .select({ id: skills.id, version: versions.version })
      .from(skills)
      .innerJoin(versions, eq(versions.id, skills.versionId));
    return row;
  };
  makePrivate([acme]);
  const { from } = idsOf(staffed.registry.readers, acme);
  expect(await release('1.0.0')).toMatchObject({ id: from, version: '1.0.0' });
  const isIt = eq(skills.name, parseSkillName('@acme/one'));
  await staffed.registry.db.batch([(to) => to.update(skills).set({ id: 1 }).where(isIt)]);
  expect(await release('1.1.0')).toMatchObject({ id: from, version: '1.1.0' });
  expect(await found('one', hiddenFrom([acme]))).toMatchObject({ names: ['@acme/one'] });
});
