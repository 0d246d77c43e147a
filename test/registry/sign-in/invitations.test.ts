/** Invitations: who may make one, and what it is good for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { invitationMs } from '../../../registry/sign-in/sessions.ts';
import { makeKey } from '../people.ts';
import { call, signIn } from '../road.ts';
import { callAs } from '../steps.ts';
import { oneWorld } from '../world.ts';

const world = oneWorld();
const key = makeKey();
let secret: string;

const joinWith = async (said: string, { open }: Pick<ReturnType<typeof makeKey>, 'open'>) =>
  (await call(world.send, '/api/v1/members/join', { json: { secret: said, key: open } })).status;
const joining = async () => (await callAs(world, 'omar', '/api/v1/members/pending')).body.joining;
const inviteAs = (token: string) =>
  call(world.send, '/api/v1/members/invitations', { token, json: { name: 'nina' } });

beforeEach(async () => {
  const invited = await inviteAs(await signIn(world, world.trust.administrator));
  secret = invited.body.secret;
});

describe('an invitation', () => {
  it('takes one key, which then waits and may come twice', async () => {
    expect(await joinWith(secret, key)).toBe(201);
    expect(await joinWith(secret, key)).toBe(201);
    expect(await joinWith(secret, makeKey())).toBe(401);
    expect(await joining()).toMatchObject([{ name: 'nina', key: { keyId: key.keyId } }]);
  });

  it('is made by an administrator alone', async () => {
    expect((await inviteAs(world.tokens.rita)).status).toBe(403);
  });

  it.each([
    ['that nobody made', () => 'A'.repeat(43)],
    [
      'of yesterday',
      () => {
        world.wait(invitationMs + 1);
        return secret;
      },
    ],
  ])('%s takes none', async (_what, said) => {
    expect(await joinWith(said(), makeKey())).toBe(401);
  });

  it('takes no key under the id of another', async () => {
    expect(await joinWith(secret, { open: { ...makeKey().open, keyId: key.keyId } })).toBe(400);
  });
});
