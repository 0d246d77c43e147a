import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rootRows } from '../../../cli/host/doctor.ts';
import { pinRegistry } from '../../../cli/registries/addresses/pin-registry.ts';
import { keepTrust, readStoredTrust } from '../../../cli/registries/stored-trust.ts';
import { updateTrust } from '../../../cli/registries/updater.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { folderWith } from '../temporary-folder.ts';
import { base, filesOf, holdCeremony, keys, rootFile, serving } from '../trust-server.ts';

const day = 24 * 3_600_000;

it('doctor says when the root of trust of a registry expires, from thirty days before', async () => {
  const folder = folderWith();
  const paths = { config: join(folder, 'config'), data: join(folder, 'data'), cache: folder };
  const now = Date.now();
  const pinned = rootFile();
  await pinRegistry(paths, base, pinned, []);
  // A registry that shows no metadata has a root without an end.
  expect(rootRows({ paths, now: () => new Date(now) })).toEqual([]);
  const repository = await holdCeremony({ root: pinned, signers: [keys.ada, keys.ben], now });
  const files = await filesOf({ repository, now, version: 1 });
  const source = { fetch: serving(() => files), store: memoryStore(), base };
  await keepTrust(paths, await updateTrust({ source, pinned, now }));
  const kept = readStoredTrust(paths, rootFingerprint(pinned));
  const until = JSON.parse(kept?.metadata.root ?? '').signed.expires;
  const rowsBefore = (days: number) =>
    rootRows({ paths, now: () => new Date(Date.parse(until) - days * day) });
  const name = `root of trust of ${base}`;
  expect(rowsBefore(31)).toEqual([
    { name, holds: true, needed: false, detail: `signed until ${until}` },
  ]);
  expect(rowsBefore(29)).toEqual([
    {
      name,
      holds: false,
      needed: false,
      detail: expect.stringContaining(`stored expires at ${until}`),
      type: expect.stringContaining(`skillgate registry show ${base}`),
    },
  ]);
  expect(rowsBefore(-1)[0]?.detail).toContain(`stored expired at ${until}`);
});
