import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAdvisories } from '../../../runner/indexes/advisory-folder.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { type LargeEnd, makeZip, type ZipEntry } from '../package-store/archive-maker.ts';

const advisory = (id: string, name = 'evil', ecosystem = 'npm'): ZipEntry => ({
  name: `${id}.json`,
  bytes: JSON.stringify({
    id,
    summary: 'sends keys away',
    affected: [{ package: { ecosystem, name }, versions: ['1.0.0'] }],
  }),
});

const makeMirror = () => {
  const top = folderWith();
  const folder = join(top, 'osv');
  const path = join(folder, 'npm', 'all.zip');
  mkdirSync(join(folder, 'npm'), { recursive: true });
  const cache = join(top, 'cache');
  const read: [string, number, number][] = [];
  const source = {
    folder,
    cache,
    onRead: (...one: [string, number, number]) => void read.push(one),
  };
  return {
    ...source,
    path,
    read,
    put: (zip: Buffer) => writeFileSync(path, zip),
    ids: (name = 'evil', kind: 'malware' | 'all' = 'malware') =>
      openAdvisories(source, kind)('npm', name).map(({ id }) => id),
  };
};

describe('an archive of advisories as OSV publishes it', () => {
  it('is read once, by its package, and again after each change', () => {
    const mirror = makeMirror();
    mirror.put(
      makeZip([advisory('MAL-2026-1'), advisory('MAL-2026-2', 'worse'), advisory('GHSA-a-b-c')]),
    );
    expect(mirror.ids()).toEqual(['MAL-2026-1']);
    expect(mirror.read).toEqual([
      [mirror.path, 1, 2],
      [mirror.path, 2, 2],
    ]);
    expect(mirror.ids('worse')).toEqual(['MAL-2026-2']);
    expect(mirror.ids('good')).toEqual([]);
    expect(mirror.read).toHaveLength(2);
    expect(mirror.ids('evil', 'all')).toEqual(['MAL-2026-1', 'GHSA-a-b-c']);
    mirror.put(makeZip([advisory('MAL-2026-1', 'good')]));
    expect(mirror.ids()).toEqual([]);
    expect(mirror.ids('good')).toEqual(['MAL-2026-1']);
    const next = join(mirror.folder, 'next.zip');
    writeFileSync(next, makeZip([advisory('MAL-2026-9')]));
    renameSync(next, mirror.path);
    expect(mirror.ids()).toEqual(['MAL-2026-9']);
    rmSync(mirror.path);
    expect(mirror.ids()).toEqual([]);
  });

  it('is seen by a session that began before the change', () => {
    const mirror = makeMirror();
    const find = openAdvisories(mirror);
    expect(find('npm', 'evil')).toEqual([]);
    mirror.put(makeZip([advisory('MAL-2026-1')]));
    expect(find('npm', 'evil')).toMatchObject([{ id: 'MAL-2026-1' }]);
  });

  it.each([{}, { isOnly: true }])('may have the ends of Zip64: %j', (large) => {
    const mirror = makeMirror();
    const all = [advisory('MAL-2026-1'), advisory('MAL-2026-2', 'worse')];
    mirror.put(
      makeZip(
        all.map((one) => ({ ...one, flags: 0, descriptor: true, mode: 0 })),
        large,
      ),
    );
    expect([mirror.ids(), mirror.ids('worse'), mirror.ids('good')]).toEqual([
      ['MAL-2026-1'],
      ['MAL-2026-2'],
      [],
    ]);
  });

  it('is read again where its note is damaged', () => {
    const mirror = makeMirror();
    mirror.put(many(200));
    expect(mirror.ids('evil-199')).toEqual(['MAL-2026-199']);
    const [name = ''] = readdirSync(join(mirror.cache, 'advisories'));
    const note = join(mirror.cache, 'advisories', name);
    const whole = readFileSync(note);
    const damages: Buffer[] = [
      Buffer.alloc(0),
      Buffer.alloc(whole.length),
      Buffer.concat([whole.subarray(0, 32), Buffer.alloc(whole.length - 32)]),
      whole.subarray(0, whole.length / 2),
    ];
    for (const damage of damages) {
      writeFileSync(note, damage);
      expect(mirror.ids('evil-199')).toEqual(['MAL-2026-199']);
      expect(mirror.ids('evil-5')).toEqual(['MAL-2026-5']);
      expect(mirror.ids('good')).toEqual([]);
    }
  });

  it('counts where no note can be written', () => {
    const mirror = makeMirror();
    mirror.put(makeZip([advisory('MAL-2026-1')]));
    const find = openAdvisories({ ...mirror, cache: '/dev/null/nowhere' });
    expect(find('npm', 'evil')).toHaveLength(1);
    expect(find('npm', 'evil')).toHaveLength(1);
    expect(mirror.read).toHaveLength(1);
  });

  const large = { ...advisory('MAL-2026-2'), bytes: ' '.repeat(2 * 1024 * 1024) };
  const hostile: Record<string, readonly [() => Buffer, string]> = {
    'ten million files': [() => many(5, { count: 10_000_000 }), '10000000 files; at most'],
    'a directory with more files than its end says': [
      () => many(5, { count: 4 }),
      'it says 4 files, and lists more',
    ],
    'two ends that differ': [() => many(5, { countAgain: 6 }), 'the two ends'],
    'an end of Zip64 that is not there': [
      () => many(5, { isAbsent: true }),
      'it says that it is a Zip64 archive, and has no end of one',
    ],
    'a path that leaves': [() => makeZip([advisory('../MAL-2026-2')]), '"../MAL-2026-2.json"'],
    'an advisory of 2 MB': [() => makeZip([large]), '"MAL-2026-2.json" has 2097152 bytes'],
    'an advisory that is none': [
      () => makeZip([{ ...advisory('MAL-2026-2'), bytes: '{"id":' }]),
      'MAL-2026-2.json in ',
    ],
    nothing: [() => Buffer.alloc(0), 'it is not a zip archive'],
  };
  it.each(Object.entries(hostile))('refuses every package when it has %s', (_, [zip, why]) => {
    const mirror = makeMirror();
    mirror.put(zip());
    for (const name of ['evil', 'good']) {
      expect(() => mirror.ids(name)).toThrow(why);
      expect(() => mirror.ids(name)).toThrow(
        expect.objectContaining({
          code: 'host-policy-invalid',
          message: expect.stringMatching(
            new RegExp(`^Cannot read .*${RegExp.escape(mirror.path)}.*`),
          ),
        }),
      );
    }
  });

  it('is refused when it changes while it is read', () => {
    const mirror = makeMirror();
    mirror.put(makeZip([advisory('MAL-2026-1', 'good'), advisory('MAL-2026-2', 'good')]));
    const onRead = () => appendFileSync(mirror.path, 'x');
    expect(() => openAdvisories({ ...mirror, onRead })('npm', 'evil')).toThrow(
      `Cannot read ${mirror.path}: it changed while it was read`,
    );
    mirror.put(makeZip([advisory('MAL-2026-1')]));
    expect(mirror.ids()).toEqual(['MAL-2026-1']);
  });

  it.each(['folder', 'pipe'])('is refused when it is a %s', async (kind) => {
    const mirror = makeMirror();
    if (kind === 'folder') mkdirSync(mirror.path);
    else (await import('node:child_process')).execFileSync('mkfifo', [mirror.path]);
    expect(() => mirror.ids()).toThrow(`Cannot read ${mirror.path}: it is no file`);
  });
});

