import { describe, expect, it } from 'vitest';
import { requireNoBuild } from '../../../skills-index/skill/authoring/build-metadata.ts';
import {
  compareVersions,
  isInRange,
  parseVersion,
  resolveVersion,
} from '../../../skills-index/skill/version.ts';

const versions = ['1.0.0', '1.4.0', '1.5.0-rc.1', '2.0.0'].map((text) => parseVersion(text));

describe('a version', () => {
  it.each(['0.0.0', '1.4.0', '1.0.0-rc.1', '1.0.0+build', '1.0.0-a.b+c.d', '0.0.0-0a1b2c3d'])(
    'is %s',
    (text) => {
      expect(parseVersion(text)).toBe(text);
    },
  );

  it.each([
    'v1.0.0',
    '=1.0.0',
    ' 1.0.0',
    '1.0.0 ',
    '1.0',
    '01.0.0',
    '1.0.0-01',
    '1.0.0\n',
    '',
    'latest',
    '99999999999999999999.0.0',
    `1.0.0-${'a'.repeat(130)}`,
    1,
    null,
    undefined,
  ])('is not %j', (text) => {
    expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'version-invalid' }));
  });

  it.each([
    ['*', '2.0.0'],
    ['^1.0.0', '1.4.0'],
    ['1.5.0-rc.1', '1.5.0-rc.1'],
    ['~1.0.0', '1.0.0'],
    ['^3.0.0', undefined],
    ['nonsense', undefined],
  ])('for the range %s is %s', (range, expected) => {
    expect(resolveVersion(range, versions)).toBe(expected);
  });

  it.each([
    ['1.0.0+b', '1.0.0+b'],
    ['1.0.0+c', undefined],
    ['1.0.0', '1.0.0'],
    ['*', '1.0.0'],
  ])('with build metadata is meant by its exact text alone: %s means %s', (range, expected) => {
    for (const order of [
      ['1.0.0+b', '1.0.0'],
      ['1.0.0', '1.0.0+b'],
    ])
      expect(
        resolveVersion(
          range,
          order.map((text) => parseVersion(text)),
        ),
      ).toBe(expected);
  });

  it('from before that has build metadata alone is still in a range', () => {
    expect(isInRange(parseVersion('1.0.0+b'), '^1.0.0')).toBe(true);
    expect(isInRange(parseVersion('1.0.0'), '1.0.0+b')).toBe(false);
  });

  it('is not published with build metadata, and is without', () => {
    expect(() => requireNoBuild(parseVersion('1.0.0+b'))).toThrow(
      expect.objectContaining({ code: 'version-invalid' }),
    );
    expect(() => requireNoBuild(parseVersion('1.0.0-rc.1'))).not.toThrow();
  });

  it('has an order', () => {
    expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
    expect(compareVersions(parseVersion('1.0.0+a'), parseVersion('1.0.0+b'))).toBe(-1);
  });
});
