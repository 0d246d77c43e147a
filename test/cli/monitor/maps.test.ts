/** The map of names in the heads of a registry, compared with the registry's log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemory } from '../../../cli/monitor/memory.ts';
import { MapOfNames, MonitorFolder } from '../../../cli/monitor/world.ts';
import { loadKeys } from '../../../registry/log/signing.ts';
import { emptyMapRoot, mapRootOf, mapValueOf } from '../../../skills-index/log/map-tree.ts';
import { mapKeyOf } from '../../../skills-index/trust/members-and-scopes/map-names.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { verifyRootCheckpoint } from '../../../skills-index/trust/root/root-role.ts';
import { makeKey, makeRoot } from '../../registry/people.ts';
import { claimScope } from '../../registry/road.ts';
import { mapIn, noMap, otherMap, remapped, remapping } from '../map-lies.ts';
import { honest, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';
import { found, replayLook } from '../replay-look.ts';
import { folderWith } from '../temporary-folder.ts';

let monitored: Monitored;
beforeEach(async () => {
  monitored = await makeMonitored();
  await monitored.bring(skillAt(1));
});
afterEach(() => monitored.close());

const note = async () => (await monitored.world.send('/log/checkpoint')).text();
const both = (remap: typeof noMap) =>
  remapping(monitored.world, { status: remap, checkpoint: remap });
const grow = (scope: string) => claimScope(monitored.world, scope, makeKey());

describe('a registry that signs another map than its log has', () => {
  it('is convicted of a map without a revocation, by the head that it signed', async () => {
    const before = mapIn(await note());
    await monitored.say(skillAt(1), 'revoked');
    monitored.lie = both(() => before);
    const { exit, said } = await monitored.look();
    expect([exit, said.differences]).toMatchObject([
      6,
      [{ code: 'map-wrong', place: 'status.json' }],
    ]);
    const kept = readFileSync(join(said.evidence, 'status-head.txt'), 'utf8');
    const head = verifyRootCheckpoint(kept, monitored.world.trust.root);
    expect(Buffer.from(head.map ?? [])).toEqual(before);
    monitored.lie = honest;
    expect((await monitored.look()).exit).toBe(0);
  });

  it.each([
    ['status.json', 'status', 'status-head.txt'],
    ['/log/checkpoint', 'checkpoint', 'newest-head.txt'],
  ] as const)(
    'is convicted of two maps of one tree, the wrong one in %s',
    async (place, where, file) => {
      monitored.lie = remapping(monitored.world, { [where]: () => otherMap });
      const { said } = await monitored.look();
      expect(said.differences).toMatchObject([{ code: 'map-wrong', place }]);
      expect(mapIn(readFileSync(join(said.evidence, file), 'utf8'))).toEqual(otherMap);
    },
  );

  it('is convicted of an older checkpoint that has a wrong map, and the checkpoint is kept', async () => {
    const old = await remapped(monitored.world, await note(), () => otherMap);
    await grow('later');
    monitored.lie = (path, response) => (path === '/log/checkpoint' ? new Response(old) : response);
    const { said } = await monitored.look();
    expect(said.differences).toMatchObject([{ code: 'map-wrong', place: '/log/checkpoint' }]);
    expect(readFileSync(join(said.evidence, 'checkpoint.txt'), 'utf8')).toBe(old);
  });

  it('does not get around the comparison by withholding a statement', async () => {
    const index = await monitored.say(skillAt(1), 'revoked');
    const lie = both(() => otherMap);
    monitored.lie = (path, response) =>
      path === `/log/statements/${index}` ? new Response('', { status: 404 }) : lie(path, response);
    const { codes, said } = await monitored.look();
    expect(codes).toContain('statement-withheld');
    expect(said.notes).toContainEqual(
      expect.stringContaining('map of names in status.json was not'),
    );
    monitored.lie = lie;
    expect((await monitored.look()).codes).toEqual(['map-wrong']);
  });
});

describe('a registry whose head has no map', () => {
  it.each([
    ['both heads', ['status', 'checkpoint'], ['status.json']],
    ['the status', ['status'], ['status.json']],
    ['the checkpoint', ['checkpoint'], ['/log/checkpoint']],
  ] as const)('is reported: %s', async (_, lacking, places) => {
    expect((await monitored.look()).exit).toBe(0);
    await grow('later');
    const lies = Object.fromEntries(lacking.map((one) => [one, noMap]));
    monitored.lie = remapping(monitored.world, lies);
    const { said } = await monitored.look();
    expect(said.differences).toMatchObject(places.map((place) => ({ code: 'map-missing', place })));
    // The memory is on disk, and no error of this kind makes it forget.
    expect((await monitored.look()).codes).toEqual(places.map(() => 'map-missing'));
  });
});

describe('an honest registry', () => {
  it('is not accused after its log key was replaced', async () => {
    expect((await monitored.look()).exit).toBe(0);
    const { registry, trust } = monitored.world;
    const size = await monitored.size();
    const next = makeRoot();
    const retired = [{ role: 'log' as const, key: registry.root.log.key, validUpTo: size - 1 }];
    const first = rootFingerprint(registry.root);
    const root = { ...registry.root, first, log: next.root.log, retired };
    const keys = await loadKeys({ ...trust.texts, log: next.texts.log });
    const folder = new MonitorFolder(folderWith());
    const pinned = { fingerprint: first };
    expect(found(await replayLook(monitored, folder, pinned))).toEqual([]);
    Object.assign(registry, { root, keys });
    registry.db.read.run(sql`DELETE FROM status_file`);
    // The same head by the new key, and then a larger one.
    expect(found(await replayLook(monitored, folder, pinned))).toEqual([]);
    await grow('later');
    expect(found(await replayLook(monitored, folder, pinned))).toEqual([]);
    monitored.lie = both(() => otherMap);
    expect(found(await replayLook(monitored, folder, pinned))).toEqual(['map-wrong']);
  });

  it('is not accused while its log grows during the look', async () => {
    let turn = 0;
    monitored.lie = async (path, response) => {
      if (path.startsWith('/index/status') || path === '/log/checkpoint') await grow(`s-${turn++}`);
      return response;
    };
    for (const _ of [1, 2, 3]) expect((await monitored.look()).exit).toBe(0);
    expect(turn).toBeGreaterThan(5);
  });

  it('has the same map for the process that went on, and for one that begins at the files on disk', async () => {
    const folder = new MonitorFolder(folderWith());
    const memory = makeMemory();
    for (const scope of ['one', 'two', 'three']) {
      await grow(scope);
      expect(found(await replayLook(monitored, folder, { memory }))).toEqual([]);
    }
    expect(found(await replayLook(monitored, folder))).toEqual([]);
    monitored.lie = both(() => otherMap);
    expect(found(await replayLook(monitored, folder, { memory }))).toEqual(['map-wrong']);
    expect(found(await replayLook(monitored, folder))).toEqual(['map-wrong']);
  });
});

it('the map that grows with each statement is the map of all its leaves, and older ones stay', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(names, { maxLength: 30 }), (said) => {
      const maps = [new MapOfNames()];
      for (const [index, one] of said.entries())
        maps.push((maps.at(-1) ?? new MapOfNames()).with([...new Set(one)], index));
      for (const [size, map] of maps.entries()) {
        const indexes = Map.groupBy(
          said
            .slice(0, size)
            .flatMap((one, index) => [...new Set(one)].map((name) => ({ name, index }))),
          ({ name }) => name,
        );
        const leaves = [...indexes].map(([name, all]) => ({
          key: mapKeyOf(name),
          value: mapValueOf(all.map(({ index }) => index)) ?? emptyMapRoot,
        }));
        expect(Buffer.from(map.root())).toEqual(Buffer.from(mapRootOf(leaves)));
      }
    }),
  );
});
