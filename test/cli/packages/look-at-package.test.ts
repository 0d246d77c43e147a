import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageReports } from '../../../cli/packages/report-on-package.ts';
import { printPylock } from '../../../cli/packages/resolve-python.ts';
import type { PackageReportTools, PackageScan } from '../../../scanner/worker/package-reports.ts';
import { type LockedPackage, lockedDigest } from '../../../skills-index/packages/locked-package.ts';
import {
  type LeasedPackage,
  packageReport,
} from '../../../skills-index/packages/package-report.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { makeFinding } from '../../finding.ts';
import { makePackageWorld, type PackageWorld } from '../../runner/package-store/package-world.ts';

const calm: PackageScan = { verdict: 'pass', findings: [], read: 'whole' };

function makeHost() {
  const world = makePackageWorld();
  const home = mkdtempSync(join(tmpdir(), 'look-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const paths = { config: home, data: join(home, 'data'), cache: join(home, 'cache') };
  const indexes = { python: { url: `file://${world.index}` } };
  writeFileSync(join(home, 'host.json'), JSON.stringify({ indexes }));
  const lookAt = packageReports({ fetch, paths, now: () => new Date(0) });
  const look = async (
    one: LockedPackage,
    leased: Partial<LeasedPackage> = {},
    tools: Partial<PackageReportTools> = {},
  ) => {
    const lock = Buffer.from(printPylock([one], new Map()));
    const { ecosystem, name, version } = one;
    const seen = await lookAt(
      {
        id: 1,
        ecosystem,
        name,
        version,
        digest: lockedDigest(one),
        lock: digestOf(lock),
        lookedBefore: false,
        ...leased,
      },
      {
        blob: async () => lock,
        scan: async () => calm,
        signal: new AbortController().signal,
        ...tools,
      },
    );
    // The registry takes nothing else.
    return v.parse(packageReport, seen);
  };
  return { home, look, world };
}

describe('a look at a package', () => {
  it('says what the package is, and what its code does', async () => {
    const { look, world } = makeHost();
    const one = world.wheel(
      'tool',
      { 'tool/__init__.py': 'x = 1\n', 'tool.pth': 'import tool\n' },
      {
        metadata: `Name: tool\nVersion: 1.0\nLicense-Expression: MIT\u202e\nRequires-Python: ${'>=3.9,'.repeat(100)}\n\n`,
      },
    );
    const finding = makeFinding({ path: 'tool/__init__.py' });
    const scan = { ...calm, verdict: 'block' as const, findings: Array(30).fill(finding) };
    expect(await look(one, {}, { scan: async () => scan })).toMatchObject({
      looked: 'whole',
      facts: {
        file: 'tool-1.0-py3-none-any.whl',
        bytes: one.files[0]?.size,
        files: 5,
        isNative: false,
        licence: 'MIT\ufffd',
        requiresPython: expect.stringMatching(/^.{200}$/),
        scripts: ['tool.pth'],
        read: 'whole',
      },
      scan: { verdict: 'block', findings: Array(20).fill(expect.anything()), more: 10 },
    });
  });

  it('says what the scan says, although ten path files have long names', async () => {
    const { look, world } = makeHost();
    const names = Array.from({ length: 10 }, (_, at) => `${at}${'\u6f22'.repeat(110)}.pth`);
    const one = world.wheel('tool', Object.fromEntries(names.map((name) => [name, 'import os\n'])));
    const seen = await look(one, {}, { scan: async () => ({ ...calm, verdict: 'block' }) });
    expect(seen).toMatchObject({ looked: 'whole', scan: { verdict: 'block' } });
    expect(seen.facts?.scripts?.[0]).toMatch(/^0\u6f22{99}$/);
  });

  it('takes back no advisory where host policy names no folder', async () => {
    const { look, world } = makeHost();
    const one = world.wheel('tool', {});
    expect(await look(one, { lookedBefore: true })).toEqual({ looked: 'advisories' });
  });

  it('compares the advisories of host policy, malware first, and later nothing else', async () => {
    const { home, look, world } = makeHost();
    const advisories = join(home, 'osv');
    mkdirSync(join(advisories, 'PyPI'), { recursive: true });
    const advise = (file: string, versions = ['1.0'], id = file): void => {
      const affected = [{ package: { ecosystem: 'PyPI', name: 'tool' }, versions }];
      const text = JSON.stringify({ id, summary: `steals\u0000 ${'x'.repeat(500)}`, affected });
      writeFileSync(join(advisories, 'PyPI', `${file}.json`), text);
    };
    for (let at = 100; at < 160; at++) advise(`PYSEC-2026-${at}`);
    advise('MAL-2026-1');
    // An id that the registry refuses must not take the others with it.
    advise('PYSEC-2026-9', ['1.0'], 'PYSEC_2026_9');
    advise('MAL-2026-3', ['1.0'], `MAL-2026_3${'x'.repeat(200)}`);
    advise('MAL-2026-2', ['2.0']);
    writeFileSync(join(home, 'host.json'), JSON.stringify({ advisories }));
    const one = world.wheel('tool', {});
    const seen = await look(one, { lookedBefore: true });
    expect(seen).toMatchObject({ looked: 'advisories', moreAdvisories: 13 });
    expect(seen.advisories).toHaveLength(50);
    expect(seen.advisories?.[0]).toMatchObject({
      id: 'MAL-2026-1',
      isMalware: true,
      summary: expect.stringMatching(/^steals\ufffd x{192}$/),
    });
    expect(seen.advisories?.[1]).toMatchObject({ id: `MAL-2026-3${'x'.repeat(70)}` });
    expect(seen.facts).toBeUndefined();
  });

  const notFetched: Record<string, [(world: PackageWorld) => LockedPackage, RegExp]> = {
    'an index that does not have it': [
      (world) => ({
        ...world.wheel('tool', {}),
        files: [{ name: 'tool-1.0-py2-none-any.whl', hash: `sha256:${'0'.repeat(64)}` }],
      }),
      /does not have it$/,
    ],
    'an index with other bytes': [
      (world) => ({
        ...world.wheel('tool', {}),
        files: [{ name: 'tool-1.0-py3-none-any.whl', hash: `sha256:${'0'.repeat(64)}` }],
      }),
      /the lock has sha256:0000/,
    ],
    'a wheel that leaves its folder': [
      (world) => world.wheel('tool', { '../evil.py': '' }),
      /leaves the package/,
    ],
  };
  it.each(Object.entries(notFetched))('says why there is none with %s', async (_, [make, why]) => {
    const { look, world } = makeHost();
    expect(await look(make(world))).toMatchObject({
      looked: 'not fetched',
      why: expect.stringMatching(why),
    });
  });

  it.each<[string, Partial<LeasedPackage>, Partial<PackageReportTools>]>([
    ['another digest', { digest: digestOf('x') }, {}],
    ['another name', { name: 'other' }, {}],
    ['a lock that cannot be read', {}, { blob: async () => Buffer.from('[[') }],
    [
      'a lock that the registry lost',
      {},
      {
        blob: async () => {
          throw new Problem('not-found', 'There is no such blob');
        },
      },
    ],
  ])('takes no package from a lock for %s', async (_, leased, tools) => {
    const { look, world } = makeHost();
    expect(await look(world.wheel('tool', {}), leased, tools)).toMatchObject({
      looked: 'not fetched',
    });
  });

  it('is put off while an advisory cannot be read, or the registry is down', async () => {
    const { home, look, world } = makeHost();
    const one = world.wheel('tool', {});
    const down = { blob: () => Promise.reject(new Problem('registry-down', 'down')) };
    await expect(look(one, {}, down)).rejects.toMatchObject({ code: 'registry-down' });
    const advisories = join(home, 'osv');
    mkdirSync(join(advisories, 'PyPI'), { recursive: true });
    writeFileSync(join(advisories, 'PyPI', 'MAL-1.json'), '{');
    writeFileSync(join(home, 'host.json'), JSON.stringify({ advisories }));
    await expect(look(one)).rejects.toMatchObject({ code: 'host-policy-invalid' });
  });
});
