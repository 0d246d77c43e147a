import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isBundlePath,
  pathTwinKey,
  whyNotBundlePath,
} from '../../../skills-index/skill/bundle-path.ts';

describe('a path inside a skill', () => {
  it.each([
    'SKILL.md',
    'a/b/c/d/e/f/g/h',
    '.env.example',
    '.github/x.yml',
    'über/naïve.md',
    '...a',
    'console.log',
    'my.git',
    '.envrc',
    'a'.repeat(200),
  ])('is %j', (path) => {
    expect(whyNotBundlePath(path)).toEqual([]);
  });

  it.each([
    ['', 'is empty'],
    ['/etc/passwd', 'is absolute'],
    ['C:/x', 'is absolute'],
    ['../x', 'leaves the skill'],
    ['a\\b', 'has a backslash'],
    ['.', 'has an empty or "." part'],
    ['a//b', 'has an empty or "." part'],
    ['1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17', 'is deeper than 16 folders'],
    ['u\u0308ber', 'is not in Unicode form NFC'],
    ['a\nb', 'has control, invisible or direction-changing characters'],
    ['gpj.\u202emd', 'has control, invisible or direction-changing characters'],
    ['a\ufe0f', 'has control, invisible or direction-changing characters'],
    ['a:b', 'has a character that Windows refuses'],
    ['a.', 'has a part that ends with a dot or a space'],
    ['con', 'has a name that Windows reserves'],
    ['aux  .md', 'has a name that Windows reserves'],
    ['CONIN$', 'has a name that Windows reserves'],
    ['lpt³.txt', 'has a name that Windows reserves'],
    ['git~12/config', 'belongs to git'],
    ['.env.local.env.example', 'is an environment file, where secrets lie'],
    ['--agent=ci', 'has a part that begins with "-"'],
    ['.git/config', 'belongs to git'],
    ['.gıt/x', 'belongs to git'],
    ['．ｇｉｔ/x', 'belongs to git'],
    ['.g\u200cit/x', 'has control, invisible or direction-changing characters'],
    ['.git::$INDEX_ALLOCATION/config', 'has a character that Windows refuses'],
    ['GIT~1/config', 'belongs to git'],
    ['.env', 'is an environment file, where secrets lie'],
    ['.env.example.local', 'is an environment file, where secrets lie'],
    ['a'.repeat(201), 'is longer than 200 bytes'],
    ['ü'.repeat(101), 'is longer than 200 bytes'],
    ['a\ud800', 'is not valid Unicode'],
  ])('is not %j: it %s', (path, why) => {
    expect(whyNotBundlePath(path)).toContain(why);
  });

  it('is absolute by its first letter alone', () => {
    expect(whyNotBundlePath('ab:c')).toEqual(['has a character that Windows refuses']);
  });

  it('never leaves the folder it is joined to', () => {
    const nasty = fc
      .array(fc.constantFrom('..', '.', '/', '\\', 'a', ' ', '~', 'C:', '\u0000', '\u202e'), {
        maxLength: 8,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (path) => {
        if (!isBundlePath(path)) return;
        const { pathname } = new URL(
          path.split('/').map(encodeURIComponent).join('/'),
          'file:///skills/a/',
        );
        expect(pathname.startsWith('/skills/a/') && pathname.length > '/skills/a/'.length).toBe(
          true,
        );
      }),
    );
  });
});

describe('twins', () => {
  it.each([
    ['README.md', 'Readme.md'],
    ['ﬁle', 'file'],
    ['straße', 'STRASSE'],
    ['ΣΑΣ', 'σας'],
    ['Å', '\u212b'],
    ['ẞ', 'ss'],
    ['İ', 'i'],
    ['i\u0307\u0307', 'i'],
  ])('are %s and %s', (a, b) => {
    expect(pathTwinKey(a)).toBe(pathTwinKey(b));
  });

  it('are not different words', () => {
    expect(pathTwinKey('a.md')).not.toBe(pathTwinKey('b.md'));
  });
});
