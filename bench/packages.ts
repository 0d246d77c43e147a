/** What stored packages add to a start: a skill with 20 packages of 8,000 files, and one without. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bubblewrap } from '../runner/bubblewrap/bubblewrap.ts';
import { readyPackages } from '../runner/package-store/ready-packages.ts';
import type { LockedPackage } from '../skills-index/packages/locked-package.ts';
import { lockedEntries } from '../skills-index/packages/require-locked.ts';
import { makeTestHost, runTest } from '../test/journey/sandbox-fixture.ts';
import { makeWheel } from '../test/runner/package-store/archive-maker.ts';
import { median, wallMs } from './measure.ts';
import type { Row } from './row.ts';

const packageCount = 20;
const modulesEach = 200;
const rounds = 25;
const addedMillisMax = 30;

export async function packageRows(): Promise<Row[]> {
  const host = makeTestHost();
  const index = join(host.folder, 'index');
  mkdirSync(index);
  try {
    const packages = Array.from({ length: packageCount }, (_, at) => makePackage(index, `p${at}`));
    await readyPackages({
      data: host.paths.data,
      packages,
      hostPolicy: { indexes: { python: { url: `file://${index}` } } },
      network: { fetch },
      sandbox: bubblewrap,
    });
    const files = { 'probe.py': 'print(1)' };
    const locked = lockedEntries(packages);
    const python = { requires: ['p0'], why: 'bench', lock: 'pylock.toml', locked };
    const without: number[] = [];
    const withAll: number[] = [];
    for (let round = 0; round < rounds; round++) {
      without.push(await wallMs(async () => void (await runTest(host, { files }))));
      withAll.push(
        await wallMs(async () => void (await runTest(host, { files, packages: { python } }))),
      );
    }
    const base = median(without);
    const value = median(withAll);
    return [
      {
        name: `run with ${packageCount} packages`,
        value,
        unit: 'ms',
        against: `without packages ${base.toPrecision(3)} ms`,
        ratio: value / base,
        goal: `≤ without + ${addedMillisMax} ms`,
        held: value - base <= addedMillisMax,
      },
    ];
  } finally {
    host.remove();
  }
}

function makePackage(index: string, name: string): LockedPackage {
  const files = Object.fromEntries(
    Array.from({ length: modulesEach }, (_, at) => [`${name}/m${at}.py`, `x = ${at}\n`]),
  );
  const file = `${name}-1.0-py3-none-any.whl`;
  const bytes = makeWheel({ name, files });
  writeFileSync(join(index, file), bytes);
  const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
  return { ecosystem: 'python', name, version: '1.0', files: [{ name: file, hash }] };
}
