import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { makeKey, makeRoot, type TestKey } from './people.ts';
import { type Answer, call, enrol, makeSkill, state } from './road.ts';
import { expectAnswer, publishIn } from './steps.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

describe('a scope whose owner is gone', () => {
  let world: Staffed;
  let [first, second, third]: TestKey[] = [];
  const carol = makeKey();
  beforeEach(async () => {
    world = await makeStaffedWorld({ trust: makeRoot({ administrators: 3, threshold: 2 }) });
    [first, second, third] = world.trust.administrators;
  });
  afterEach(() => world.close());

  const read = async (): Promise<{
    owners: { keyId: string }[];
    votes: { by: string[] }[];
    statement: Digest;
  }> => (await call(world.send, '/api/v1/scopes/@acme')).body;
  const give = async (to: TestKey, by: TestKey | undefined, previous?: Digest): Promise<Answer> => {
    if (by === undefined) throw new Error('nobody signs');
    const change = {
      scope: parseScope('acme'),
      owners: [to.open],
      previous: previous ?? (await read()).statement,
    };
    return state(world.send, scopeStatement(change), by);
  };
  const owner = async (): Promise<string[]> => (await read()).owners.map(({ keyId }) => keyId);

  it('goes to another when as many administrators as the root file demands sign the same', async () => {
    await expectAnswer(give(carol, first), 201);
    expect(await owner()).toEqual([world.author.keyId]);
    expect(await call(world.send, '/api/v1/scopes/@acme')).toMatchObject({
      body: { votes: [{ by: [first?.keyId] }], votesNeeded: 2 },
    });
    await expectAnswer(publishIn(world, makeSkill('@acme/t', '1.0.0'), carol), 403);
    await expectAnswer(give(carol, third), 201);
    expect(await owner()).toEqual([carol.keyId]);
    expect((await read()).votes).toEqual([]);
    await expectAnswer(publishIn(world, makeSkill('@acme/t', '1.0.0'), carol), 201);
  });

  it('counts nobody twice', async () => {
    const one = await give(carol, first);
    const again = await give(carol, first);
    expect(again.body.logIndex).toBe(one.body.logIndex);
    expect(await owner()).toEqual([world.author.keyId]);
  });

  it('adds no votes for different owners together', async () => {
    await give(carol, first);
    await give(makeKey(), second);
    expect(await owner()).toEqual([world.author.keyId]);
    expect((await read()).votes.length).toBe(2);
  });

  it('drops votes when the scope has changed hands meanwhile', async () => {
    const before = (await read()).statement;
    await give(carol, first);
    await expectAnswer(give(makeKey(), world.author), 201);
    expect((await read()).votes).toEqual([]);
    await expectAnswer(give(carol, second, before), 403, 'scope-taken');
  });

  it('hears no administrator whom another one enrolled, and no reviewer', async () => {
    const deputy = makeKey();
    await enrol(world.send, world.trust.administrators, {
      name: 'deputy',
      roles: ['administrator'],
      key: deputy,
    });
    for (const by of [deputy, world.rita])
      expect(await give(carol, by)).toMatchObject({ body: { code: 'scope-taken' } });
    await give(carol, first);
    expect(await owner()).toEqual([world.author.keyId]);
  });
});
