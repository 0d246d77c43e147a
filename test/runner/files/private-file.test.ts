import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closeFolder } from '../../../registry/data-folder/closed-folder.ts';
import { readPrivateFile, writePrivateFile } from '../../../runner/files/private-file.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const rule = { bytesMax: 100, secret: true, code: 'host-policy-invalid' } as const;

it.each([
  ['linux', /other users may write to it; other users may read it$/],
  ['darwin', /other users may write to it; other users may read it$/],
] as const)('on %s, a file that others may change is refused', (platform, why) => {
  const path = join(folderWith({ a: 'x' }), 'a');
  chmodSync(path, 0o666);
  expect(() => readPrivateFile(path, rule, platform)).toThrow(why);
});

it('on Windows, where files have no modes, a file is read', () => {
  const path = join(folderWith({ a: 'x' }), 'a');
  chmodSync(path, 0o666);
  expect(readPrivateFile(path, rule, 'win32')).toEqual(Buffer.from('x'));
});

it('on Windows, a registry says that nobody checks who may open its folder', async () => {
  const said: string[] = [];
  await closeFolder('C:\\data', (line) => said.push(line), 'win32');
  expect(said).toEqual([
    'warning: file permissions are not checked on Windows. Check yourself that only your user can open C:\\data: icacls "C:\\data"',
  ]);
});

it('leaves no temporary file where the new file cannot get its place', () => {
  const folder = folderWith({ 'taken/a': 'x' });
  expect(() => writePrivateFile(join(folder, 'taken'), 'secret')).toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
  writePrivateFile(join(folder, 'b'), 'secret');
  expect(readdirSync(folder)).toEqual(['b', 'taken']);
  expect(statSync(join(folder, 'b')).mode & 0o777).toBe(0o600);
});
