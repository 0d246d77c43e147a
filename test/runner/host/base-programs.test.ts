import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { baseFolder, findBase } from '../../../runner/host/base-programs.ts';
import { basePrograms } from '../../../skills-index/skill/base-programs.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let top: string;
beforeEach(() => {
  top = folderWith();
  write('system/gawk', 'awk 1');
  write('system/wc', 'wc 1');
});

const cache = (): string => join(top, 'cache');
const paths = () => ({ cache: cache(), data: join(top, 'data') });
const system = (name: string): string => join(top, 'system', name);

function write(name: string, text: string): void {
  fs.mkdirSync(join(top, name, '..'), { recursive: true });
  fs.writeFileSync(join(top, name), text, { mode: 0o755 });
}

function folderNow(): { readonly path: string; readonly files: Record<string, string> } {
  const programs = [
    { program: 'awk', path: system('gawk') },
    { program: 'gawk', path: system('gawk') },
    { program: 'wc', path: system('wc') },
  ];
  const folder = baseFolder(programs, paths());
  if (folder === undefined) throw new Error('no folder');
  expect([...folder.links]).toEqual([
    ['awk', 'awk'],
    ['gawk', 'awk'],
    ['wc', 'wc'],
  ]);
  const names = fs.readdirSync(folder.path).sort();
  const text = (name: string): string => fs.readFileSync(join(folder.path, name), 'utf8');
  return { path: folder.path, files: Object.fromEntries(names.map((name) => [name, text(name)])) };
}

const copies = { awk: 'awk 1', wc: 'wc 1' };

describe('the folder of base programs', () => {
  it('has one read-only copy of each file, and stays for the next run', () => {
    const { path, files } = folderNow();
    expect(files).toEqual(copies);
    expect(fs.statSync(join(path, 'awk')).mode & 0o7777).toBe(0o555);
    const { ino } = fs.statSync(path);
    expect(folderNow().path).toBe(path);
    expect(fs.statSync(path).ino).toBe(ino);
  });

  it.each<[string, (path: string) => void]>([
    [
      'a changed copy',
      (path) => replace(path, 'wc', (at) => fs.writeFileSync(at, 'wc 2', { mode: 0o555 })),
    ],
    ['a missing copy', (path) => fs.rmSync(join(path, 'wc'))],
    ['one more program', (path) => fs.writeFileSync(join(path, 'curl'), 'curl', { mode: 0o555 })],
    [
      'a program in place of another',
      (path) => fs.renameSync(join(path, 'wc'), join(path, 'curl')),
    ],
    ['a link', (path) => replace(path, 'wc', (at) => fs.symlinkSync(system('wc'), at))],
    ['a setuid bit', (path) => fs.chmodSync(join(path, 'wc'), 0o4555)],
    ['a copy that others can write', (path) => fs.chmodSync(join(path, 'wc'), 0o777)],
  ])('is made again when it has %s', (_, change) => {
    const { path } = folderNow();
    // The second call compares the copies, and writes the record.
    folderNow();
    change(path);
    expect(folderNow().files).toEqual(copies);
    expect(fs.statSync(join(path, 'wc')).mode & 0o7777).toBe(0o555);
  });

  it('is compared again when its record is gone, and when the cache comes from elsewhere', () => {
    const { path } = folderNow();
    folderNow();
    const record = join(top, 'data/base-programs', basename(path));
    const before = fs.readFileSync(record, 'utf8');
    fs.cpSync(path, `${path}-restored`, { recursive: true, preserveTimestamps: true });
    fs.rmSync(path, { recursive: true });
    fs.renameSync(`${path}-restored`, path);
    for (const name of Object.keys(copies)) fs.chmodSync(join(path, name), 0o555);
    expect(folderNow().files).toEqual(copies);
    expect(fs.readFileSync(record, 'utf8')).not.toBe(before);
    fs.rmSync(record);
    folderNow();
    expect(fs.existsSync(record)).toBe(true);
  });

  it('is another folder after an update of the system', () => {
    const { path } = folderNow();
    write('system/wc', 'wc 2');
    const now = folderNow();
    expect(now.files).toEqual({ awk: 'awk 1', wc: 'wc 2' });
    expect(now.path).not.toBe(path);
    // A run of a minute ago may still use the earlier folder.
    expect(fs.existsSync(path)).toBe(true);
  });

  it('is deleted a week after its last use, when a new one is made', () => {
    const { path } = folderNow();
    const longAgo = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
    folderNow();
    fs.utimesSync(path, longAgo, longAgo);
    write('system/wc', 'wc 2');
    folderNow();
    expect(fs.existsSync(path)).toBe(false);
    expect(fs.existsSync(join(top, 'data/base-programs', basename(path)))).toBe(false);
  });

  it('is absent where the cache cannot hold it', () => {
    fs.writeFileSync(cache(), '');
    expect(baseFolder([{ program: 'wc', path: system('wc') }], paths())).toBeUndefined();
  });
});

function replace(path: string, name: string, make: (at: string) => void): void {
  fs.rmSync(join(path, name));
  make(join(path, name));
}

describe('a base program', () => {
  const findIn = (name: string): string | undefined => {
    const path = system(name);
    return fs.existsSync(path) ? fs.realpathSync(path) : undefined;
  };
  const foundHere = (): string[] => findBase(findIn).map(({ program }) => program);

  it.each<[string, (name: string) => void]>([
    ['a symbolic link to busybox', (name) => fs.symlinkSync(system('busybox'), name)],
    ['a hard link to busybox', (name) => fs.linkSync(system('busybox'), name)],
    ['a link to a shell', (name) => fs.symlinkSync(system('dash'), name)],
    ['a hard link to an interpreter', (name) => fs.linkSync(system('perl'), name)],
  ])('is left out where it is %s', (_, link) => {
    for (const name of ['busybox', 'dash', 'perl']) write(`system/${name}`, `all of ${name}`);
    link(system('cat'));
    expect(foundHere()).toEqual(['wc', 'gawk']);
  });
});

describe('the base programs of this host', () => {
  const found = new Map(findBase().map((one) => [one.program, one]));

  it.each(['awk', 'env', 'xargs'])('have %s, a file of the system', (program) => {
    expect(found.get(program)?.path).toMatch(/^\/usr\/bin\//);
    expect(found.get(program)?.needs).toBeUndefined();
  });

  it('name the interpreter of a script', () => {
    const [first = ''] = fs.readFileSync('/usr/bin/egrep', 'latin1').split('\n');
    expect(found.get('egrep')?.needs).toBe(/^#! *\/bin\/(\w+)/.exec(first)?.[1]);
  });

  it.each(['bash', 'curl', 'git', 'mount', 'nc', 'node', 'perl', 'python3', 'sh', 'ssh', 'sudo'])(
    'are without %s',
    (program) => {
      expect(basePrograms.has(program)).toBe(false);
    },
  );
});
