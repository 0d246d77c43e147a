import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { requestSender } from '../../cli/send-request.ts';
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { folderWith } from './temporary-folder.ts';

const sourceOf = (folder: string) => ({
  fetch: requestSender(new AbortController().signal),
  store: memoryStore(),
  base: pathToFileURL(folder).href,
});

it('reads a file below the folder, and takes a query for no part of its name', async () => {
  const source = sourceOf(folderWith({ a: 'text' }));
  expect(await fetchFile(source, '/a?size=3', 10)).toEqual(Buffer.from('text'));
});

it('refuses a file that is larger than its limit', async () => {
  const source = sourceOf(folderWith({ large: 'text' }));
  await expect(fetchFile(source, '/large', 3)).rejects.toThrow('more than 3 bytes');
});

it('finds no file where there is none, a folder, or a pipe to which nobody writes', async () => {
  const folder = folderWith({ a: 'text' });
  const source = sourceOf(folder);
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: folder });
  for (const path of ['/none', '/a/b', '/', '/pipe'])
    expect(await fetchFile(source, path, 10)).toBeUndefined();
});
