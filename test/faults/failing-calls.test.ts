import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isWhole } from '../sample.ts';
import { type ActKind, actKinds } from './acts.ts';
import { failCalls } from './failing-calls.ts';
import { makeFailingNode, makeFailingWorker } from './failing-storage.ts';

/** `npm run faults -- calls` fails every call. */
const every: Readonly<Record<ActKind, number>> = {
  publish: 1,
  report: 2,
  approve: 9,
  claim: 1,
  revoke: 3,
  stop: 5,
};

describe.each([
  ['Node', makeFailingNode],
  ['Workers', makeFailingWorker],
])('a call of the storage that fails once on %s', (_, make) => {
  // The registry reports each failure.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);

  it.each(actKinds)('during %s is in no answer that says otherwise than the log', async (kind) => {
    const storage = await make();
    onTestFinished(() => storage.close());
    const { calls, faults } = await failCalls(storage, kind, every[kind] * (isWhole ? 1 : 3));
    expect(faults).toEqual([]);
    expect(calls).toBeGreaterThan(1);
  });
});
