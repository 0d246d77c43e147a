import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobsClient } from '../../../scanner/worker/jobs-client.ts';
import { observeVersions, type VersionObserver } from '../../../scanner/worker/work.ts';
import type { ObservedBehaviour } from '../../../skills-index/statement/observation.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { asked } from '../../registry/observed.ts';
import { call, makeSkill, publishScanned } from '../../registry/road.ts';
import { makeStaffedWorld, type Staffed } from '../../registry/world.ts';

const skill = makeSkill('@acme/deals', '1.0.0');
const behaviour: ObservedBehaviour = {
  schema: 'skillgate.observation/1',
  verdict: 'review',
  facts: [asked],
  coverage: { planned: 3, done: 3, late: 0, rounds: ['now'] },
};
let world: Staffed;
beforeEach(async () => {
  world = await makeStaffedWorld({ policy: { ...defaultPolicy, observed: true } });
  await publishScanned(world, skill);
});
afterEach(() => world.close());

/** Observes until the first line of the log, or for a moment. */
async function work(
  observe: VersionObserver['observe'],
  more: {
    readonly isEmpty?: boolean;
    readonly answer?: (path: string) => Response | undefined;
  } = {},
) {
  const stop = new AbortController();
  const lines: string[] = [];
  const paths: string[] = [];
  const base = {
    signer: world.scanner,
    signal: stop.signal,
    registry: registryIdOf(world.trust.root),
    now: () => world.registry.now(),
  };
  const client = createJobsClient({
    ...base,
    base: 'http://localhost',
    root: rootFingerprint(world.trust.root),
    fetch: async (url, init) => {
      const path = String(url).slice('http://localhost'.length);
      paths.push(path);
      return more.answer?.(path) ?? world.send(path, init);
    },
  });
  const log = (line: string): void => {
    lines.push(line);
    setTimeout(() => stop.abort(), 100);
  };
  setTimeout(() => stop.abort(), 4_000);
  const queue = { isEmpty: more.isEmpty ?? true };
  const observer = { name: 'skillgate 0.1.0', observe };
  await observeVersions({ ...base, log }, { client, queue, observer });
  return { lines, paths };
}

const read = async () =>
  (await call(world, '/api/v1/reviews/@acme/deals/1.0.0', { token: world.tokens.rita })).body;

describe('a scanner that can observe', () => {
  it('observes the files of a waiting version, and hands the signed observation in', async () => {
    const seen: string[] = [];
    const { lines } = await work(async (files) => {
      seen.push(...files.map(({ path }) => path));
      return behaviour;
    });
    expect(lines).toEqual(['@acme/deals@1.0.0: observed, review']);
    expect(seen).toEqual(skill.packed.bundle.files.map(({ path }) => path));
    expect(await read()).toMatchObject({
      observation: { verdict: 'review', by: 'scanner', facts: [asked] },
    });
  });

  it('reports an attempt that failed', async () => {
    const { lines } = await work(async () => {
      throw new Error('the sandbox was refused');
    });
    expect(lines).toEqual(['@acme/deals@1.0.0: not observed: the sandbox was refused']);
    expect((await read()).observationWaits).toContain('attempt 1 failed: the sandbox');
  });

  it('leaves versions alone while others wait for a scan', async () => {
    const { paths } = await work(async () => behaviour, { isEmpty: false });
    expect(paths).toEqual([]);
  });
});
