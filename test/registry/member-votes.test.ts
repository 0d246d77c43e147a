import { describe, expect, it } from 'vitest';
import { readMembers } from '../../registry/people/identities.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { MemberRole, MemberStatement } from '../../skills-index/statement/attestation.ts';
import { keyStatement, memberStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import { makeKey, makeRoot, type TestKey } from './people.ts';
import { enrol, state } from './road.ts';
import { bodyAt, expectAnswer, reviewerStatement } from './steps.ts';
import { eachWorld } from './world.ts';

const late = Number.MAX_SAFE_INTEGER;

describe('an envelope that was signed before an end, and sent after it', () => {
  const world = eachWorld({ trust: makeRoot({ administrators: 4, threshold: 2 }) }, async () => {
    [first, second, third, fourth] = world.trust.administrators;
  });
  let [first, second, third, fourth]: readonly TestKey[] = [];
  const puppet = makeKey();

  const statement = (
    previous: Digest | 'none',
    kind: 'enrolled' | 'ended' = 'enrolled',
    roles: readonly MemberRole[] = ['reviewer'],
  ) =>
    memberStatement({
      nonce: freshNonce(),
      name: 'puppet',
      roles,
      key: puppet.open,
      state: kind,
      previous,
    });
  const sign = async (one: MemberStatement, ...by: readonly (TestKey | undefined)[]) => {
    const answers = [];
    for (const key of by) answers.push(await state(world, one, key ?? puppet));
    return answers.at(-1) ?? { status: 0, body: undefined };
  };
  const isMember = async (role: MemberRole = 'reviewer'): Promise<boolean> =>
    (await readMembers(world.registry)).chain.isMember(puppet.keyId, role, late);
  const last = async (): Promise<Digest> =>
    (await bodyAt(world, `/api/v1/members/last/${puppet.keyId}`)).statement;

  it('enrols nobody again, whether its enrolment was agreed before or not', async () => {
    const unsent = statement('none');
    const sent = statement('none');
    await sign(sent, first, second);
    expect(await isMember()).toBe(true);
    await sign(statement('none', 'ended'), first);
    for (const old of [sent, unsent]) {
      await expectAnswer(sign(old, third), 403, 'forbidden');
      await sign(old, fourth);
    }
    expect(await isMember()).toBe(false);
  });

  it('is followed by an enrolment that names the end', async () => {
    await sign(statement('none'), first, second);
    await sign(statement('none', 'ended'), first);
    await expectAnswer(sign(statement(await last()), third, fourth), 201);
    expect(await isMember()).toBe(true);
  });
});

describe('the order of statements on a key, where an administrator counts no more', () => {
  const world = eachWorld({}, async () => {
    const deputies = { name: 'deputy', roles: ['administrator'], key: deputy } as const;
    from = (await enrol(world, world.trust.administrator, deputies)).body.logIndex;
  });
  let from: number;
  const deputy = makeKey();
  const nina = makeKey();

  const statement = (kind: 'enrolled' | 'ended', previous: Digest | 'none') =>
    reviewerStatement('nina', { key: nina.open }, kind, { previous });
  const say = async (one: MemberStatement, by = world.trust.administrator) => state(world, one, by);
  const endDeputy = async () => {
    const end = keyStatement({ key: deputy.open, state: 'ended', validUpTo: from });
    await expectAnswer(state(world, end, world.trust.administrator), 201);
  };

  it('keeps their ends, so no envelope from before counts', async () => {
    const first = await say(statement('enrolled', 'none'));
    const unsent = statement('enrolled', first.body.digest);
    await say(statement('ended', first.body.digest), deputy);
    await endDeputy();
    await expectAnswer(say(unsent), 403);
    expect((await readMembers(world.registry)).chain.isMember(nina.keyId, 'reviewer', late)).toBe(
      false,
    );
  });
});
