import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestoreOptions } from '../../../registry/backup/restore.ts';
import { startRegistry } from '../../../registry/serve.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { makeKey, makeRoot } from '../people.ts';
import { claimScope, sendTo } from '../road.ts';
import { expectAnswer, expectProblem } from '../steps.ts';
import { backUp, leftOf, makeLoneDataFolder, restore } from './backups.ts';

describe('a restore that is refused', () => {
  const trust = makeRoot();
  let dir: string;
  let backup: string;
  let to: string;

  const restoreWith = (more: Partial<RestoreOptions>) => restore(backup, to, more);

  beforeAll(async () => {
    dir = await makeLoneDataFolder(trust);
    backup = `${dir}-backup`;
    to = `${dir}-restored`;
    const running = await startRegistry({ dir, port: 0 });
    const send = sendTo(running);
    await expectAnswer(claimScope(send, 'acme', makeKey()), 201);
    await running.close();
    await backUp(dir, backup);
  });
  afterAll(() => rmSync(dirname(dir), { recursive: true }));

  it.each([
    [
      'has keys of another registry',
      JSON.stringify({ schema: 'skillgate.registry-keys/1', ...makeRoot().texts }),
      'key-file-invalid',
    ],
  ])('names the key file that %s', async (_, text, code) => {
    const keys = join(folderWith({ 'typed.json': text }), 'typed.json');
    await expect(restoreWith({ keys })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(keys),
    });
  });

  it('names a key file in the backup that other users may read', async () => {
    const path = join(backup, 'files/keys.json');
    copyFileSync(join(dir, 'keys.json'), path);
    try {
      chmodSync(path, 0o644);
      await expect(restoreWith({})).rejects.toMatchObject({ hint: `chmod 600 ${path}` });
    } finally {
      rmSync(path);
    }
  });

  it('names the file that is no signed head, and says where to get one', async () => {
    await expect(
      restoreWith({ checkpoint: { note: 'no note', from: '/home/me/kept.txt' } }),
    ).rejects.toMatchObject({
      code: 'log-invalid',
      message: expect.stringContaining('/home/me/kept.txt'),
      hint: expect.stringContaining('/log/checkpoint'),
    });
  });

  it.each([
    ['a link', (path: string, outside: string) => symlinkSync(outside, path)],
    ['a named pipe', (path: string) => spawnSync('mkfifo', [path])],
  ])('neither reads nor writes through %s in the backup', async (_, plant) => {
    const path = join(backup, 'files/keys.json');
    const outside = join(folderWith({ 'theirs.json': 'theirs' }), 'theirs.json');
    plant(path, outside);
    try {
      for (const keys of [undefined, join(dir, 'keys.json')])
        await expect(restoreWith({ keys })).rejects.toMatchObject({
          code: 'backup-damaged',
          message: expect.stringContaining(path),
        });
      expect(readFileSync(outside, 'utf8')).toBe('theirs');
    } finally {
      rmSync(path);
    }
  });

  it.each(['backup.json', 'registry.sqlite', 'files', 'objects'])(
    'follows no link in the place of %s, and waits for no pipe',
    async (name) => {
      const path = join(backup, name);
      const kept = `${path}-kept`;
      renameSync(path, kept);
      try {
        for (const plant of [() => symlinkSync(kept, path), () => spawnSync('mkfifo', [path])]) {
          plant();
          await expect(restoreWith({})).rejects.toMatchObject({
            code: 'backup-damaged',
            message: expect.stringContaining(path),
          });
          rmSync(path);
        }
      } finally {
        renameSync(kept, path);
      }
    },
  );

  it('begins with a backup whose keys lay behind a link in the data folder', async () => {
    const copy = `${dir}-linked`;
    renameSync(join(dir, 'keys.json'), `${dir}-secret`);
    symlinkSync(`${dir}-secret`, join(dir, 'keys.json'));
    await backUp(dir, copy, { withKeys: true });
    expect(lstatSync(join(copy, 'files/keys.json')).isFile()).toBe(true);
    rmSync(join(dir, 'keys.json'));
    renameSync(`${dir}-secret`, join(dir, 'keys.json'));
  });

  it('is of a backup that wrote through no link in its folder', async () => {
    const copy = `${dir}-planted`;
    const outside = join(folderWith({ theirs: 'theirs' }), 'theirs');
    await backUp(dir, copy);
    for (const name of ['backup.json.part', 'registry.sqlite.part', 'files/root.json.part'])
      symlinkSync(outside, join(copy, name));
    for (const name of ['files/root.json', 'registry.sqlite']) {
      rmSync(join(copy, name));
      symlinkSync(outside, join(copy, name));
    }
    await backUp(dir, copy);
    expect(readFileSync(outside, 'utf8')).toBe('theirs');
    for (const name of ['files/root.json', 'registry.sqlite'])
      expect(lstatSync(join(copy, name)).isFile()).toBe(true);
  });

  it.each([
    ['a link in place of a folder', (path: string, outside: string) => symlinkSync(outside, path)],
    ['a pipe', (path: string) => void spawnSync('mkfifo', [path])],
  ])('is of no backup that met %s below its objects', async (what, plant) => {
    const copy = `${dir}-below-${what.length}`;
    const outside = folderWith({});
    await backUp(dir, copy);
    plant(join(copy, 'objects/planted'), outside);
    await expectProblem(backUp(dir, copy), 'file-not-found');
    expect(readdirSync(outside)).toEqual([]);
  });

  it.each(['/proc/skillgate', join('missing', 'folder')])(
    'ends when the folder cannot be made, as in %s',
    async (path) => {
      const folder = path.startsWith('/') ? path : join(dirname(dir), path);
      const refusal = {
        code: 'file-not-found',
        message: `Cannot make a folder in ${JSON.stringify(dirname(folder))}: ENOENT`,
      };
      await expect(restoreWith({ dir: folder })).rejects.toMatchObject(refusal);
      await expect(backUp(dir, folder)).rejects.toMatchObject(refusal);
    },
  );

  it('leaves no folder', () => {
    expect(leftOf(to)).toEqual([]);
  });
});
