import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../registry/people.ts';
import { makeSkill, registryIdAt } from '../registry/road.ts';
import { type Act, claim } from './acts.ts';
import { type FailingStorage, makeFailingNode, makeFailingWorker } from './failing-storage.ts';
import type { StoredObject } from './site.ts';
import { enterStaff, recordTaken, releaseOne, type Walk } from './walk.ts';
import { Checker } from './whole.ts';

/**
 * Objects that are made of others, by their names. Blobs are in
 * test/registry/damaged-blobs.test.ts.
 * `served` are the platforms that serve other bytes until the next version is approved: an index
 * file is read from R2 without a query, and R2 verifies checksums itself.
 */
const kinds: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['an index file', /^public\/index\/@acme\//, ['Workers']],
  ['the status', /^public\/index\/status\.json$/, []],
  ['a pack of evidence', /^public\/packs\/evidence\//, []],
];
const harms: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array | undefined])[] = [
  [
    'has other bytes',
    (bytes) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)),
  ],
  ['is cut', (bytes) => bytes.slice(0, bytes.length >> 1)],
  ['is gone', () => undefined],
];

describe.each([
  ['Node', makeFailingNode],
  ['Workers', makeFailingWorker],
] as const)('on %s, an object that is damaged', (platform, make) => {
  let storage: FailingStorage;
  let acme: Walk;
  let others: Walk;
  const acts: Act[] = [];
  let made = 0;

  beforeAll(async () => {
    storage = await make();
    const { send, trust } = storage;
    const staff = await enterStaff(send, trust);
    const take = recordTaken(send, acts);
    acme = { send, staff, take };
    others = { send, staff: { ...staff, author: makeKey() }, take };
    const id = await registryIdAt(send);
    await take(await claim(id, 'acme', acme.staff.author));
    await take(await claim(id, 'others', others.staff.author));
    await releaseOne(acme, skillOf('acme'));
    // Installers make the packs.
    expect(await whatLacks('acme')).toEqual([]);
  });
  afterAll(() => storage.close());

  const skillOf = (scope: string) =>
    makeSkill(`@${scope}/kept`, `1.0.${made++}`, { files: { 'notes.md': 'A note.\n' } });
  /** What an installer lacks of the skills of a scope. */
  async function whatLacks(scope: string): Promise<readonly string[]> {
    const own = acts.filter(({ kind, about }) => kind !== 'publish' && about.includes(scope));
    const found = await new Checker(storage, new Set()).ask(own);
    return found.map(({ what }) => what).filter((what) => what.includes(`@${scope}`));
  }
  async function objectsLike(name: RegExp): Promise<readonly StoredObject[]> {
    return (await storage.objects()).filter((one) => name.test(one.name));
  }

  it.each(
    kinds.flatMap(([kind, name, served]) =>
      harms.map(([harm, change]) => [kind, harm, { name, served, change }] as const),
    ),
  )('%s that %s: it is made again or named, and others go on', async (_, harm, row) => {
    const [one] = await objectsLike(row.name);
    const bytes = await one?.read();
    if (one === undefined || bytes === undefined) throw new Error('no such object');
    storage.replace(one.name, row.change(bytes));
    storage.forget();
    await releaseOne(others, skillOf('others'));
    expect(await whatLacks('others')).toEqual([]);
    if (row.served.includes(platform) && harm !== 'is gone') {
      const lacks = await whatLacks('acme');
      expect(lacks.length).toBeGreaterThan(0);
      await releaseOne(acme, skillOf('acme'));
    }
    expect(await whatLacks('acme')).toEqual([]);
  });
});
