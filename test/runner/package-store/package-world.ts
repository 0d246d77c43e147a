/** A host with an empty store and a folder of wheels and tarballs, and locks for them. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { removeTree } from '../../../runner/files/remove-tree.ts';
import { findProgram } from '../../../runner/host/host.ts';
import { type ReadyPackages, readyPackages } from '../../../runner/package-store/ready-packages.ts';
import { findSet } from '../../../runner/packages/stored-set.ts';
import type { Sandbox } from '../../../runner/sandbox/sandbox.ts';
import { type LockedPackage, lockedDigest } from '../../../skills-index/packages/locked-package.ts';
import type { PackageSetFact } from '../../../skills-index/run/plan/plan-input.ts';
import type { Ecosystem } from '../../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { makeNpm, makeWheel, type WheelParts } from './archive-maker.ts';

export interface PackageWorld {
  readonly data: string;
  readonly index: string;
  /** Puts a wheel into the index. */
  wheel(
    name: string,
    files: Readonly<Record<string, string>>,
    parts?: Partial<WheelParts>,
  ): LockedPackage;
  npm(
    name: string,
    files: Readonly<Record<string, string>>,
    places?: readonly string[],
    version?: string,
  ): LockedPackage;
  ready(...packages: LockedPackage[]): Promise<ReadyPackages>;
  find(...packages: LockedPackage[]): PackageSetFact;
}

/** @param sandbox the sandbox that compiles; by default there is none */
export function makePackageWorld(ownData?: string, sandbox?: Sandbox): PackageWorld {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  onTestFinished(() => removeTree(folder));
  const data = ownData ?? join(folder, 'data');
  const index = join(folder, 'index');
  mkdirSync(index);
  const place = (name: string, bytes: Buffer) => {
    writeFileSync(join(index, name), bytes);
    const hash = createHash('sha256').update(bytes).digest('hex');
    return [{ name, hash: `sha256:${hash}` as const, size: bytes.length }];
  };
  const noSandbox = {
    name: 'none',
    gives: [],
    checks: [],
    start: () => Promise.reject(new Problem('sandbox-missing', 'this test has no sandbox')),
  };
  return {
    data,
    index,
    wheel: (name, files, parts) => ({
      ecosystem: 'python',
      name,
      version: '1.0',
      files: place(`${name}-1.0-py3-none-any.whl`, makeWheel({ name, files, ...parts })),
    }),
    npm: (name, files, places = [`node_modules/${name}`], version = '1.0.0') => ({
      ecosystem: 'npm',
      name,
      version,
      places,
      files: place(`${name}-${version}.tgz`, makeNpm({ name, version }, files)),
    }),
    ready: (...packages) =>
      readyPackages({
        data,
        packages,
        hostPolicy: {
          indexes: { python: { url: `file://${index}` }, npm: { url: `file://${index}` } },
        },
        network: { fetch },
        sandbox: () => sandbox ?? noSandbox,
      }),
    find: (...packages) => {
      const ecosystem: Ecosystem = packages[0]?.ecosystem ?? 'python';
      const entries = packages.map((one) => ({ ...one, digest: lockedDigest(one) }));
      return findSet(data, ecosystem, entries, findProgram('python3'));
    },
  };
}
