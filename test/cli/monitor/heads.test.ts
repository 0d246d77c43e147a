import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeMemory } from '../../../cli/monitor/memory.ts';
import { replayOnce } from '../../../cli/monitor/replay.ts';
import { MonitorFolder, type ReplayWorld } from '../../../cli/monitor/world.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { signCosignature } from '../../../skills-index/log/sign-cosignature.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';
import { base } from '../registry-users.ts';
import { folderWith } from '../temporary-folder.ts';
import { witnessIn } from '../witness-world.ts';

let monitored: Monitored;
beforeEach(async () => {
  monitored = await makeMonitored();
  await monitored.bring(skillAt(1));
});
afterEach(() => monitored.close());

it('a head without the cosignatures that policy demands is reported, and one with them is not', async () => {
  const { world } = monitored;
  const { witness, policy } = await witnessIn(folderWith());
  let isWitnessed = false;
  const { registry, trust } = world;
  const look: ReplayWorld = {
    root: trust.root,
    policy: registry.policy,
    fingerprint: rootFingerprint(trust.root),
    witnesses: policy,
    source: {
      base,
      store: memoryStore(),
      fetch: async (url) => {
        const path = url.slice(base.length);
        if (!isWitnessed || path !== '/index/status.json') return world.send(path);
        const seconds = Math.floor(registry.now().getTime() / 1000);
        const { name } = witness.key;
        const note = await (await world.send('/log/checkpoint')).text();
        const line = await signCosignature(note, { name, seconds, key: witness.key });
        return monitored.restated(() => ({ checkpoint: note + line }));
      },
    },
    folder: new MonitorFolder(folderWith()),
    ...makeMemory(),
    now: () => registry.now(),
  };
  expect((await replayOnce(look)).differences).toMatchObject([
    { code: 'witnesses-missing', place: 'status.json' },
  ]);
  isWitnessed = true;
  expect((await replayOnce(look)).differences).toEqual([]);
});
