import { describe, expect, it } from 'vitest';
import {
  type LockedPackage,
  lockedDigest,
  lockedKeys,
} from '../../../skills-index/packages/locked-package.ts';

const six: LockedPackage = {
  ecosystem: 'python',
  name: 'six',
  version: '1.16.0',
  files: [{ name: 'six-1.16.0-py2.py3-none-any.whl', hash: `sha256:${'8a'.repeat(32)}` }],
};

describe('a locked package', () => {
  it.each<[string, Partial<LockedPackage>]>([
    ['version', { version: '1.16.1' }],
    ['marker', { marker: "python_version < '3'" }],
    ['place', { places: ['node_modules/six'] }],
    ['file', { files: [] }],
    ['hash', { files: [{ name: 'six-1.16.0-py2.py3-none-any.whl', hash: 'sha256:00' }] }],
    ['ecosystem', { ecosystem: 'npm' }],
  ])('has another digest when its %s is another', (_, change) => {
    expect(lockedDigest({ ...six, ...change })).not.toBe(lockedDigest(six));
  });

  it('has its name as key when it is the only one of its name', () => {
    const old: LockedPackage = { ...six, version: '1.15.0' };
    expect([...lockedKeys([six]).keys()]).toEqual(['six']);
    expect([...lockedKeys([six, old]).keys()]).toEqual(['six@1.16.0', 'six@1.15.0']);
  });

  it('has its version in its key where npm puts it below another package', () => {
    const at = (version: string, ...places: string[]): LockedPackage => ({
      ...six,
      ecosystem: 'npm',
      version,
      places,
    });
    const keys = lockedKeys([
      at('1.0.0', 'node_modules/six'),
      at('2.0.0', 'node_modules/a/node_modules/six'),
    ]);
    expect([...keys.keys()]).toEqual(['six', 'six@2.0.0']);
    expect([...lockedKeys([at('2.0.0', 'node_modules/alias')]).keys()]).toEqual(['six@2.0.0']);
  });
});
