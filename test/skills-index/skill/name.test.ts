import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../skills-index/skill/authoring/reference.ts';
import { isWindowsDevice } from '../../../skills-index/skill/bundle-path.ts';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import {
  parseScope,
  parseSkillName,
  purlOf,
  scopeOf,
  shortNameOf,
} from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';

const part = fc
  .stringMatching(/^[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}$/)
  .filter((name) => !isWindowsDevice(name));

describe('what is said to a name that is none', () => {
  it.each([
    ['acme/hello', 'Did you mean @acme/hello?'],
    ['hello', 'Write @scope/name, for example @acme/weekly-report.'],
    ['@acme/con', 'Windows reserves this name, so no folder there can have it. Choose another.'],
    [Object.create(null), 'Write @scope/name, for example @acme/weekly-report.'],
  ])('%j: %s', (text, hint) => {
    expect(() => parseSkillName(text)).toThrow(
      expect.objectContaining({ code: 'name-invalid', hint }),
    );
  });

  it('a digest without sha256: is named with it', () => {
    const bare = 'a'.repeat(64);
    expect(() => parseDigest(bare)).toThrow(
      expect.objectContaining({ hint: `Write sha256: before it: sha256:${bare}` }),
    );
    for (const text of ['abc', Object.create(null)])
      expect(() => parseDigest(text)).toThrow(
        expect.objectContaining({ code: 'digest-invalid', hint: undefined }),
      );
  });
});

describe('a skill name', () => {
  it('is a scope and a short name', () => {
    fc.assert(
      fc.property(part, part, (scope, short) => {
        const name = parseSkillName(`@${scope}/${short}`);
        expect([scopeOf(name), shortNameOf(name)]).toEqual([scope, short]);
        expect(parseScope(`@${scope}`)).toBe(scope);
      }),
    );
  });

  it.each([
    'acme/report',
    '@acme',
    '@acme/',
    '@/report',
    '@acme/report/x',
    '@Acme/report',
    '@acme/re_port',
    '@acme/-report',
    '@acme/report-',
    '@acme/re--port',
    '@con/report',
    '@acme/nul',
    '@acme/com1',
    '@acme/répört',
    '@acme/report\n',
    ' @acme/report',
    '@acme/../x',
    '@@acme/report',
    `@acme/${'a'.repeat(65)}`,
    '',
    '@а/report',
    null,
    undefined,
    7,
    {},
    ['@acme/report'],
  ])('is not %j', (text) => {
    expect(() => parseSkillName(text)).toThrow(expect.objectContaining({ code: 'name-invalid' }));
  });

  it.each(['@acme/console', '@acme/com10', '@acme/aux-2', '@nulls/con-text'])('is %s', (text) => {
    expect(parseSkillName(text)).toBe(text);
  });

  it.each(['@@acme', '', '@', 'Acme', 'a/b', 'lpt9', null])('has no scope %j', (text) => {
    expect(() => parseScope(text)).toThrow(expect.objectContaining({ code: 'name-invalid' }));
  });
});

describe('a reference', () => {
  it.each([
    ['@acme/report', '*'],
    ['@acme/report@1.2.3', '1.2.3'],
    ['@acme/report@^1.2', '^1.2'],
    ['@acme/report@>=1 <2', '>=1 <2'],
  ])('%s means the range %s', (text, range) => {
    expect(parseReference(text)).toEqual({ name: '@acme/report', range });
  });

  it.each(['@acme/report@', '@acme/report@latest', '@acme/report@1.2.3@4'])(
    '%s is none',
    (text) => {
      expect(() => parseReference(text)).toThrow(
        expect.objectContaining({ code: 'version-invalid' }),
      );
    },
  );
});

describe('a package URL', () => {
  it('quotes what a URL would read otherwise', () => {
    expect(purlOf(parseSkillName('@acme/report'), parseVersion('1.0.0-rc.1+build.5'))).toBe(
      'pkg:skill/%40acme/report@1.0.0-rc.1%2Bbuild.5',
    );
  });
});
