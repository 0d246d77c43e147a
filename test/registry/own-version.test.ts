import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseScope } from '../../skills-index/skill/name.ts';
import { revocationStatement, scopeStatement } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import { freshNonce } from '../nonce.ts';
import { makeKey, type TestKey } from './people.ts';
import {
  type Answer,
  approve,
  call,
  enrol,
  makeSkill,
  publish,
  type Skill,
  scan,
  signIn,
  state,
} from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

describe('a reviewer who is an author', () => {
  let world: Staffed;
  // Another owner of the scope, who publishes nothing; and another key of the publisher, known by
  // the name only.
  let owner: TestKey;
  let second: TestKey;
  let tokens: Readonly<Record<'author' | 'owner' | 'second', string>>;
  beforeEach(async () => {
    world = await makeStaffedWorld();
    [owner, second] = [makeKey(), makeKey()];
    const { send, trust, author } = world;
    const scope = parseScope('acme');
    const { statement } = (await call(send, '/api/v1/scopes/acme')).body;
    const owners = [author.open, owner.open];
    expect(
      (await state(send, scopeStatement({ scope, owners, previous: statement }), author)).status,
    ).toBe(201);
    for (const [name, key] of [
      ['ada', author],
      ['ada', second],
      ['olga', owner],
    ] as const)
      expect(
        (await enrol(send, trust.administrator, { name, roles: ['reviewer'], key })).status,
      ).toBe(201);
    tokens = {
      author: await signIn(send, author),
      owner: await signIn(send, owner),
      second: await signIn(send, second),
    };
  });
  afterEach(() => world.close());

  const scanned = async (verdict: Verdict): Promise<Skill> => {
    const skill = makeSkill('@acme/own', '1.0.0');
    await publish(world.send, skill, world.author);
    await scan(world.send, world.tokens.scanner, world.scanner, skill, verdict);
    return skill;
  };
  const act = (who: keyof typeof tokens, action: string, json: object): Promise<Answer> =>
    call(world.send, `/api/v1/reviews/@acme/own/1.0.0/${action}`, { token: tokens[who], json });
  const status = async (): Promise<string> =>
    (await call(world.send, '/api/v1/versions/@acme/own/1.0.0')).body.status;

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
        expect(await act(who, action, json)).toMatchObject({
          status: 403,
          body: { code: 'forbidden' },
        });
      expect(await status()).toBe('quarantined');
    },
  );

  it.each(['author', 'owner', 'second'] as const)(
    'gets no approval into the log that installers would refuse (%s)',
    async (who) => {
      const skill = await scanned('pass');
      const key = { author: world.author, owner, second }[who];
      expect((await act(who, 'draft', { reason: 'mine' })).body.code).toBe('approval-refused');
      expect((await approve(world.send, tokens[who], key, skill)).body.code).toBe(
        'approval-refused',
      );
      expect((await approve(world.send, world.tokens.rita, world.rita, skill)).status).toBe(201);
      expect(await status()).toBe('approved');
    },
  );

  it('suspends it like anybody, and does not lift what is suspended', async () => {
    const skill = await scanned('pass');
    await approve(world.send, world.tokens.rita, world.rita, skill);
    const target = { bundle: skill.packed.digest };
    const say = (kind: 'suspended' | 'lifted', key: TestKey): Promise<Answer> =>
      state(
        world.send,
        revocationStatement({ nonce: freshNonce(), kind, target, reason: 'r' }),
        key,
      );
    expect((await say('suspended', owner)).status).toBe(201);
    for (const key of [world.author, owner, second])
      expect(await say('lifted', key)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await status()).toBe('suspended');
    expect((await say('lifted', world.rita)).status).toBe(201);
  });
});
