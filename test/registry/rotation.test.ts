import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRegistryFolder } from '../../cli/root-rotation/registry-folder.ts';
import { createKeyFile } from '../../cli/signing/key-file.ts';
import { publishTuf, readTufDocument } from '../../registry/data-folder/rotation.ts';
import { signRepository } from '../../skills-index/trust/root/ceremony.ts';
import { tufTime } from '../../skills-index/trust/root/metadata.ts';
import { nextRepository } from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RetiredKey } from '../../skills-index/trust/root/root.ts';
import { folderWith } from '../cli/temporary-folder.ts';
import { makeKey } from './people.ts';

it('a root of trust is not published whose retired keys never were in office, or count ahead of the log', async () => {
  const top = folderWith();
  const dir = join(top, 'registry');
  const administrator = await createKeyFile(
    join(top, 'administrator.json'),
    undefined,
    'administrator',
  );
  const now = new Date();
  const root = await makeRegistryFolder(dir, 'localhost', async () => administrator, { now });
  const publish = async (retired: RetiredKey, registry = root.registry.key) => {
    const before = await readTufDocument(dir);
    if (before === undefined) throw new Error('no document');
    const { 'root.json': _, ...files } = before.files;
    const changed = parseRoot(
      JSON.stringify({ ...root, registry: { key: registry }, retired: [retired] }),
    );
    const next = nextRepository({
      before,
      root: changed,
      files,
      expires: now.getTime() + 1e10,
      timeOf: tufTime,
    });
    return publishTuf(dir, await signRepository(next, administrator), now.getTime());
  };
  const thief = { role: 'administrator', key: makeKey().open.spki, validUpTo: 0 } as const;
  await expect(publish(thief)).rejects.toThrow(/no earlier root gave the key this role that long/);
  const replaced = {
    role: 'registry',
    key: root.registry.key,
    validUpTo: Number.MAX_SAFE_INTEGER,
  } as const;
  await expect(publish(replaced, makeKey().open.spki)).rejects.toThrow(
    /the proposal ends a retired registry key at log index .*, but the log ends at -1/,
  );
  expect((await readTufDocument(dir))?.roots).toHaveLength(1);
});
