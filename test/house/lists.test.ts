import { expect, it } from 'vitest';
import { staleLists } from '../../.ci/lists.ts';

it('each list that npm run lists writes is what it writes now; npm run fix mends it', () => {
  expect(staleLists()).toEqual([]);
});
