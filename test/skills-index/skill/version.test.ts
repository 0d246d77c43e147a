import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, resolveVersion } from '../../../skills-index/skill/version.ts';

const versions = ['1.0.0', '1.4.0', '1.5.0-rc.1', '2.0.0'].map((text) => parseVersion(text));

describe('a version', () => {
  it.each(['0.0.0', '1.4.0', '1.0.0-rc.1', '1.0.0+build', '1.0.0-a.b+c.d', '0.0.0-0a1b2c3d'])('is %s', (text) => {
    expect(parseVersion(text)).toBe(text);
  });

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

  it('has an order', () => {
    expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
    expect(compareVersions(parseVersion('1.0.0+a'), parseVersion('1.0.0+b'))).toBe(-1);
  });
});
