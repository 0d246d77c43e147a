import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdentities } from '../../registry/identities.ts';
import type { MemberRole } from '../../skills-index/statement/attestation.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import { makeKey, makeRoot, type TestKey } from './people.ts';
import { type Answer, call, enrol, signIn, state } from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

const late = Number.MAX_SAFE_INTEGER;

describe('an enrolment where two administrators of three have to agree', () => {
  let world: Staffed;
  let [first, second, third]: readonly TestKey[] = [];
  const puppet = makeKey();
  const nonce = freshNonce();
  beforeEach(async () => {
    world = await makeStaffedWorld({ trust: makeRoot({ administrators: 3, threshold: 2 }) });
    [first, second, third] = world.trust.administrators;
  });
  afterEach(() => world.close());

  const statement = (kind: 'enrolled' | 'ended' = 'enrolled', roles: readonly MemberRole[] = ['reviewer']) =>
    memberStatement({ nonce, name: 'puppet', roles, key: puppet.open, state: kind });
  const sign = async (by: TestKey | undefined, one = statement()): Promise<Answer> => {
    if (by === undefined) throw new Error('nobody signs');
    return state(world.send, one, by);
  };
  const isMember = async (): Promise<boolean> =>
    (await readIdentities(world.registry)).chain.isMember(puppet.keyId, 'reviewer', late);
  const members = async () => (await call(world.send, '/api/v1/members', { token: world.tokens.rita })).body;

  it('makes nobody a member when one alone has signed, and shows what waits', async () => {
    expect((await sign(first)).status).toBe(201);
    expect(await isMember()).toBe(false);
    expect(await call(world.send, '/api/v1/session/challenge', { json: { keyId: puppet.keyId } })).toMatchObject({ status: 403 });
    expect(await members()).toMatchObject({ votes: [{ change: { name: 'puppet' }, by: [first?.keyId] }], votesNeeded: 2 });
  });

  it('makes somebody a member when the second has signed the same', async () => {
    await sign(first);
    expect((await sign(third)).status).toBe(201);
    expect(await isMember()).toBe(true);
    expect((await members()).votes).toEqual([]);
    expect(await signIn(world.send, puppet)).toBeTypeOf('string');
  });

  it('counts nobody twice, and adds no votes for different roles together', async () => {
    const once = await sign(first);
    expect((await sign(first)).body.logIndex).toBe(once.body.logIndex);
    await sign(second, statement('enrolled', ['reviewer', 'administrator']));
    expect(await isMember()).toBe(false);
  });

  it('hears no administrator whom others enrolled', async () => {
    const deputy = makeKey();
    await enrol(world.send, [world.trust.administrator, world.trust.administrators[1] ?? deputy], {
      ...{ name: 'deputy', roles: ['administrator'] },
      key: deputy,
    } as const);
    expect(await sign(deputy)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await sign(first);
    expect(await isMember()).toBe(false);
  });

  it('is ended by one alone, and no vote from before brings it back', async () => {
    await sign(first);
    await sign(second);
    expect((await sign(first, statement('ended'))).status).toBe(201);
    expect(await isMember()).toBe(false);
    await sign(third);
    expect(await isMember()).toBe(false);
  });
});

describe('an enrolment where one administrator is enough', () => {
  it('goes on as before, by one whom another enrolled too', async () => {
    const world = await makeStaffedWorld();
    const [deputy, nina] = [makeKey(), makeKey()];
    await enrol(world.send, world.trust.administrator, { name: 'deputy', roles: ['administrator'], key: deputy });
    expect((await enrol(world.send, deputy, { name: 'nina', roles: ['reviewer'], key: nina })).status).toBe(201);
    expect(await signIn(world.send, nina)).toBeTypeOf('string');
    world.close();
  });
});
