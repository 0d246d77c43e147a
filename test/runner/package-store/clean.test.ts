import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  advisedPackages,
  requireAllowedPackages,
} from '../../../runner/package-store/audit-packages.ts';
import { cleanPackages, listSets, storeFolder } from '../../../runner/package-store/store.ts';
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
    const before = listSets(world.data).bytes;

    expect(listSets(world.data).sets.map(({ record }) => record.packages.length)).toEqual([1, 2]);
    const cleaned = cleanPackages(world.data, new Date(now - 5 * day), new Date(now));
    expect(cleaned).toEqual({ sets: 1, packages: 1, bytes: before - listSets(world.data).bytes });
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
  const text = (version: string, id = 'MAL-2026-1'): string =>
    JSON.stringify({
      id,
      summary: 'sends keys away',
      affected: [{ package: { ecosystem: 'PyPI', name: 'Evil' }, versions: [version] }],
    });
  const advise = (version: string, place = 'pypi/evil') => {
    const world = makePackageWorld();
    mkdirSync(join(world.index, place), { recursive: true });
    writeFileSync(join(world.index, place, 'MAL-2026-1.json'), text(version));
    return { folder: world.index, cache: world.data, rules: {} };
  };

  it.each(['osv/malicious/pypi/evil', ''])(
    'is refused with the advisory, which lies in the folder %j',
    (place) => {
      expect(() => requireAllowedPackages(advise('1.0', place), [evil], 'start @acme/x')).toThrow(
        expect.objectContaining({
          code: 'package-malicious',
          message:
            'Cannot start @acme/x: the advisory MAL-2026-1 names evil 1.0 of python as malicious',
        }),
      );
    },
  );

  it.each([
    ['python', 'evil-tool', 'osv/malicious/pypi/evil_tool', 'MAL-2026-1'],
    ['python', 'evil-tool', 'pypi/Evil.Tool', 'MAL-2026-1'],
    ['npm', 'EvilTool', 'osv/malicious/npm/eviltool', 'MAL-2026-1'],
    ['npm', '@evil/tool', 'npm/@evil/tool', 'mal-2026-1'],
  ] as const)(
    'is refused as the mirror spells it: %s %s in %s, by %s',
    (ecosystem, name, place, id) => {
      const world = makePackageWorld();
      mkdirSync(join(world.index, place), { recursive: true });
      const named = { npm: name, python: 'Evil_Tool' }[ecosystem];
      const osv = { npm: 'npm', python: 'PyPI' }[ecosystem];
      const affected = [{ package: { ecosystem: osv, name: named }, versions: ['1.0.0'] }];
      writeFileSync(join(world.index, place, `${id}.json`), JSON.stringify({ id, affected }));
      const source = { folder: world.index, cache: world.data, rules: {} };
      const start = (one: string) => () =>
        requireAllowedPackages(source, [{ ecosystem, name: one, version: '1.0.0' }], 'start');
      expect(start(name)).toThrow(/MAL-2026-1 names .* as malicious/);
      expect(start(`${name}s`)).not.toThrow();
    },
  );

  it.each([
    ['Pypi/evil', 'MAL-2026-1.json', {}],
    ['osv/malicious/PYPI/Evil', 'MAL-2026-1.json', {}],
    ['PyPI', 'MAL-2026-1.JSON', {}],
    ['PyPI', 'MAL-2026-1.json', { id: ' mal-2026-1 ' }],
    ['PyPI', 'MAL-2026-1.json', { withdrawn: '' }],
    [
      'PyPI',
      'MAL-2026-1.json',
      { affected: [{ package: { ecosystem: 'pypi ', name: ' Evil ' }, versions: ['1.0'] }] },
    ],
  ])('is refused by an advisory of other case or spaces: %s/%s %j', (place, file, said) => {
    const { data: cache, index: folder } = makePackageWorld();
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(
      join(folder, place, file),
      JSON.stringify({ ...JSON.parse(text('1.0')), ...said }),
    );
    const source = { folder, cache, rules: {} };
    expect(() => requireAllowedPackages(source, [evil], 'start')).toThrow('MAL-2026-1 names evil');
    expect(advisedPackages(source, [evil], 'all')).toMatchObject([{ isMalware: true }]);
    requireAllowedPackages(source, [{ ...evil, name: 'good' }], 'start');
    requireAllowedPackages(source, [{ ...evil, ecosystem: 'npm' }], 'start');
  });

  it('is not another version, and no package of another name', () => {
    requireAllowedPackages(advise('2.0'), [evil], 'start');
    requireAllowedPackages(advise('1.0'), [{ ...evil, name: 'good' }], 'start');
    requireAllowedPackages({ folder: undefined, cache: '', rules: {} }, [evil], 'start');
  });

  it('is refused where the folder of advisories is missing, or is empty as when not mounted', () => {
    const source = { folder: '/nonexistent/advisories', cache: '', rules: {} };
    expect(() => requireAllowedPackages(source, [evil], 'start')).toThrow(
      expect.objectContaining({ code: 'host-policy-invalid' }),
    );
    const { index } = makePackageWorld();
    rmSync(index, { recursive: true });
    mkdirSync(index);
    const empty = { ...source, folder: index };
    expect(() => requireAllowedPackages(empty, [evil], 'start')).toThrow(
      `Cannot read advisories: ${index} is empty`,
    );
    // A skill without packages starts.
    requireAllowedPackages(empty, [], 'start');
    for (const name of ['lost+found', '.git']) mkdirSync(join(index, name));
    writeFileSync(join(index, '.git', 'HEAD'), '');
    expect(() => requireAllowedPackages(empty, [evil], 'start')).toThrow('is empty');
    // A mirror of npm only.
    mkdirSync(join(index, 'npm'));
    writeFileSync(join(index, 'npm', 'MAL-2026-1.json'), text('1.0').replace('PyPI', 'npm'));
    requireAllowedPackages({ ...empty, cache: join(index, '.cache') }, [evil], 'start');
  });

  it('is found after each change of a folder whose packages are noted', () => {
    const source = advise('2.0', 'PyPI');
    const place = join(source.folder, 'PyPI', 'MAL-2026-1.json');
    requireAllowedPackages(source, [evil], 'start');
    // The same name, size and inode: only the time of the change differs.
    writeFileSync(place, text('1.0'));
    expect(() => requireAllowedPackages(source, [evil], 'start')).toThrow('MAL-2026-1');
    writeFileSync(place, text('1.0').replace('Evil', 'Good'));
    requireAllowedPackages(source, [evil], 'start');
    writeFileSync(join(source.folder, 'PyPI', 'MAL-2026-2.json'), text('1.0', 'MAL-2026-2'));
    expect(() => requireAllowedPackages(source, [evil], 'start')).toThrow('MAL-2026-2');
    writeFileSync(place, 'x');
    expect(() => requireAllowedPackages(source, [evil], 'start')).toThrow('no OSV advisory');
  });

  it('is named once by an advisory with two entries for it', () => {
    const source = advise('9', 'PyPI');
    const { affected } = JSON.parse(text('1.0'));
    const advisory = JSON.stringify({ id: 'MAL-2026-2', affected: [...affected, ...affected] });
    writeFileSync(join(source.folder, 'PyPI', 'MAL-2026-2.json'), advisory);
    expect(advisedPackages(source, [evil], 'malware')).toMatchObject([{ id: 'MAL-2026-2' }]);
  });

  it.each([
    ['run', [], undefined],
    ['refuse', [], 'package-vulnerable'],
    ['refuse', ['GHSA-a-b-c'], undefined],
    ['refuse', ['GHSA-a-b-d', 'CVE-2026-1'], 'package-vulnerable'],
  ] as const)(
    'may be vulnerable only: host policy says %s with the exceptions %j',
    (vulnerable, allowAdvisories, code) => {
      const source = { ...advise('9'), rules: { vulnerable, allowAdvisories } };
      writeFileSync(join(source.folder, 'GHSA-a-b-c.json'), text('1.0', 'GHSA-a-b-c'));
      const start = () => requireAllowedPackages(source, [evil], 'start @acme/x');
      if (code === undefined) return start();
      expect(start).toThrow(
        expect.objectContaining({
          code,
          message:
            'Cannot start @acme/x: the advisory GHSA-a-b-c names evil 1.0 of python as vulnerable: sends keys away',
          hint: expect.stringContaining('skillgate host advisories add allow GHSA-a-b-c'),
        }),
      );
    },
  );

  it('is refused whatever the exceptions and the name of the file say', () => {
    const source = advise('1.0', 'PyPI');
    const path = join(source.folder, 'PyPI', 'MAL-2026-1.json');
    renameSync(path, join(source.folder, 'PyPI', 'GHSA-a-b-c.json'));
    const allowAdvisories = ['MAL-2026-1', 'GHSA-a-b-c'];
    const rules = { vulnerable: 'refuse', allowAdvisories } as const;
    expect(() => requireAllowedPackages({ ...source, rules }, [evil], 'start')).toThrow(
      expect.objectContaining({ code: 'package-malicious' }),
    );
  });

  it.each([
    [[{ introduced: '0' }, { fixed: '1.2' }, { introduced: '2.0a1' }]],
    [[{ introduced: '2.0a1' }, { introduced: '0' }, { fixed: '1.2' }]],
  ])('may be vulnerable only: then it is named, and not refused, by %j', (events) => {
    const source = advise('9');
    const affected = [
      { package: { ecosystem: 'PyPI', name: 'evil' }, ranges: [{ type: 'ECOSYSTEM', events }] },
    ];
    const advisory = JSON.stringify({ id: 'PYSEC-2026-1', summary: 'reads files', affected });
    writeFileSync(join(source.folder, 'PYSEC-2026-1.json'), advisory);
    // The id counts, and not the name of the file.
    writeFileSync(join(source.folder, 'MAL-2026-3.json'), advisory);
    requireAllowedPackages(source, [evil], 'start');
    rmSync(join(source.folder, 'MAL-2026-3.json'));
    const versions = ['1.0', '1.2rc1', '1.2', '1.3', '2.0a0', '2.0rc1', '9'];
    const named = versions.map((version) => ({ ...evil, version }));
    expect(
      advisedPackages(source, named, 'all').map(({ id, isMalware, version }) => [
        version,
        id,
        isMalware,
      ]),
    ).toEqual([
      ['1.0', 'PYSEC-2026-1', false],
      ['1.2rc1', 'PYSEC-2026-1', false],
      ['2.0rc1', 'PYSEC-2026-1', false],
      ['9', 'PYSEC-2026-1', false],
      ['9', 'MAL-2026-1', true],
    ]);
  });
});
