import { describe, expect, it } from 'vitest';
import { answersOfVersionMax } from '../../../registry/review/notes.ts';
import { makeKey } from '../people.ts';
import { call, claimScope, makeSkill, publishScanned, signIn } from '../road.ts';
import { approveIn, callAs, expectAnswer } from '../steps.ts';
import { eachWorld } from '../world.ts';

const path = '/api/v1/reviews/@acme/report/1.0.0';
const world = eachWorld({}, async () => {
  const skill = makeSkill('@acme/report', '1.0.0');
  await publishScanned(world, skill);
});

const ask = (reason: string) => callAs(world, 'rita', `${path}/ask`, { reason });
const reply = (token: string | undefined, text: string) =>
  call(world, `${path}/answer`, { ...(token === undefined ? {} : { token }), json: { text } });

describe('an answer of the author', () => {
  it('stands beside the question, for everybody who asks for the version', async () => {
    await expectAnswer(ask('Why does it read TOKEN?'), 200);
    await expectAnswer(reply(world.tokens.author, ' For the report. '), 200);
    const { body } = await call(world, '/api/v1/versions/@acme/report/1.0.0');
    expect(body).toMatchObject({
      status: 'in review',
      questions: [{ by: 'rita', text: 'Why does it read TOKEN?' }],
      answers: [{ text: 'For the report.' }],
    });
    const review = await callAs(world, 'rita', path);
    expect(review.body.answers).toHaveLength(1);
  });

  it.each<[string, () => Promise<string | undefined>, object]>([
    ['somebody without a session', async () => undefined, { status: 401 }],
    ['a reviewer', async () => world.tokens.omar, { status: 403, body: { code: 'forbidden' } }],
    [
      'the owner of another scope',
      async () => {
        const stranger = makeKey();
        await claimScope(world, 'other', stranger);
        return signIn(world, stranger);
      },
      { status: 403, body: { code: 'forbidden' } },
    ],
  ])('is not taken from %s', async (_, tokenOf, refused) => {
    await ask('Why?');
    expect(await reply(await tokenOf(), 'Trust me.')).toMatchObject(refused);
    const { body } = await call(world, '/api/v1/versions/@acme/report/1.0.0');
    expect(body.answers).toEqual([]);
  });

  it('needs a question, and a version that waits', async () => {
    const early = await reply(world.tokens.author, 'It is fine.');
    await expectAnswer(early, 409, 'move-illegal');
    expect(early.body.detail).toContain('No reviewer has asked');
    await ask('Why?');
    const skill = makeSkill('@acme/report', '1.0.0');
    await expectAnswer(approveIn(world, skill), 201);
    expect(await reply(world.tokens.author, 'Too late.')).toMatchObject({
      status: 409,
      body: { code: 'move-illegal', detail: expect.stringContaining('approved') },
    });
  });

  it('is one of a limited number', async () => {
    await ask('Why?');
    for (let at = 0; at < answersOfVersionMax; at++)
      await expectAnswer(reply(world.tokens.author, `answer ${at}`), 200);
    await expectAnswer(reply(world.tokens.author, 'one more'), 429, 'too-many-requests');
  });
});
