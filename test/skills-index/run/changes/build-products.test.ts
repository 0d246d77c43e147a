import { describe, expect, it } from 'vitest';
import {
  isBuildProduct,
  isIgnoredFolder,
  isTracked,
} from '../../../../skills-index/run/changes/build-products.ts';

const no = (): boolean => false;
const yes = (): boolean => true;

describe('a new folder', () => {
  it.each([
    ['node_modules', no, no, true],
    ['.venv', no, no, true],
    ['__pycache__', no, no, true],
    ['Node_Modules', no, yes, false],
    ['src', yes, yes, false],
    ['.git', yes, yes, false],
    ['.github', yes, yes, false],
    ['dist', yes, no, false],
    ['dist', no, yes, true],
    ['venv', no, no, false],
    ['venv', (name: string) => name === 'pyvenv.cfg', no, true],
    ['target', (name: string) => name === 'CACHEDIR.TAG', no, true],
    ['target', (name: string) => name === 'Cargo.toml', no, false],
    ['hello.egg-info', no, yes, true],
    ['hello.egg-info', no, no, false],
  ] as const)('%s is a build product or not', (name, has, isIgnored, is) => {
    expect(isBuildProduct(name, has, isIgnored)).toBe(is);
  });
});

describe('an ignore file', () => {
  it.each([
    ['dist', 'dist', true],
    ['dist/', 'a/dist', true],
    ['/dist', 'dist', true],
    ['/dist', 'a/dist', false],
    ['a/dist', 'a/dist', true],
    ['a/dist', 'b/a/dist', false],
    ['**/dist', 'a/b/dist', true],
    ['packages/*/dist', 'packages/one/dist', true],
    ['packages/*/dist', 'packages/one/two/dist', false],
    ['packages/**/dist', 'packages/one/two/dist', true],
    ['*.egg-info', 'hello.egg-info', true],
    ['di?t', 'dist', true],
    ['dist\n!dist', 'dist', false],
    ['!dist\ndist', 'dist', true],
    ['a', 'a/dist', true],
    ['# dist', 'dist', false],
    ['dist  ', 'dist', true],
    ['[d]ist', 'dist', false],
    ['dist\n![d]ist', 'dist', false],
    ['dist\n!\\dist', 'dist', false],
    ['', 'dist', false],
    ['*', 'dist', true],
  ])('with %j excludes %s, or does not', (text, path, is) => {
    expect(isIgnoredFolder(path, (folder) => (folder === '' ? text : undefined))).toBe(is);
  });

  it('of a deeper folder decides last, and speaks of its own folder', () => {
    const files = new Map([
      ['', 'dist'],
      ['a', '!dist'],
      ['b', '/dist'],
    ]);
    const textIn = (folder: string): string | undefined => files.get(folder);
    expect(isIgnoredFolder('a/dist', textIn)).toBe(false);
    expect(isIgnoredFolder('b/dist', textIn)).toBe(true);
    expect(isIgnoredFolder('c/dist', textIn)).toBe(true);
  });

  it('costs little, however many stars a hostile pattern has', () => {
    const work = { left: 10_000 };
    const steps = `dist\n*${'a'.repeat(1_000)}b`;
    expect(isIgnoredFolder('a'.repeat(4_000), () => steps, work)).toBe(false);
    expect(work.left).toBeLessThanOrEqual(0);
    expect(isIgnoredFolder('dist', () => 'dist', work)).toBe(false);
  });
});

describe('an index of git', () => {
  // The header, and one entry: its length in two bytes, then its path.
  const indexOf = (path: string, version = 2, length = path.length): Buffer =>
    Buffer.concat([
      Buffer.from('DIRC'),
      Buffer.from([0, 0, 0, version, 0, 0, 0, 1]),
      Buffer.alloc(60),
      Buffer.from([length >> 8, length & 0xff]),
      Buffer.from(`${path}\0`),
    ]);
  it.each([
    [indexOf('node_modules/x.js'), 'node_modules', true],
    [indexOf('a/node_modules/x.js'), 'a/node_modules', true],
    [indexOf('a/node_modules/x.js'), 'node_modules', false],
    [indexOf('node_modules2/x.js'), 'node_modules', false],
    // Words of another extension of the index, which name no file.
    [indexOf('node_modules/x.js', 2, 3), 'node_modules', false],
    [indexOf('node_modules/x.js', 4, 3), 'node_modules', true],
    [Buffer.from('DIRC'), 'node_modules', false],
    [Buffer.alloc(0), 'node_modules', false],
  ])('%# holds files of a folder, or does not', (index, folder, is) => {
    expect(isTracked(index, folder)).toBe(is);
  });
});
