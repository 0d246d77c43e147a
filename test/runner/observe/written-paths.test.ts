import { mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import {
  changesOf,
  comparedEntriesMax,
  readState,
  watchedEntriesMax,
  writtenBytes,
} from '../../../runner/observe/written-paths.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let home = '';
beforeEach(() => {
  home = folderWith();
});
const write = (path: string, text = 'x'): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
};
type Before = ReturnType<typeof readState>;
const changesSince = (before: Before): readonly string[] =>
  changesOf(before, readState(home, before)).map(({ how, path }) => `${how} ${path}`);

it('no heap of files hides a change, a startup file, or itself', () => {
  mkdirSync(join(home, 'zz'));
  writeFileSync(join(home, 'zz/key'), 'before');
  const before = readState(home);
  expect(before.overflowed).toBe(false);
  mkdirSync(join(home, 'heap'));
  for (let at = 0; at <= comparedEntriesMax; at++) writeFileSync(join(home, `heap/${at}`), '');
  writeFileSync(join(home, 'zz/key'), 'after it');
  writeFileSync(join(home, '.bashrc'), 'start');
  const after = readState(home, before);
  expect(after.overflowed).toBe(true);
  const changes = changesOf(before, after).map(({ how, path }) => `${how} ${path}`);
  expect(changes).toContain('changed zz/key');
  expect(changes).toContain('new .bashrc');
});

it.each<[string, () => void]>([
  ['a file', () => writeFileSync(join(home, '.aws'), '')],
  ['a link to itself', () => symlinkSync('.aws', join(home, '.aws'))],
  ['a link to a folder with the same names', () => symlinkSync('elsewhere', join(home, '.aws'))],
])('what lay in a folder that became %s is deleted', (_, replace) => {
  write('.aws/credentials');
  write('other');
  const before = readState(home);
  renameSync(join(home, '.aws'), join(home, 'elsewhere'));
  replace();
  expect(changesSince(before)).toEqual([
    'new .aws',
    'deleted .aws/credentials',
    'new elsewhere/credentials',
  ]);
});

it('no heap of files at the top hides keys and startup files', () => {
  write('.bashrc');
  const before = readState(home);
  for (let at = 0; at <= comparedEntriesMax; at++) write(`z${at}`);
  const written = [
    '.config/autostart/e.desktop',
    '.config/systemd/user/a/b.service',
    '.local/lib/python3.12/site-packages/usercustomize.py',
    '.ssh/authorized_keys',
    'Library/LaunchAgents/e.plist',
  ];
  for (const path of written) write(path);
  const changes = changesSince(before);
  expect(changes.filter((one) => !one.startsWith('new z'))).toEqual(
    written.map((path) => `new ${path}`),
  );
});

it('names a folder of startup files with more entries than are compared', () => {
  const before = readState(home);
  for (let at = 0; at <= watchedEntriesMax; at++)
    mkdirSync(join(home, `.config/autostart/${at}`), { recursive: true });
  for (let at = 0; at <= comparedEntriesMax; at++) write(`z${at}`);
  expect(changesSince(before)).toContain('new .config/autostart/');
});

it('counts written bytes behind heaps of files, up to the limit', () => {
  for (let at = 0; at <= comparedEntriesMax; at++) write(`z${at}`, '');
  write('below/large');
  truncateSync(join(home, 'below/large'), 1e9);
  expect(writtenBytes([home], 1e9)).toBeGreaterThan(1e9);
  expect(writtenBytes([home], 5 * 4096)).toBe(6 * 4096);
});
