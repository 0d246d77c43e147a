import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeTree } from '../../../runner/files/remove-tree.ts';
import { auditPackages } from '../../../runner/package-store/audit-packages.ts';
import { storeFolder } from '../../../runner/package-store/store.ts';
import { makePackageWorld } from './package-world.ts';

const metadata = (name: string, lines: string) =>
  `Metadata-Version: 2.4\nName: ${name}\nVersion: 1.0\n${lines}\n\nA tool.\n`;

describe('an audit of the stored packages', () => {
  it('lists malicious packages first, then vulnerable, allowed and other ones', async () => {
    const world = makePackageWorld();
    const names = ['allowed', 'good', 'malicious', 'vulnerable'];
    await world.ready(...names.map((name) => world.wheel(name, { [`${name}.py`]: '' })));
    const advise = (id: string, name: string) =>
      writeFileSync(
        join(world.index, `${id}.json`),
        JSON.stringify({
          id,
          affected: [{ package: { ecosystem: 'PyPI', name }, versions: ['1.0'] }],
        }),
      );
    advise('GHSA-1-a-b', 'allowed');
    advise('GHSA-2-a-b', 'malicious');
    advise('MAL-2026-1', 'malicious');
    advise('PYSEC-2026-1', 'vulnerable');
    const rules = { vulnerable: 'refuse', allowAdvisories: ['GHSA-1-a-b', 'MAL-2026-1'] } as const;
    const source = { folder: world.index, cache: world.data, rules };
    expect(
      auditPackages(world.data, source).map(({ advisories, name, sets }) => [
        name,
        advisories.map(({ id, isAllowed }) => `${id} ${isAllowed}`),
        sets.length,
      ]),
    ).toEqual([
      ['malicious', ['MAL-2026-1 false', 'GHSA-2-a-b false'], 1],
      ['vulnerable', ['PYSEC-2026-1 false'], 1],
      ['allowed', ['GHSA-1-a-b true'], 1],
      ['good', [], 1],
    ]);
  });

  it.each([
    ['an expression', 'License-Expression: MIT OR Apache-2.0', 'MIT OR Apache-2.0'],
    ['a classifier', 'Classifier: License :: OSI Approved :: MIT License', 'MIT License'],
    [
      'escape sequences',
      'License: \u001b[2J\u001b]0;safe\u0007MIT',
      '\ufffd[2J\ufffd]0;safe\ufffdMIT',
    ],
    ['a text without end', `License: ${'x'.repeat(100_000)}`, 'x'.repeat(200)],
    ['no licence', 'Summary: a tool', undefined],
  ])('reads a licence from the metadata of a wheel: %s', async (_, lines, licence) => {
    const world = makePackageWorld();
    await world.ready(
      world.wheel('tool', { 'tool.py': '' }, { metadata: metadata('tool', lines) }),
    );
    const source = { folder: undefined, cache: world.data, rules: {} };
    const [row] = auditPackages(world.data, source);
    expect(row).toMatchObject({ name: 'tool', hasMachineCode: false, advisories: [] });
    expect(row?.licence).toBe(licence);
  });

  it('tells machine code, and still names a package whose files the store has lost', async () => {
    const world = makePackageWorld();
    await world.ready(world.wheel('fast', { 'fast/core': '\x7fELF\x02', 'fast/__init__.py': '' }));
    const source = { folder: undefined, cache: world.data, rules: {} };
    expect(auditPackages(world.data, source)).toMatchObject([
      { name: 'fast', hasMachineCode: true, archives: [expect.stringMatching(/^sha256:/)] },
    ]);
    removeTree(join(storeFolder(world.data), 'python'));
    expect(auditPackages(world.data, source)).toEqual([
      {
        ecosystem: 'python',
        name: 'fast',
        version: '1.0',
        archives: [],
        sets: [expect.any(String)],
        advisories: [],
      },
    ]);
  });
});
