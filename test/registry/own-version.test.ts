import { describe, expect, it } from 'vitest';
import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import { makeKey, type TestKey } from './people.ts';
import { call, enrol, makeSkill, publishScanned, signIn, state } from './road.ts';
import { approveIn, bodyAt, expectAnswer, signInAs, stopStatement } from './steps.ts';
import { eachWorld } from './world.ts';

describe('a reviewer who is an author', () => {
  const world = eachWorld({}, async () => {
    [owner, second] = [makeKey(), makeKey()];
    const { send, trust, author } = world;
    const scope = parseScope('acme');
    const { statement } = await bodyAt(send, '/api/v1/scopes/acme');
    const owners = [author.open, owner.open];
    await expectAnswer(
      state(send, scopeStatement({ scope, owners, previous: statement }), author),
      201,
    );
    for (const [name, key] of [
      ['ada', author],
      ['ada', second],
      ['olga', owner],
    ] as const)
      await expectAnswer(enrol(send, trust.administrator, { name, roles: ['reviewer'], key }), 201);
    tokens = {
      author: await signInAs(world, 'author'),
      owner: await signIn(send, owner),
      second: await signIn(send, second),
    };
  });
  // Another owner of the scope, who publishes nothing; and another key of the publisher, known by
  // the name only.
  let owner: TestKey;
  let second: TestKey;
  let tokens: Readonly<Record<'author' | 'owner' | 'second', string>>;

  const scanned = async (verdict: Verdict) => {
    const skill = makeSkill('@acme/own', '1.0.0');
    await publishScanned(world, skill, { verdict });
    return skill;
  };
  const act = (who: keyof typeof tokens, action: string, json: object) =>
    call(world, `/api/v1/reviews/@acme/own/1.0.0/${action}`, { token: tokens[who], json });
  const status = async (): Promise<string> =>
    (await bodyAt(world, '/api/v1/versions/@acme/own/1.0.0')).status;

  it.each(['author', 'owner', 'second'] as const)(
    'neither moves, asks about nor claims it (%s)',
    async (who) => {
      await scanned('block');
      for (const [action, json] of [
        ['move', { to: 'in review', reason: 'fine' }],
        ['move', { to: 'refused', reason: 'no' }],
        ['ask', { reason: 'why' }],
        ['claim', {}],
      ] as const)
        await expectAnswer(act(who, action, json), 403, 'forbidden');
      expect(await status()).toBe('quarantined');
    },
  );

  it('suspends it like anybody, and does not lift what is suspended', async () => {
    const skill = await scanned('pass');
    await approveIn(world, skill);
    const target = { bundle: skill.packed.digest };
    const say = (kind: 'suspended' | 'lifted', key: TestKey) =>
      state(world, stopStatement(kind, target), key);
    await expectAnswer(say('suspended', owner), 201);
    for (const key of [world.author, owner, second])
      await expectAnswer(say('lifted', key), 403, 'forbidden');
    expect(await status()).toBe('suspended');
    await expectAnswer(say('lifted', world.rita), 201);
  });
});
