import { expect, it } from 'vitest';
import { idleRules } from '../../../cli/holds/separation.ts';

it('names rules that hold nothing as the policy is', () => {
  const holds = [{ name: 'one', when: { tag: 'high-stakes' as const }, seconds: 60 }];
  expect(idleRules({ holds, highStakes: [] })).toEqual(['one']);
  expect(idleRules({ holds, highStakes: ['@acme/*'] })).toEqual([]);
});
