/** An author takes back a version that waits. */
import { expect } from 'vitest';
import { call, makeSkill, signIn } from '../road.ts';
import type { Cast } from './cast.ts';

export async function walkWithdrawal(cast: Cast): Promise<void> {
  const { send, author, tokens } = cast;
  const skill = makeSkill('@acme/withdrawn', '1.0.0');
  await cast.offer(skill);
  const path = '/api/v1/reviews/@acme/withdrawn/1.0.0/withdraw';
  expect((await call(send, path, { token: tokens.rita, json: {} })).status).toBe(403);
  const token = await signIn(send, author);
  const done = await call(send, path, { token, json: { reason: 'has the wrong template' } });
  expect(done).toMatchObject({
    status: 200,
    body: { status: 'withdrawn', reason: 'has the wrong template' },
  });
  expect(await call(send, path, { token, json: {} })).toEqual(done);
  expect((await cast.approve(skill)).status).toBe(409);
  expect(await cast.statusOf(skill)).toBe('withdrawn');
}
