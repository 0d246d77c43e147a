import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advisoryRows, houseRows, namesOnPath } from '../../cli/host/doctor.ts';
import { type DoctorRow, decideVerdict } from '../../cli/host/toolchains.ts';

const entry = '/opt/it’s here/cli/guard.js';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string, mode = 0o755) =>
  writeFileSync(join(folder, name), text, { mode });

const pathsIn = (path: string) => ({ config: path, data: join(path, 'data'), cache: path });

describe('skillgate doctor', () => {
  it('says that shims end with 127 where there is no skillgate, with a line that puts it there', () => {
    put('skillgate', '#!/bin/sh\n', 0o644);
    const [row] = namesOnPath(folder, entry);
    expect(row).toMatchObject({
      name: 'skillgate',
      holds: false,
      detail: expect.stringContaining('127'),
    });
    const [line = ''] = (row?.type ?? '').split('   (');
    mkdirSync(join(folder, 'home'));
    execFileSync('/bin/sh', ['-c', line], {
      env: { HOME: join(folder, 'home'), PATH: '/usr/bin:/bin' },
    });
    const at = join(folder, 'home/.local/bin');
    expect(readFileSync(join(at, 'skillgate'), 'utf8')).toBe(
      `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`,
    );
    expect(namesOnPath(at, entry)).toMatchObject([
      { name: 'skillgate', holds: true },
      { name: 'skill', holds: false },
    ]);
  });

  it('says whether the packages that this host chose are stored, and who may write their list', () => {
    const paths = pathsIn(folder);
    expect(houseRows({ paths })).toEqual([]);
    mkdirSync(join(folder, 'house'), { mode: 0o700 });
    const locked = { six: `1.16.0 sha256:${'0'.repeat(64)}` };
    const python = { requires: ['six'], locked, needs: { six: [] } };
    put('house/house.json', JSON.stringify({ schema: 'skillgate.house/1', python }), 0o600);
    expect(houseRows({ paths })).toMatchObject([
      {
        name: 'packages of this host, python',
        holds: false,
        type: 'skillgate host packages update',
      },
    ]);
    chmodSync(join(folder, 'house/house.json'), 0o666);
    expect(houseRows({ paths })).toMatchObject([
      { holds: false, detail: expect.stringContaining('other users may write to it') },
    ]);
  });

  it.each([
    ['can be read', 'osv/PyPI/MAL-1.json', '{"id":"MAL-1"}', true, 'compared with those of'],
    ['has a broken file', 'osv/PyPI/MAL-1.json', '{', false, 'it is no OSV advisory; fetch'],
    ['is not there', 'other/MAL-1.json', '', false, 'there is no folder'],
  ])('says that the folder of advisories %s', (_, path, text, holds, detail) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    put(path, text);
    const context = { now: () => new Date(0), paths: pathsIn(folder) };
    const [row] = advisoryRows(context, { advisories: join(folder, 'osv'), packages: {} });
    expect(row).toMatchObject({ holds, needed: false, detail: expect.stringContaining(detail) });
    expect(advisoryRows(context, { packages: {} })).toEqual([]);
  });
});

describe('the verdict of skillgate doctor', () => {
  const row = (name: string, holds: boolean, needed = false, type?: string): DoctorRow => ({
    name,
    holds,
    needed,
    detail: `about ${name}`,
    ...(type === undefined ? {} : { type }),
  });
  const sandbox = row('a sandbox starts', false, true);
  const bwrap = row('bwrap', false, true, 'apt-get install -y bubblewrap');
  const operator = row('separate operator', false, false, 'skillgate key create operator');
  const optional = row('backend docker', false, false, 'systemctl start docker');

  it.each<[string, DoctorRow[], boolean, string, RegExp, string | undefined]>([
    [
      'all is there',
      [row('bwrap', true, true)],
      true,
      'ready',
      /^Ready: /,
      'skillgate install @scope/name',
    ],
    [
      'only options are missing',
      [optional],
      true,
      'ready',
      /^Ready: /,
      'skillgate install @scope/name',
    ],
    [
      'no registry is pinned',
      [optional],
      false,
      'ready-but',
      /no registry/,
      'skillgate registry add URL --root sha256:…',
    ],
    [
      'the advisories cannot be read',
      [row('advisories', false), operator],
      true,
      'ready-but',
      /skills with packages do not start/,
      undefined,
    ],
    [
      'nobody can answer',
      [optional, operator],
      false,
      'ready-but',
      /held actions are denied/,
      operator.type,
    ],
    [
      'no sandbox starts',
      [sandbox, operator],
      true,
      'not-ready',
      /about a sandbox starts\.$/,
      undefined,
    ],
    [
      'a program is missing',
      [sandbox, bwrap, operator],
      true,
      'not-ready',
      /bwrap: about bwrap, and 1 more/,
      bwrap.type,
    ],
  ])('where %s', (_, rows, hasRegistry, verdict, sentence, next) => {
    const decided = decideVerdict(rows, hasRegistry);
    expect(decided).toMatchObject({ verdict, sentence: expect.stringMatching(sentence) });
    expect(decided.next).toBe(next);
  });
});
