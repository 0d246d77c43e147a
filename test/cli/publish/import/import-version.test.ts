import { describe, expect, it } from 'vitest';
import { releaseOf, versionsOfCommit } from '../../../../cli/publish/import/import-source.ts';
import { compareVersions, parseVersion } from '../../../../skills-index/skill/version.ts';

const commit = {
  commit: '0123456789abcdef0123456789abcdef01234567',
  time: new Date('2026-07-15T09:30:12Z'),
  tagsHere: [],
  tags: [],
};
const made = '0.20260715093012.g0123456789ab';

describe('a tag', () => {
  it.each([
    ['v1.2.3', '1.2.3'],
    ['1.2.3', '1.2.3'],
    ['v1.2.3-rc.1', '1.2.3-rc.1'],
    ['pdf@1.2.3', '1.2.3'],
    ['pdf-v1.2.3', '1.2.3'],
    ['pdf/v1.2.3', '1.2.3'],
    ['docx@1.2.3', undefined],
    ['v1.2', undefined],
    ['release', undefined],
    ['v01.2.3', undefined],
    ['--upload-pack=x', undefined],
  ])('%s is release %s of the skill pdf', (tag, release) => {
    expect(releaseOf(tag, 'pdf')).toBe(release);
  });
});

describe('the version of an imported skill', () => {
  it.each([
    [
      'of the highest tag at its commit alone',
      '9.9.9',
      { tagsHere: ['v1.0.0', 'pdf@1.10.0', 'docx@7.0.0', 'v1.2.0'] },
      ['1.10.0'],
    ],
    ['of SKILL.md, then one after it', '1.0.0', {}, ['1.0.0', `1.0.1-${made}`]],
    [
      'after the highest release',
      undefined,
      { tags: ['v1.2.0', 'v1.10.0', 'x'] },
      [`1.10.1-${made}`],
    ],
    ['after a prerelease', '2.0.0-beta', {}, ['2.0.0-beta', `2.0.0-beta.${made}`]],
    ['of the time alone, without any release', undefined, {}, [`0.0.0-${made}`]],
  ])('is that %s', (_, own, more, versions) => {
    const given = own === undefined ? undefined : parseVersion(own);
    expect(versionsOfCommit('pdf', given, { ...commit, ...more })).toEqual(versions);
  });

  it('is higher for a later commit, and lower than the next release', () => {
    const [, first] = versionsOfCommit('pdf', parseVersion('1.0.0'), commit);
    const later = {
      ...commit,
      time: new Date('2026-07-15T09:30:13Z'),
      commit: `00${'a'.repeat(38)}`,
    };
    const [, second] = versionsOfCommit('pdf', parseVersion('1.0.0'), later);
    const ordered = ['1.0.0', first, second, '1.0.1'].map(parseVersion);
    expect([...ordered].sort(compareVersions)).toEqual(ordered);
    expect(new Set(ordered).size).toBe(4);
  });
});
