import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseMirrorList } from '../../../cli/publish/import/mirror-list.ts';
import { makeSkill, publishApproved } from '../../registry/road.ts';
import { makeUsers } from '../registry-users.ts';
import { folderWith } from '../temporary-folder.ts';

const toml = `[[repositories]]
address = "https://github.com/anthropics/skills"
scope = "@acme"
path = "skills"

[[repositories]]
address = "git@git.example:skills.git#main"
scope = "other"
`;

describe('the list of a mirror', () => {
  it('is TOML or JSON', () => {
    const list = [
      { address: 'https://github.com/anthropics/skills', scope: 'acme', path: 'skills' },
      { address: 'git@git.example:skills.git#main', scope: 'other' },
    ];
    expect(parseMirrorList(toml, 'list.toml').repositories).toEqual(list);
    expect(parseMirrorList(JSON.stringify({ repositories: list }), 'list.json')).toEqual({
      repositories: list,
      registries: [],
    });
  });

  it('names registries, all of their skills or some', () => {
    const text = `[[registries]]
address = "https://clawhub.ai/"
scope = "@copies"
owner = "@ann"
skills = ["pdf"]
versions = 2

[[registries]]
address = "http://127.0.0.1:4880"
scope = "other"
`;
    expect(parseMirrorList(text, 'list.toml').registries).toEqual([
      {
        address: 'https://clawhub.ai',
        scope: 'copies',
        owner: 'ann',
        skills: ['pdf'],
        versions: 2,
      },
      { address: 'http://127.0.0.1:4880', scope: 'other', versions: 5 },
    ]);
  });

  it.each([
    'http://skills.example',
    'file:///srv/skills',
    'ftp://skills.example',
    'https://a:b@c.example',
  ])('names no registry at %s', (address) => {
    const text = JSON.stringify({ registries: [{ address, scope: 'acme' }] });
    expect(() => parseMirrorList(text, 'list.json')).toThrow(/^Cannot (use|copy)/);
  });

  it('names the place of each mistake and the nearest key', () => {
    const tables = `${toml}
[[registries]]
address = "https://clawhub.ai"
scpoe = "acme"
skills = ["pdf", 3]
`;
    const path = 'list.toml';
    const near = 'registries[0].scpoe is not a known key; did you mean scope?';
    expect(() => parseMirrorList(tables, path)).toThrow(
      expect.objectContaining({
        reasons: [
          { message: 'registries[0].scope is missing', place: { path, line: 10, column: 1 } },
          { message: near, place: { path, line: 12, column: 1 } },
          {
            message: 'registries[0].skills[1] is 3, expected string',
            place: { path, line: 13, column: 18 },
          },
        ],
      }),
    );
    const inline =
      'registries = [\n  { address = "https://a.example", scpoe = "a" },\n]\nregistrys = 1\n';
    expect(() => parseMirrorList(inline, path)).toThrow(
      expect.objectContaining({
        reasons: expect.arrayContaining([
          { message: near, place: { path, line: 2, column: 36 } },
          {
            message: 'registrys is not a known key; did you mean registries?',
            place: { path, line: 4, column: 1 },
          },
        ]),
      }),
    );
    const json = '{ "registries": [\n{ "address": "https://a.example", "scpoe": "a" } ] }';
    expect(() => parseMirrorList(json, 'list.json')).toThrow(
      expect.objectContaining({
        reasons: expect.arrayContaining([
          { message: near, place: { path: 'list.json', line: 2, column: 35 } },
        ]),
      }),
    );
  });

  it.each([
    ['no TOML', '[[', 'Cannot read list.toml'],
    ['no lines', '', 'names no repositories and no registries'],
    [
      'too many versions',
      '[[registries]]\naddress = "https://a.example"\nscope = "a"\nversions = 101\n',
      'is more than 100',
    ],
    [
      'an unknown key',
      `${toml}branch = "main"\n`,
      'repositories[1].branch is not a known key; the keys are address, scope, path',
    ],
    ['no scope', '[[repositories]]\naddress = "x"\n', 'scope'],
    ['a key of JavaScript', '[__proto__]\n', 'Cannot read list.toml'],
  ])('is refused with %s', (_, text, message) => {
    try {
      parseMirrorList(text, 'list.toml');
      expect.unreachable();
    } catch (problem) {
      expect(problem).toMatchObject({ code: 'mirror-list-invalid' });
      expect(`${problem} ${JSON.stringify(problem)}`).toContain(message);
    }
  });
});

it('imports each repository of the list, whatever becomes of the others', async () => {
  const users = await makeUsers();
  onTestFinished(() => users.world.close());
  const kept = makeSkill('@acme/kept', '1.0.0');
  await publishApproved(users.world, kept);
  const upstream = folderWith();
  for (const [path, bytes] of kept.packed.contents) {
    mkdirSync(dirname(join(upstream, 'a', path)), { recursive: true });
    writeFileSync(join(upstream, 'a', path), bytes);
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
      cwd: upstream,
      stdio: 'pipe',
    });
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  const list = join(folderWith(), 'list.json');
  const repositories = ['file:///nowhere.git', `${upstream}#main`, 'ext::sh -c id'].map(
    (address) => ({ address, scope: 'acme' }),
  );
  writeFileSync(list, JSON.stringify({ repositories }));
  const mirrored = await users.as('author', ['mirror', list, '--format', 'json']);
  expect(mirrored.exit, mirrored.stderr).toBe(6);
  expect(JSON.parse(mirrored.stdout)).toMatchObject({
    schema: 'skillgate.mirror/1',
    repositories: [
      { rows: [], problem: { code: 'git-failed' } },
      { scope: '@acme', rows: [{ name: '@acme/kept', outcome: 'there', status: 'approved' }] },
      { rows: [], problem: { code: 'git-address-invalid' } },
    ],
  });
  const text = await users.as('author', ['mirror', list]);
  expect(text.stdout).toMatch(
    /nowhere.git in @acme\nfailed {2}git-failed: git failed: fatal: '.*nowhere.git' does not appear/,
  );
  expect(text.stdout).toContain('3 repositories: 1 unchanged; 2 of them failed');
  expect(text.stdout).toMatch(/@acme\/kept@1\.0\.0 +unchanged/);
  expect(text.stdout).toContain('3 repositories: 1 unchanged');
});
