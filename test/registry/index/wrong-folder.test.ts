import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRegistryFolder } from '../../../cli/root-rotation/registry-folder.ts';
import { createKeyFile } from '../../../cli/signing/key-file.ts';
import { startRegistry } from '../../../registry/serve.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const minute = 60_000;

it('clients of a registry that ran from an old copy for a moment take the right folder again', async () => {
  const top = folderWith();
  const [right, old] = [join(top, 'right'), join(top, 'old')];
  const key = await createKeyFile(join(top, 'administrator.json'), undefined, 'administrator');
  const start = new Date();
  await makeRegistryFolder(right, 'localhost', async () => key, { now: start });
  /** The version of the TUF set that clients see after so many minutes. */
  const seen = async (dir: string, minutes: number): Promise<number> => {
    const now = new Date(start.getTime() + minutes * minute);
    const running = await startRegistry({ dir, port: 0, now: () => now });
    try {
      const answer = await fetch(`${running.base}/tuf/timestamp.json`);
      const { signed } = (await answer.json()) as { signed: { version: number } };
      return signed.version;
    } finally {
      await running.close();
    }
  };
  const first = await seen(right, 1);
  cpSync(right, old, { recursive: true });
  const renewed = await seen(right, 62);
  const wrong = await seen(old, 64);
  const again = await seen(right, 66);
  const steps = [first, renewed, wrong, again];
  expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other));
});
