import { describe, expect, it } from 'vitest';
import {
  movedRefs,
  parseRefList,
  twinOf,
} from '../../../../skills-index/run/changes/moved-refs.ts';
import {
  type HandOverRef,
  type Repository,
  whyRefRefused,
} from '../../../../skills-index/run/changes/repositories.ts';
import {
  findRefs,
  splitRepositories,
} from '../../../../skills-index/run/changes/select-changes.ts';

const one = '1'.repeat(40);
const two = '2'.repeat(40);

describe('the list of references that git prints in a sandbox', () => {
  it('is read with HEAD, branches and tags', () => {
    const list = parseRefList(`HEAD ${one} refs/heads/main\n${one} refs/heads/main\n`);
    expect(list).toEqual({
      refs: new Map([['refs/heads/main', one]]),
      branch: 'refs/heads/main',
      commit: one,
    });
    expect(parseRefList('HEAD - -\n')).toEqual({ refs: new Map() });
  });

  it.each([
    ['', 'no HEAD'],
    ['HEAD x refs/heads/main', 'no HEAD'],
    ['HEAD 1 refs/heads/main', 'no HEAD'],
    [`HEAD ${one} refs/tags/v1`, 'no HEAD'],
    [`HEAD - -\n${one}0 refs/heads/a`, 'no reference'],
    [`HEAD - -\n--upload-pack=x refs/heads/a`, 'no reference'],
    [`HEAD - -\n${`${one} refs/heads/a\n`.repeat(1_001)}`, 'more than 1000'],
  ])('is refused when it is %j', (text, why) => {
    expect(() => parseRefList(text)).toThrow(why);
  });

  it('gives the references that were made, moved or deleted', () => {
    const before = {
      refs: new Map([
        ['refs/heads/a', one],
        ['refs/heads/b', one],
        ['refs/heads/c', one],
      ]),
    };
    const after = {
      refs: new Map([
        ['refs/heads/a', one],
        ['refs/heads/b', two],
        ['refs/heads/d', two],
      ]),
    };
    expect(movedRefs(before, after)).toEqual([
      { name: 'refs/heads/b', before: one, after: two },
      { name: 'refs/heads/c', before: one },
      { name: 'refs/heads/d', after: two },
    ]);
  });
});

describe('the name of a reference', () => {
  it.each([
    'refs/heads/main',
    'refs/heads/a/b-c_1.2',
    'refs/tags/v1.0',
    'refs/stash',
    'refs/heads/größe',
    'refs/heads/fix/#12-a+b',
    'refs/heads/decade',
    'refs/heads/effaced',
    'refs/tags/20261121',
    'refs/heads/ahead',
  ])('may be %s', (name) => expect(whyRefRefused(name)).toBeUndefined());
  it.each([
    'refs/heads/-x',
    'refs/heads/a/-x',
    'refs/heads/.x',
    'refs/heads/a..b',
    'refs/heads/a.lock',
    'refs/heads/a@{1}',
    'refs/heads/a b',
    'refs/heads/a\\b',
    'refs/heads/a~1',
    'refs/heads/a:b',
    'refs/heads/HEAD',
    'refs/heads/@',
    'refs/heads//a',
    'refs/heads/',
    'refs/heads/a\u0085b',
    'refs/heads/a\u202eb',
    'refs/heads/a\nb',
    `refs/heads/${'a'.repeat(300)}`,
    'refs/replace/x',
    'refs/notes/commits',
    'refs/remotes/origin/main',
    'refs/skillgate/x',
    'refs/heads/orig_head',
    'refs/heads/$(id)',
    'refs/heads/a`id`',
    'refs/heads/a;id',
    'refs/heads/a{b,c}',
    'refs/heads/#a',
    'refs/heads/ma\u200bin',
    'refs/heads/main\u00a0',
    'refs/heads/abc1234',
    'refs/heads/v1-2-gabc1234',
    `refs/tags/${'1'.repeat(40)}`,
    'refs/heads/refs/heads/main',
    'refs/heads/tags/v1',
    'HEAD',
    'config',
    'refs/heads/../../config',
  ])('may not be %j', (name) => expect(whyRefRefused(name)).toBeDefined());

  it.each(['fix(parser)', 'done!', 'abc1234'])(
    'may not be %s, and the reason names another',
    (name) =>
      expect(whyRefRefused(`refs/heads/${name}`)).toContain('choose a name such as work/fix-12'),
  );
  it('may be the name that the reason gives', () =>
    expect(whyRefRefused('refs/heads/work/fix-12')).toBeUndefined());

  it.each([
    ['refs/heads/MAIN', 'refs/heads/main'],
    ['refs/heads/m\u0430in', 'refs/heads/main'],
    ['refs/heads/main/x', 'refs/heads/main'],
    ['refs/heads/a', 'refs/heads/a/b'],
    ['refs/tags/main', 'refs/heads/main'],
    ['refs/heads/V1', 'refs/tags/v1'],
    ['refs/heads/origin/main', 'refs/remotes/origin/main'],
    ['refs/heads/origin', 'refs/remotes/origin/HEAD'],
  ])('%s is too close to %s', (name, other) => expect(twinOf(name, [other])).toBe(other));
});

it('lets a branch have the name of a remote branch without the remote, or of a tag’s folder', () => {
  expect(twinOf('refs/heads/größe', ['refs/heads/große'])).toBe(undefined);
  expect(twinOf('refs/heads/main', ['refs/remotes/origin/main', 'refs/tags/main/v1'])).toBe(
    undefined,
  );
});

describe('an acceptance', () => {
  const ref = (name: string, asks?: string): HandOverRef => ({
    name,
    after: one,
    commits: 1,
    shown: [],
    files: [],
    ...(asks === undefined ? {} : { asks }),
  });
  const repository = (isNew: boolean, ...refs: HandOverRef[]): Repository => ({
    path: '',
    isNew,
    refs,
  });
  const split = (given: Repository, named: string[] | undefined): string[][] => {
    const { accepted, rest } = splitRepositories([given], {
      named: new Set(
        (named ?? []).flatMap((name) => findRefs([given], name)).map(({ ref }) => ref),
      ),
      takesFree: named !== undefined,
    });
    return [accepted, rest].map((part) => part.flatMap(({ refs }) => refs.map(({ name }) => name)));
  };
  const both = [ref('refs/heads/main'), ref('refs/heads/odd', 'it drops commits')];

  it.each<[string, Repository, string[] | undefined, string[][]]>([
    [
      'covers what needs no name',
      repository(false, ...both),
      [],
      [['refs/heads/main'], ['refs/heads/odd']],
    ],
    [
      'covers what is named',
      repository(false, ...both),
      ['odd'],
      [['refs/heads/main', 'refs/heads/odd'], []],
    ],
    [
      'covers nothing of a new repository where a name is missing',
      repository(true, ...both),
      [],
      [[], ['refs/heads/main', 'refs/heads/odd']],
    ],
    [
      'covers a new repository whole',
      repository(true, ...both),
      ['refs/heads/odd'],
      [['refs/heads/main', 'refs/heads/odd'], []],
    ],
    [
      'covers nothing of a mount that waits',
      repository(false, ...both),
      undefined,
      [[], ['refs/heads/main', 'refs/heads/odd']],
    ],
  ])('%s', (_, given, named, expected) => expect(split(given, named)).toEqual(expected));
});