describe('a folder of advisories', () => {
  it.each([
    [
      'a file of 100 MB',
      (path: string) => truncateSync(path, 100 * 1024 * 1024),
      '104857600 bytes',
    ],
    ['a link that leads nowhere', relink('nowhere'), 'no such file'],
    ['a link to a device', relink('/dev/zero'), 'it is no file'],
    ['a link to a folder', relink('/'), 'it is no file'],
  ])('is refused with %s, which is named', (_, change, why) => {
    const mirror = makeMirror();
    const path = join(mirror.folder, 'npm', 'MAL-2026-1.json');
    writeFileSync(path, advisory('MAL-2026-1', 'good').bytes);
    expect(mirror.ids()).toEqual([]);
    change(path);
    expect(() => mirror.ids()).toThrow(`Cannot read ${path}: `);
    expect(() => mirror.ids()).toThrow(why);
  });

  it('is read again by a session whose note belongs to a later state', () => {
    const mirror = makeMirror();
    const path = join(mirror.folder, 'npm', 'MAL-2026-1.json');
    writeFileSync(path, advisory('MAL-2026-1', 'good').bytes);
    const find = openAdvisories(mirror);
    expect(find('npm', 'evil')).toEqual([]);
    writeFileSync(path, advisory('MAL-2026-1').bytes);
    expect(mirror.ids()).toEqual(['MAL-2026-1']);
    expect(find('npm', 'evil')).toMatchObject([{ id: 'MAL-2026-1' }]);
    expect(mirror.read).toHaveLength(2);
  });
});

function relink(target: string): (path: string) => void {
  return (path) => {
    rmSync(path);
    symlinkSync(target, path);
  };
}

function many(count: number, large: LargeEnd = {}): Buffer {
  const all = Array.from({ length: count }, (_, at) => advisory(`MAL-2026-${at}`, `evil-${at}`));
  return makeZip(all, large);
}
