import { describe, expect, it } from 'vitest';
import {
  compares,
  isSameVersion,
  isVersionIn,
} from '../../../skills-index/packages/python-marker.ts';

describe('versions of Python packages', () => {
  // The order that PEP 440 and packaging give.
  const ordered = [
    '1.dev0',
    '1.0.dev456',
    '1.0a1',
    '1.0a2.dev456',
    '1.0a12.dev456',
    '1.0a12',
    '1.0b1.dev456',
    '1.0b2',
    '1.0b2.post345.dev456',
    '1.0b2.post345',
    '1.0rc1.dev456',
    '1.0rc1',
    '1.0',
    '1.0+abc.5',
    '1.0+abc.7',
    '1.0+5',
    '1.0.post456.dev34',
    '1.0.post456',
    '1.0.15',
    '1.1.dev1',
    '1!0.1',
  ];

  it('come in the order of PEP 440', () => {
    for (const [at, one] of ordered.entries())
      for (const [after, other] of ordered.entries())
        expect(compares(one, '<=', other), `${one} <= ${other}`).toBe(
          // Without a local part in the specifier, the local part of the version does not count.
          at <= after || (one.startsWith('1.0+') && other === '1.0'),
        );
  });

  it.each([
    ['>=2', '2.0', '2.1.post1', '10'],
    ['>=2,<3', '2.9.9', '2', '2.99'],
    ['==1.4.*', '1.4', '1.4.2', '1.4.post1'],
    ['==1.4', '1.4.0', '1.4+cpu', 'v1.4'],
    ['~=1.4.2', '1.4.2', '1.4.10'],
    ['~=1.4', '1.5', '1.99.1'],
    ['!=1.5', '1.5.1', '1.4'],
    ['!=1.5.*', '1.6', '2'],
    ['>1.7', '1.7.1', '1.8.post1'],
    ['>1.7.post1', '1.7.post2'],
    ['<2', '1.9', '1.9rc1'],
    ['<2rc2', '2rc1'],
    ['===1.0-odd', '1.0-odd'],
    ['', '1', '0.0.1.dev1'],
  ])('%s takes a version that fits', (specifiers, ...versions) => {
    expect(versions.filter((one) => !isVersionIn(specifiers, one))).toEqual([]);
  });

  it.each([
    ['>=2', '1.99', '2rc1'],
    ['>=2,<3', '3', '1'],
    ['==1.4.*', '1.40', '1.5', '1!1.4'],
    ['==1.4', '1.4.1', '1.4rc1', '1.4.post1'],
    ['==1.4+cpu', '1.4', '1.4+gpu'],
    ['~=1.4.2', '1.5', '1.4.1'],
    ['~=1', '1', '2'],
    ['!=1.5', '1.5.0'],
    ['>1.7', '1.7', '1.7.post1', '1.7+local'],
    ['<2', '2', '2rc1', '2.0.dev1'],
    ['>=1.*', '1'],
    ['===1.0', '1.0.0'],
    ['nonsense', '1'],
    ['>=1', 'nonsense', '2004d'],
  ])('%s takes no other version', (specifiers, ...versions) => {
    expect(versions.filter((one) => isVersionIn(specifiers, one))).toEqual([]);
  });

  it.each([
    ['2.0-rc1', '2rc1'],
    ['1.0+a-b', '1.0+A.B'],
    ['2004d', '2004D'],
  ])('%s and %s are the same version', (a, b) => {
    expect(isSameVersion(a, b)).toBe(true);
  });

  it.each([
    ['1.0', '0!1.0'],
    ['1.0_rc.1', '1.0rc1'],
    ['1.0-rc-1', '1.0rc1'],
  ])('%s and %s are one version', (a, b) => {
    expect(isSameVersion(a, b)).toBe(true);
  });

  it.each([
    ['1.0a0', '1.0'],
    ['1.0a1', '1.0a10'],
    ['1!1.0', '1.0'],
  ])('%s and %s are two versions', (a, b) => {
    expect(isSameVersion(a, b)).toBe(false);
  });

  it('are long only up to a limit', () => {
    expect(isVersionIn('>=1', '1'.repeat(10_000))).toBe(false);
  });
});
