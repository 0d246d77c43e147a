import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { capabilities, seenCapabilities } from '../../../skills-index/statement/field-shapes.ts';

const digest = digestOf('an entry');
const six = { ecosystem: 'python', name: 'six', version: '1.16.0', digest };
const granted = (one: object): boolean => v.is(capabilities, { ...noCapabilities, package: [one] });
const seen = (one: object): boolean =>
  v.is(seenCapabilities, { ...noCapabilities, package: [one] });

describe('packages in statements', () => {
  it.each<[string, object, boolean, boolean]>([
    ['a package of a lock', six, true, true],
    ['every version of a package', { ...six, version: '*', digest: undefined }, true, true],
    ['every package', { ecosystem: 'npm', name: '*', version: '*' }, true, true],
    [
      'a version that the host chooses',
      { ecosystem: 'python', name: 'six', version: 'house' },
      true,
      true,
    ],
    ["the host's choice with a digest", { ...six, version: 'house' }, false, false],
    [
      "every package by the host's choice",
      { ecosystem: 'npm', name: '*', version: 'house' },
      false,
      false,
    ],
    ['an import', { ecosystem: 'python', name: 'six' }, false, true],
    [
      'a version without a digest',
      { ecosystem: 'python', name: 'six', version: '1' },
      false,
      false,
    ],
    ['a digest without a version', { ecosystem: 'python', name: 'six', digest }, false, false],
    ['every version with one digest', { ...six, version: '*' }, false, false],
    ['every package in one version', { ...six, name: '*' }, false, false],
    ['a name that is not normal', { ...six, name: 'Six' }, false, false],
    ['another ecosystem', { ...six, ecosystem: 'cargo' }, false, false],
    ['a member more', { ...six, url: 'https://files.example/' }, false, false],
  ])('%s: may be granted %s, may be observed %s', (_, given, mayGrant, maySee) => {
    const one = JSON.parse(JSON.stringify(given));
    expect([granted(one), seen(one)]).toEqual([mayGrant, maySee]);
  });

  it('are absent when there are none', () => {
    expect(v.is(capabilities, noCapabilities)).toBe(true);
    expect(v.is(capabilities, { ...noCapabilities, package: [] })).toBe(false);
  });
});
