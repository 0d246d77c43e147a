import { beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { makeKey, makeRoot, type TestKey } from './people.ts';
import { makeSkill, state } from './road.ts';
import { bodyAt, expectAnswer, publishIn } from './steps.ts';
import { eachWorld } from './world.ts';

describe('a scope whose owner is gone', () => {
  const world = eachWorld({ trust: makeRoot({ administrators: 3, threshold: 2 }) });
  let [first, second]: TestKey[] = [];
  const carol = makeKey();
  beforeEach(async () => {
    [first, second] = world.trust.administrators;
  });

  const read = async (): Promise<{
    votes: { by: string[] }[];
    statement: Digest;
  }> => await bodyAt(world, '/api/v1/scopes/@acme');
  const give = async (to: TestKey, by: TestKey | undefined, previous?: Digest) => {
    if (by === undefined) throw new Error('nobody signs');
    const change = {
      scope: parseScope('acme'),
      owners: [to.open],
      previous: previous ?? (await read()).statement,
    };
    return state(world, scopeStatement(change), by);
  };

  it('shows a vote, and drops it when the scope has changed hands meanwhile', async () => {
    const before = (await read()).statement;
    await give(carol, first);
    expect(await read()).toMatchObject({ votes: [{ by: [first?.keyId] }], votesNeeded: 2 });
    await expectAnswer(publishIn(world, makeSkill('@acme/t', '1.0.0'), carol), 403);
    await expectAnswer(give(makeKey(), world.author), 201);
    expect((await read()).votes).toEqual([]);
    await expectAnswer(give(carol, second, before), 403, 'scope-taken');
  });
});
