import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHost } from '../../../runner/host/host.ts';
import { emptyHostPolicy, parseHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';

let top: string;
beforeEach(() => {
  top = fs.mkdtempSync(join(tmpdir(), 'skillgate-test-'));
  for (const name of ['reports', 'home/config', 'home/data/changes', 'home/cache'])
    fs.mkdirSync(join(top, name), { recursive: true });
});
afterEach(() => fs.rmSync(top, { recursive: true, force: true }));

const open = (path: string) =>
  openHost({
    hostPolicy: { ...emptyHostPolicy, workspaces: { reports: path } },
    workspaces: ['reports', 'constructor'],
    programs: [],
    ownFolders: ['config', 'data', 'cache'].map((name) => join(top, 'home', name)),
  });

describe('a workspace that host policy binds', () => {
  it.each([
    ['a folder', () => undefined, 'reports', undefined],
    [
      'a link to a folder, which is then that folder',
      () => fs.symlinkSync('reports', join(top, 'x')),
      'x',
      undefined,
    ],
    ['nothing', () => undefined, 'not-there', /ENOENT/],
    ['a file', () => fs.writeFileSync(join(top, 'x'), ''), 'x', /ENOTDIR/],
    ['a pipe', () => execFileSync('sh', ['-c', 'mkfifo x'], { cwd: top }), 'x', /ENOTDIR/],
    [
      'the policy folder',
      () => undefined,
      'home/config',
      /where Skillgate keeps policy, keys and logs/,
    ],
    ['its parent', () => undefined, 'home', /where Skillgate keeps policy, keys and logs/],
    ['the folder above all', () => undefined, '.', /where Skillgate keeps policy, keys and logs/],
    [
      'the folder of changes that wait',
      () => undefined,
      'home/data/changes',
      /where Skillgate keeps policy, keys and logs/,
    ],
    [
      'a link to the policy folder',
      () => fs.symlinkSync('home/config', join(top, 'x')),
      'x',
      /where Skillgate keeps policy, keys and logs/,
    ],
    [
      'a link through a link to its parent',
      () =>
        ['y', 'x'].forEach(
          (name, i) => void fs.symlinkSync(['home', 'y'][i] ?? '', join(top, name)),
        ),
      'x',
      /where Skillgate keeps policy, keys and logs/,
    ],
    [
      'a link to the system',
      () => fs.symlinkSync('/etc', join(top, 'x')),
      'x',
      /overlaps a folder of the system/,
    ],
    [
      'a link to devices',
      () => fs.symlinkSync('/dev', join(top, 'x')),
      'x',
      /overlaps a folder of the system/,
    ],
    [
      'a link to processes',
      () => fs.symlinkSync('/proc/self/cwd/proc', join(top, 'x')),
      'x',
      /ENOENT|overlaps a folder of the system/,
    ],
  ])('to %s', (_, prepare, name, why) => {
    prepare();
    const host = open(join(top, name));
    const { reports } = host.facts.workspaces;
    expect(Object.keys(host.facts.workspaces)).toEqual(['reports']);
    host.close();
    if (why === undefined) expect(reports).toMatchObject({ path: join(top, 'reports') });
    else expect(reports).toEqual({ why: expect.stringMatching(why) });
  });

  it('stays what was judged when a link takes its place', () => {
    const host = open(join(top, 'reports'));
    fs.renameSync(join(top, 'reports'), join(top, 'away'));
    fs.symlinkSync('home/config', join(top, 'reports'));
    fs.writeFileSync(join(top, 'away/mine'), '');
    expect(fs.readdirSync(`/proc/self/fd/${host.folders.get('reports')}/`)).toEqual(['mine']);
    host.close();
  });

  it.each(['reports', './reports', '/srv/../etc', '/srv//x', '/srv/x/', '~/x', '/srv/./x', ''])(
    'is never %j',
    (path) => {
      const policy = Buffer.from(JSON.stringify({ workspaces: { reports: path } }));
      expect(() => parseHostPolicy(policy)).toThrow(
        expect.objectContaining({ code: 'host-policy-invalid' }),
      );
    },
  );
});

describe('a manifest’s mount', () => {
  const manifest = (mount: object): Uint8Array =>
    Buffer.from(
      JSON.stringify({
        name: '@acme/probe',
        version: '1.0.0',
        license: 'MIT',
        commands: { probe: 'probe.py' },
        limits: { seconds: 1, memoryMiB: 64 },
        capabilities: {
          mount: [{ source: 'workspace:reports', target: '/reports', why: 'x', ...mount }],
        },
      }),
    );

  it('is cow where it says nothing', () => {
    expect(parseManifest(manifest({})).capabilities.mount).toMatchObject([{ mode: 'cow' }]);
  });

  it.each([
    [{ source: '/etc' }],
    [{ source: '../x' }],
    [{ source: 'workspace:../x' }],
    [{ source: 'workspace:/etc' }],
    [{ source: 'workspace:a/b' }],
    [{ source: 'workspace:a\nb' }],
    [{ source: 'workspace:a\0' }],
    [{ source: '/dev/sda' }],
    [{ source: 'file:///etc' }],
    [{ target: 'reports' }],
    [{ target: '/reports/../etc' }],
    [{ target: '/reports\n/etc' }],
    [{ target: '/reports\0' }],
    [{ target: '/reports:/etc' }],
    [{ mode: 'rwx' }],
    [{ mode: 'RW' }],
    [{ why: '' }],
  ])('is refused with %j', (wrong) => {
    expect(() => parseManifest(manifest(wrong))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/manifest|capability/) }),
    );
  });
});
