import { afterEach, describe, it, vi } from 'vitest';
import { isWhole } from '../sample.ts';
import { actKinds } from './acts.ts';
import { runKills } from './kills.ts';
import { makeServedSite } from './served-site.ts';
import { makeWorkerSite } from './worker-site.ts';

describe('a registry that is killed while many publish, report, approve, claim, revoke and stop', () => {
  // Isolates that were ended still log that their storage is silent.
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  afterEach(() => logged.mockClear());

  // Both wait most of the time: for moments, for starts, and for the storage of the Worker.
  it.concurrent.for([
    ['as a process', () => makeServedSite(), isWhole ? 7 : 3],
    ['on Workers', makeWorkerSite, isWhole ? 18 : 6],
  ] as const)(
    '%s has everything that it acknowledged, and nothing half',
    async ([, makeSite, rounds], { expect, onTestFinished }) => {
      const site = await makeSite();
      onTestFinished(() => site.close());
      const { faults, acknowledged, unanswered } = await runKills(site, {
        rounds,
        extraRounds: 40,
        seed: 7,
      });
      expect(faults).toEqual([]);
      for (const kind of actKinds) expect(acknowledged[kind], kind).toBeGreaterThan(0);
      expect(unanswered).toBeGreaterThan(rounds);
    },
  );
});
