import { describe, expect, it } from 'vitest';
import { parseAdvisory } from '../../../../skills-index/run/indexes/advisory.ts';
import {
  judgeNpm,
  judgePython,
  type PackageRules,
} from '../../../../skills-index/run/indexes/npm-answer.ts';

const old = '2020-01-01T00:00:00Z';
const rules: PackageRules = {
  name: 'lib',
  minimumAgeDays: 7,
  now: new Date('2026-01-10T00:00:00Z'),
  malicious: [],
  placeOf: (url) => (url.hostname === 'index.example' ? { shown: url.href, url } : undefined),
};
const dist = (version: string, host = 'index.example') => ({
  dist: { tarball: `https://${host}/lib/-/lib-${version}.tgz` },
});
const names = (body: string | undefined): string[] =>
  Object.keys(JSON.parse(body ?? '{}').versions ?? {});

describe('what a session sees of an npm package', () => {
  const times = {
    '1.0.0': old,
    '1.1.0': '2026-01-03T00:00:00Z',
    '1.2.0': '2026-01-03T00:00:01Z',
    '2.0.0-rc.1': old,
  };
  const versions = Object.fromEntries(Object.keys(times).map((one) => [one, dist(one)]));
  const document = {
    name: 'lib',
    versions,
    time: { created: old, ...times },
    'dist-tags': { latest: '1.2.0', next: '2.0.0-rc.1' },
    readme: 'x',
  };

  it('is each version that is old enough, and tags that name such a version', () => {
    const answer = judgeNpm(document, rules);
    expect(names(answer?.body)).toEqual(['1.0.0', '1.1.0', '2.0.0-rc.1']);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({
      'dist-tags': { latest: '1.1.0', next: '2.0.0-rc.1' },
      time: { created: old, '1.0.0': old },
    });
    expect(answer?.body).not.toContain('1.2.0');
    expect(answer?.files.get('index.example/lib/-/lib-1.2.0.tgz')).toMatchObject({
      why: { denial: 'package-young', says: 'lib 1.2.0 is younger than 7 days' },
    });
  });

  it.each([
    ['without times', { ...document, time: undefined }, 'package-young'],
    ['with a time that is none', { ...document, time: { '1.0.0': 'yesterday' } }, 'package-young'],
  ])('is nothing %s', (_, value, denial) => {
    expect(judgeNpm(value, rules)?.denied).toMatchObject({ denial });
  });

  it('leaves out files of another host', () => {
    const value = { ...document, versions: { '1.0.0': dist('1.0.0', 'other.example') } };
    const answer = judgeNpm(value, { ...rules, minimumAgeDays: 0 });
    expect([names(answer?.body), answer?.files.size]).toEqual([[], 0]);
  });

  it.each([
    ['another package', { ...document, name: 'other' }],
    ['an error', { error: 'x' }],
    ['a version without a file', { ...document, versions: { '1.0.0': {} } }],
  ])('is an error when the index answers about %s', (_, value) => {
    expect(judgeNpm(value, rules)).toBeUndefined();
  });

  it.each([
    ['a list of versions', { versions: ['1.0.0'] }, ['1.1.0', '2.0.0-rc.1']],
    ['no list', {}, []],
    ['a range without an end', range([{ introduced: '0' }]), []],
    ['a range', range([{ introduced: '1.0.1' }, { fixed: '1.2.0' }]), ['1.0.0', '2.0.0-rc.1']],
    ['a last version', range([{ introduced: '0' }, { last_affected: '1.1.0' }]), ['2.0.0-rc.1']],
    ['a range that is none', range([{ introduced: '1.0.0.0' }]), []],
  ])('lacks what an advisory with %s names', (_, affected, left) => {
    const malicious = parseAdvisory(advisory(affected), 'MAL-1.json');
    expect(names(judgeNpm(document, { ...rules, malicious })?.body)).toEqual(left);
  });

  it('takes a version that cannot be read for no other version', () => {
    const [one] = parseAdvisory(advisory({ versions: ['1.0.0', 'x'] }), 'MAL-1.json');
    expect(['1.0.0', 'x', 'latest!'].map((version) => one?.includes(version))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each(['PYPI'])('reads an advisory of the ecosystem %s', (ecosystem) => {
    const affected = { package: { ecosystem, name: 'lib' } };
    expect(parseAdvisory(advisory(affected), 'MAL-1.json')).toMatchObject([
      { ecosystem: 'python', name: 'lib', isMalware: true },
    ]);
  });

  it('keeps all versions under a withdrawn advisory, and under one about another package', () => {
    expect(parseAdvisory(advisory({}, { withdrawn: old }), 'MAL-1.json')).toEqual([]);

    expect(parseAdvisory(advisory({}, { id: 'GHSA-1' }), 'x')).toMatchObject([
      { isMalware: false },
    ]);
    expect(parseAdvisory(advisory({ package: { ecosystem: 'Go', name: 'lib' } }), 'x')).toEqual([]);
    expect(() => parseAdvisory('{', 'MAL-1.json')).toThrow('no OSV advisory');
  });
});

function range(events: object[]) {
  return { ranges: [{ type: 'SEMVER', events }] };
}

function advisory(affected: object, more: object = {}): string {
  const named = { package: { ecosystem: 'npm', name: 'lib' }, ...affected };
  return JSON.stringify({ id: 'MAL-1', affected: [named], ...more });
}

describe('what a session sees of a Python package', () => {
  const file = (filename: string, more: object = {}) => ({
    filename,
    url: `https://index.example/files/${filename}`,
    hashes: { sha256: 'a'.repeat(64) },
    'upload-time': old,
    ...more,
  });
  const wheel = 'lib-1.0-py3-none-any.whl';
  const page = 'https://index.example/simple/lib/';
  const judge = (files: object[], more: Partial<PackageRules> = {}) =>
    judgePython(JSON.stringify({ name: 'Lib', files }), page, { ...rules, ...more });
  const shown = (body: string | undefined): string[] =>
    JSON.parse(body ?? '{"files":[]}').files.map((one: { filename: string }) => one.filename);

  it.each([
    ['a source archive', file('lib-2.0.tar.gz')],
    ['a wheel of another package', file('other-1.0-py3-none-any.whl')],
    ['a name that its address does not end with', file(wheel, { url: 'https://index.example/x' })],
    ['a file of another host', file(wheel, { url: `https://other.example/${wheel}` })],
    ['an address that is no web address', file(wheel, { url: `file:///etc/${wheel}` })],
  ])('is not %s', (_, one) => {
    expect(judge([one])?.files.size).toBe(0);
  });

  it('is the wheels that are old enough, with their digests and metadata', () => {
    const young = file('lib-3.0-py3-none-any.whl', { 'upload-time': '2026-01-09T00:00:00Z' });
    const answer = judge([file(wheel, { 'core-metadata': { sha256: 'b'.repeat(64) } }), young]);
    expect(shown(answer?.body)).toEqual([wheel]);
    expect(answer?.files.get(`index.example/files/${wheel}`)).toMatchObject({
      hash: { algorithm: 'sha256', hex: 'a'.repeat(64) },
    });
    expect(answer?.files.get(`index.example/files/${wheel}.metadata`)).toMatchObject({
      hash: { hex: 'b'.repeat(64) },
      url: expect.objectContaining({ pathname: `/files/${wheel}.metadata` }),
    });
  });

  it('lists a package of which nothing is left, and refuses each of its files', () => {
    const malicious = parseAdvisory(
      advisory({ package: { ecosystem: 'PyPI', name: 'LIB' } }),
      'MAL-1.json',
    );
    const answer = judge([file(wheel, { 'core-metadata': true })], { malicious });
    expect(shown(answer?.body)).toEqual([wheel]);
    expect([...(answer?.files.values() ?? [])]).toEqual([
      {
        kind: 'denied',
        why: { denial: 'package-malicious', says: 'MAL-1 names lib 1.0 as malicious' },
      },
    ]);
  });

  it.each(['1', 'v1.0'])('is not version 1.0 as %s', (version) => {
    const affected = { package: { ecosystem: 'PyPI', name: 'lib' }, versions: ['1.0'] };
    const [advice] = parseAdvisory(advisory(affected), 'MAL-1.json');
    expect(advice?.includes(version)).toBe(true);
    expect(['1.0.1', '1.0rc1', '10'].map((one) => advice?.includes(one))).not.toContain(true);
  });

  it('is read from a page of the older form, too', () => {
    const link = (more: string) =>
      `<a href="../../files/${wheel}#sha256=${'c'.repeat(64)}" ${more}>${wheel}</a>`;
    const dated = link(`data-upload-time="${old}" data-requires-python="&gt;=3.8"`);
    const answer = judgePython(`<html>${dated}</html>`, page, rules);
    expect(JSON.parse(answer?.body ?? '').files).toMatchObject([
      { filename: wheel, 'requires-python': '>=3.8', hashes: { sha256: 'c'.repeat(64) } },
    ]);
    expect(answer?.files.get(`index.example/files/${wheel}`)).toMatchObject({ kind: 'file' });
    const undated = judgePython(link(''), page, rules);
    expect([...(undated?.files.values() ?? [])]).toMatchObject([
      { kind: 'denied', why: { says: 'the index does not say when lib 1.0 was uploaded' } },
    ]);
  });

  it('is an error when the index answers about another package', () => {
    expect(judgePython(JSON.stringify({ name: 'other', files: [] }), page, rules)).toBeUndefined();
    expect(judgePython('{', page, rules)).toBeUndefined();
  });
});
