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
    'scripts/report.ts',
    'a/b/c/d/e/f/g/h',
    '.gitignore',
    '.env.example',
    '.github/x.yml',
    'über/naïve.md',
    'a b.md',
    'a-b/c--d.md',
    '...a',
    'com10',
    'console.log',
    'falcon',
    'lpt',
    'lptx',
    'my.git',
    'xgit~1',
    'my.env',
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
    ['a/../b', 'leaves the skill'],
    ['a\\b', 'has a backslash'],
    ['.', 'has an empty or "." part'],
    ['./a', 'has an empty or "." part'],
    ['a//b', 'has an empty or "." part'],
    ['a/', 'has an empty or "." part'],
    ['1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17', 'is deeper than 16 folders'],
    ['u\u0308ber', 'is not in Unicode form NFC'],
    ['a\nb', 'has control, invisible or direction-changing characters'],
    ['a\u0000b', 'has control, invisible or direction-changing characters'],
    ['gpj.\u202emd', 'has control, invisible or direction-changing characters'],
    ['a\u200bb', 'has control, invisible or direction-changing characters'],
    ['a\ufe0f', 'has control, invisible or direction-changing characters'],
    ['a:b', 'has a character that Windows refuses'],
    ['a?', 'has a character that Windows refuses'],
    ['a.', 'has a part that ends with a dot or a space'],
    ['a /b', 'has a part that ends with a dot or a space'],
    ['con', 'has a name that Windows reserves'],
    ['con.tar.gz', 'has a name that Windows reserves'],
    ['aux  .md', 'has a name that Windows reserves'],
    ['PRN/a', 'has a name that Windows reserves'],
    ['CONIN$', 'has a name that Windows reserves'],
    ['x/NUL.txt', 'has a name that Windows reserves'],
    ['com¹.md', 'has a name that Windows reserves'],
    ['LPT1', 'has a name that Windows reserves'],
    ['lpt³.txt', 'has a name that Windows reserves'],
    ['...', 'has a part that ends with a dot or a space'],
    ['.hidden.', 'has a part that ends with a dot or a space'],
    ['git~12/config', 'belongs to git'],
    ['.env.local.env.example', 'is an environment file, where secrets lie'],
    ['--agent=ci', 'has a part that begins with "-"'],
    ['scripts/-rf', 'has a part that begins with "-"'],
    ['-x/run.sh', 'has a part that begins with "-"'],
    ['.git/config', 'belongs to git'],
    ['.gıt/x', 'belongs to git'],
    ['．ｇｉｔ/x', 'belongs to git'],
    ['.git./x', 'has a part that ends with a dot or a space'],
    ['.g\u200cit/x', 'has control, invisible or direction-changing characters'],
    ['.git::$INDEX_ALLOCATION/config', 'has a character that Windows refuses'],
    ['x/.GIT', 'belongs to git'],
    ['GIT~1/config', 'belongs to git'],
    ['.env', 'is an environment file, where secrets lie'],
    ['x/.env.local', 'is an environment file, where secrets lie'],
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
