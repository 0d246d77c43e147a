import { expect, it } from 'vitest';
import { runClock } from './clock.ts';

// test/registry/clock.test.ts has a clock that was ahead.
it('a registry whose clock was three days behind loses nothing, and installers say why they wait', async () => {
  const { outcome, faults } = await runClock(-3);
  expect(faults).toEqual([]);
  expect(outcome).toMatch(/^8 acts taken meanwhile/);
  expect(outcome).toContain('status-stale (status.json expired at');
});
