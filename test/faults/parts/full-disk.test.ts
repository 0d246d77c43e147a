import { expect, it } from 'vitest';
import { runFullDisk } from './full-disk.ts';

it('a registry on a full file system gives up its reserve, then refuses every act, serves what it has, and starts', async ({
  skip,
}) => {
  const { outcome, faults } = await runFullDisk();
  if (outcome.startsWith('skipped')) skip(outcome);
  expect(faults).toEqual([]);
  expect(outcome).toMatch(
    /^2 × claim registry-full, 3 × publish registry-full, 2 × revoke registry-full;/,
  );
});
