import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateTrust } from '../../cli/registries/updater.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';
import { walkRoad } from '../registry/contract/walk.ts';
import { makeRoot } from '../registry/people.ts';
import { holdCeremony } from '../registry/tuf-maker.ts';
import { type RunningWorker, startWorker } from './workerd-registry.ts';

describe('the registry on workerd, with D1 and R2', () => {
  const trust = makeRoot();
  let worker: RunningWorker;
  beforeAll(async () => {
    const tuf = await holdCeremony({
      root: trust.root,
      signers: [trust.administrator],
      now: Date.now(),
    });
    worker = await startWorker(trust, tuf);
  });
  afterAll(() => worker?.close());

  it('takes, races, scans, approves, publishes and revokes with the bindings of wrangler.toml', async () => {
    await walkRoad({ send: (path, init) => fetch(`${worker.base}${path}`, init), trust });
  });

  it('serves a root of trust that clients follow', async () => {
    const source = { fetch, store: memoryStore(), base: worker.base };
    const kept = await updateTrust({ source, pinned: trust.root, now: Date.now() });
    expect(parseRoot(kept.files['root.json'])).toEqual(trust.root);
    expect(Date.parse(kept.freshUntil) - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
  });
});
