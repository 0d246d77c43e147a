import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderSource, readEvidenceNote } from '../../../cli/verify/evidence-folder.ts';
import { folderWith } from '../temporary-folder.ts';

it('a folder of evidence gives what lies in it and follows no link, neither of a file nor of a folder', async () => {
  const secret = folderWith({ id_rsa: 'secret', 'index/status.json': 'secret' });
  const top = folderWith({ 'log/checkpoint': 'here' });
  const folder = join(top, 'link-to-all');
  symlinkSync(top, folder);
  symlinkSync(join(secret, 'id_rsa'), join(top, 'log/key'));
  symlinkSync(join(secret, 'index'), join(top, 'index'));
  symlinkSync(join(secret, 'id_rsa'), join(top, 'evidence.json'));
  mkdirSync(join(top, 'blobs'));
  writeFileSync(join(top, 'blobs/a'), 'b');
  for (const place of [top, folder]) {
    const { fetch, base } = folderSource(place);
    const read = async (path: string) => (await fetch(`${base}${path}`)).text();
    expect(await read('/log/checkpoint')).toBe('here');
    expect(await read('/blobs/a')).toBe('b');
    for (const path of ['/log/key', '/index/status.json'])
      expect((await fetch(`${base}${path}`)).status).toBe(404);
    await expect(readEvidenceNote(place)).rejects.toMatchObject({ code: 'not-found' });
  }
});
