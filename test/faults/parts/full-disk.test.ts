import { expect, it } from 'vitest';
import { runFullDisk } from './full-disk.ts';

it('a registry on a full file system refuses every act, serves what it has, and starts', async ({
  skip,
}) => {
  const { outcome, faults } = await runFullDisk();
  if (outcome.startsWith('skipped')) skip(outcome);
  expect(faults).toEqual([]);
  expect(outcome).toMatch(
    /^2 × approve registry-full, 2 × claim registry-full, 2 × publish registry-full, 2 × revoke registry-full;/,
  );
});
