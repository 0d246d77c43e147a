import { expect, it } from 'vitest';
import { productionPackages } from '../../.ci/packages.ts';

it('installs at most 100 packages; npm run packages prints why each is there', () => {
  const lockfile = new URL('../../package-lock.json', import.meta.url);
  const needed = productionPackages(lockfile);
  expect(needed.size).toBeLessThanOrEqual(100);
  expect(needed.get('node_modules/hono')).toContain('skillgate');
  expect(needed.has('node_modules/vitest')).toBe(false);
});
