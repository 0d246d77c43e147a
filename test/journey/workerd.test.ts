import { afterAll, beforeAll, describe, it } from 'vitest';
import { walkContract } from '../registry/contract.ts';
import { makeRoot } from '../registry/people.ts';
import { type RunningWorker, startWorker } from './workerd-registry.ts';

describe('the registry on workerd, with D1 and R2', () => {
  const trust = makeRoot();
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker(trust);
  });
  afterAll(() => worker?.close());

  it('takes, races, scans, approves, publishes and revokes as it does on Node', async () => {
    await walkContract((path, init) => fetch(`${worker.base}${path}`, init), trust);
  });
});
