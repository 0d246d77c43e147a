import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepTrust, readStoredTrust, storedVersion } from '../../../cli/registries/stored-trust.ts';
import { updateTrust } from '../../../cli/registries/updater.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { folderWith } from '../temporary-folder.ts';
import {
  base,
  type Files,
  filesOf,
  holdCeremony,
  keys,
  rootFile,
  serving,
} from '../trust-server.ts';

it('a slower process never puts the root before a rotation over the one after it, whatever version a stolen status key wrote', async () => {
  const now = Date.now();
  const paths = { config: join(folderWith(), 'config') };
  const { ada, ben, status2 } = keys;
  const pinned = rootFile();
  const first = await holdCeremony({ root: pinned, signers: [ada, ben], now });
  const second = await holdCeremony({
    root: rootFile({ status: status2 }),
    signers: [ada, ben],
    now,
    before: first,
  });
  const ask = (files: Files) =>
    updateTrust({
      source: { fetch: serving(() => files), store: memoryStore(), base },
      pinned,
      now,
    });
  const stale = await ask(await filesOf({ repository: first, now, version: 9_000_000_000_000 }));
  await keepTrust(
    paths,
    await ask(await filesOf({ repository: second, now, version: 40, status: status2 })),
  );
  await keepTrust(paths, stale);
  const kept = readStoredTrust(paths, rootFingerprint(pinned));
  expect(kept === undefined ? undefined : storedVersion(kept, 'root')).toBe(2);
});
