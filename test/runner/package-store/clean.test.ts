import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanPackages, listSets, storedBytes } from '../../../runner/package-store/clean.ts';
import { requireNoMalware } from '../../../runner/package-store/malware.ts';
import { storeFolder } from '../../../runner/package-store/store.ts';
import { makePackageWorld } from './package-world.ts';

const day = 24 * 60 * 60 * 1000;

describe('the store of packages', () => {
  it('loses the sets that no run used, and the packages that no other set has', async () => {
    const world = makePackageWorld();
    const [one, two] = [
      world.wheel('one', { 'one.py': '1' }),
      world.wheel('two', { 'two.py': '2' }),
    ];
    await world.ready(one);
    await world.ready(one, two);
    const now = Date.now();
    const packages = join(storeFolder(world.data), 'python');
    const age = (path: string): void =>
      utimesSync(path, new Date(now - 9 * day), new Date(now - 9 * day));
    for (const name of readdirSync(packages)) age(join(packages, name));
    const both = world.find(one, two);
    age(dirname('path' in both ? both.path : ''));
    const before = storedBytes(world.data);

    expect(listSets(world.data).map(({ record }) => record.packages.length)).toEqual([1, 2]);
    const cleaned = cleanPackages(world.data, new Date(now - 5 * day), new Date(now));
    expect(cleaned).toEqual({ sets: 1, packages: 1, bytes: before - storedBytes(world.data) });
    expect(world.find(one)).toHaveProperty('path');
    expect(world.find(one, two)).toMatchObject({ code: 'packages-missing' });
  });

  it('keeps a set that a run found a moment ago, and a package that is new', async () => {
    const world = makePackageWorld();
    const one = world.wheel('one', { 'one.py': '1' });
    await world.ready(one);
    const fact = world.find(one);
    const folder = dirname('path' in fact ? fact.path : '');
    utimesSync(folder, new Date(0), new Date(0));
    world.find(one);
    expect(Date.now() - statSync(folder).mtimeMs).toBeLessThan(day);
    expect(cleanPackages(world.data, new Date(Date.now() - day), new Date())).toEqual({
      sets: 0,
      packages: 0,
      bytes: 0,
    });
    utimesSync(folder, new Date(0), new Date(0));
    expect(cleanPackages(world.data, new Date(), new Date())).toMatchObject({
      sets: 1,
      packages: 0,
    });
  });
});

describe('a package that an advisory names as malicious', () => {
  const evil = { ecosystem: 'python', name: 'evil', version: '1.0' } as const;
  const advise = (version: string): string => {
    const world = makePackageWorld();
    const folder = join(world.index, 'pypi', 'evil');
    mkdirSync(folder, { recursive: true });
    const affected = [{ package: { ecosystem: 'PyPI', name: 'Evil' }, versions: [version] }];
    writeFileSync(join(folder, 'MAL-2026-1.json'), JSON.stringify({ id: 'MAL-2026-1', affected }));
    return world.index;
  };

  it('is refused with the advisory', () => {
    expect(() => requireNoMalware(advise('1.0'), [evil], 'start @acme/x')).toThrow(
      expect.objectContaining({
        code: 'package-malicious',
        message:
          'Cannot start @acme/x: the advisory MAL-2026-1 names evil 1.0 of python as malicious',
      }),
    );
  });

  it('is not another version, and no package of another name', () => {
    requireNoMalware(advise('2.0'), [evil], 'start');
    requireNoMalware(advise('1.0'), [{ ...evil, name: 'good' }], 'start');
    requireNoMalware(undefined, [evil], 'start');
  });

  it('is refused where the folder of advisories is missing', () => {
    expect(() => requireNoMalware('/nonexistent/advisories', [evil], 'start')).toThrow(
      expect.objectContaining({ code: 'host-policy-invalid' }),
    );
  });
});
