import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answersOfVersionMax } from '../../../registry/review/notes.ts';
import { signedIn } from '../desk-visit.ts';
import { makeKey } from '../people.ts';
import {
  type Answer,
  approve,
  call,
  claimScope,
  makeSkill,
  publish,
  scan,
  signIn,
} from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

const path = '/api/v1/reviews/@acme/report/1.0.0';
let world: Staffed;
beforeEach(async () => {
  world = await makeStaffedWorld();
  const skill = makeSkill('@acme/report', '1.0.0');
  await publish(world.send, skill, world.author);
  await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
});
afterEach(() => world.close());

const ask = (reason: string): Promise<Answer> =>
  call(world.send, `${path}/ask`, { token: world.tokens.rita, json: { reason } });
const reply = (token: string | undefined, text: string): Promise<Answer> =>
  call(world.send, `${path}/answer`, { ...(token === undefined ? {} : { token }), json: { text } });

describe('an answer of the author', () => {
  it('stands beside the question, for everybody who asks for the version', async () => {
    expect((await ask('Why does it read TOKEN?')).status).toBe(200);
    expect((await reply(world.tokens.author, ' For the report. ')).status).toBe(200);
    const { body } = await call(world.send, '/api/v1/versions/@acme/report/1.0.0');
    expect(body).toMatchObject({
      status: 'in review',
      questions: [{ by: 'rita', text: 'Why does it read TOKEN?' }],
      answers: [{ text: 'For the report.' }],
    });
    const review = await call(world.send, path, { token: world.tokens.rita });
    expect(review.body.answers).toHaveLength(1);
  });

  it('follows the question at the desk, where the reviewer asked', async () => {
    const desk = await signedIn(world.send, world.tokens.rita);
    const version = '/@acme/report/1.0.0';
    const asked = await desk.post(`${version}/ask`, { reason: 'Why does it read TOKEN?' });
    expect(asked.location).toBe('/review/@acme/report/1.0.0?done=asked');
    world.wait(60_000);
    await reply(world.tokens.author, 'For the <b>report</b>.');
    const { html } = await desk.get(version);
    expect(html).toMatch(
      /Questions and answers[\s\S]*rita[\s\S]*Why does it read TOKEN\?[\s\S]*author[\s\S]*For the &lt;b&gt;report/,
    );
  });

  it.each<[string, () => Promise<string | undefined>, object]>([
    ['somebody without a session', async () => undefined, { status: 401 }],
    ['a reviewer', async () => world.tokens.omar, { status: 403, body: { code: 'forbidden' } }],
    [
      'the owner of another scope',
      async () => {
        const stranger = makeKey();
        await claimScope(world.send, 'other', stranger);
        return signIn(world.send, stranger);
      },
      { status: 403, body: { code: 'forbidden' } },
    ],
  ])('is not taken from %s', async (_, tokenOf, refused) => {
    await ask('Why?');
    expect(await reply(await tokenOf(), 'Trust me.')).toMatchObject(refused);
    const { body } = await call(world.send, '/api/v1/versions/@acme/report/1.0.0');
    expect(body.answers).toEqual([]);
  });

  it('needs a question, and a version that waits', async () => {
    const early = await reply(world.tokens.author, 'It is fine.');
    expect(early).toMatchObject({ status: 409, body: { code: 'move-illegal' } });
    expect(early.body.detail).toContain('No reviewer has asked');
    await ask('Why?');
    const skill = makeSkill('@acme/report', '1.0.0');
    expect((await approve(world.send, world.tokens.rita, world.rita, skill)).status).toBe(201);
    expect(await reply(world.tokens.author, 'Too late.')).toMatchObject({
      status: 409,
      body: { code: 'move-illegal', detail: expect.stringContaining('approved') },
    });
  });

  it('is one of a limited number', async () => {
    await ask('Why?');
    for (let at = 0; at < answersOfVersionMax; at++)
      expect((await reply(world.tokens.author, `answer ${at}`)).status).toBe(200);
    expect(await reply(world.tokens.author, 'one more')).toMatchObject({
      status: 429,
      body: { code: 'too-many-requests' },
    });
  });
});
