/** The Worker over a D1 and an R2 bucket, whose isolates end all at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCloudflare } from '../registry/cloudflare/cloudflare.ts';
import { makeRoot } from '../registry/people.ts';
import type { Site } from './site.ts';

const tripMs = 1;
/** A second on Cloudflare. Index files of a crowd would wait for most of a round. */
const keyMs = 20;
/** A cron trigger does a few steps only. */
const crons = 4;

export function makeWorkerSite(): Site {
  const trust = makeRoot();
  const world = makeCloudflare(trust, { isolates: 3, d1Ms: tripMs, r2Ms: tripMs, keyMs });
  let starts = 0;
  let isUp = false;
  const kill = async (): Promise<void> => {
    isUp = false;
    world.restart();
  };
  const cron = async (): Promise<void> => {
    for (let nth = 0; nth < crons; nth++) await world.cron();
  };
  let isolates = 0;
  return {
    platform: 'Workers',
    trust,
    cron,
    start: async () => {
      await cron();
      isUp = true;
      starts++;
    },
    startInVain: async (ms) => {
      const started = cron().catch(() => undefined);
      await sleep(ms);
      await kill();
      await started;
    },
    kill,
    sender: (address) => {
      const isolate = isolates++;
      return async (path, init) => {
        const start = starts;
        const answer = isUp ? await world.send(isolate, address)(path, init) : undefined;
        if (answer === undefined || !isUp || start !== starts)
          throw new Error('The connection was lost');
        return answer;
      };
    },
    rows: async (query) => world.database.look(query),
    objects: async () =>
      [...world.bucket.stored].map(([name, { bytes }]) => ({ name, read: async () => bytes })),
    close: async () => world.close(),
  };
}
