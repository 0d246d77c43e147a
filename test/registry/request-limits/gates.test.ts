import { describe, expect, it } from 'vitest';
import { makeKey } from '../people.ts';
import { call, claimScope, makeSkill, signIn } from '../road.ts';
import { callAs, expectAnswer, publishIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('the door of the registry', () => {
  const world = oneWorld();

  it.each([['evil.example'], ['localhost.evil.example'], ['localhost:9999'], ['127.0.0.1']])(
    'answers 421 to the host name %s',
    async (host) => {
      for (const path of ['/index/config.json', '/review', '/api/v1/search']) {
        const answer = await world.send(path, { headers: { host } });
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
          421,
          'host-unknown',
        ]);
      }
    },
  );

  it.each([
    ['10.42.0.7:4880', 200],
    ['127.0.0.1', 200],
    ['[fd00::7]:4880', 200],
    // A page whose name was pointed at this machine.
    ['evil.example', 421],
    ['10.42.0.7.evil.example', 421],
    ['127.0.0.1@evil.example', 421],
    ['', 421],
  ])('answers the probe of a supervisor at %j with %d', async (host, status) => {
    for (const path of ['/healthz', '/readyz'])
      expect((await world.send(path, { headers: { host } })).status).toBe(status);
    await expectAnswer(world.send('/review', { headers: { host } }), 421);
  });

  const json = { 'content-type': 'application/json' };
  it.each<[string, Record<string, string>, number]>([
    ['another site', { origin: 'https://evil.example' }, 403],
    ['another port', { origin: 'http://localhost:1234' }, 403],
    ['another scheme', { origin: 'https://localhost' }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
    ['a sandboxed frame of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['another site that hides its origin', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling that hides its origin', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { origin: 'http://localhost' }, 200],
    ['our own form without a referrer', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 200],
    ['no browser', {}, 200],
  ])('judges a POST from %s', async (_, headers, status) => {
    const body = JSON.stringify({ keyId: world.rita.keyId });
    const answer = await world.send('/api/v1/session/challenge', {
      method: 'POST',
      body,
      headers: { ...json, ...headers },
    });
    expect(answer.status).toBe(status);
  });

  it('refuses a body over the limit before it reads it, also one without a length', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    });
    const answer = await world.send('/api/v1/session', {
      method: 'POST',
      body: endless,
      headers: json,
      duplex: 'half',
    } as RequestInit);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      413,
      'request-too-large',
    ]);
  });

  it.each([
    ['not JSON', '{', 400],
    ['a key too many', '{"keyId":"sha256:00","more":1}', 400],
    ['no digest', '{"keyId":"abc"}', 400],
  ])('answers a body that is %s with a problem that says where', async (_, body, status) => {
    const answer = await world.send('/api/v1/session/challenge', {
      method: 'POST',
      body,
      headers: json,
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status,
      code: 'request-invalid',
      hint: expect.any(String),
    });
  });

  it.each(['download/x', 'stars/x', 'transfers', 'publishers', 'tokens'])(
    'keeps /api/v1/%s free',
    async (path) => {
      await expectAnswer(call(world, `/api/v1/${path}`), 404, 'not-found');
    },
  );

  it('lets a scanner read every blob, an author their own, and a stranger none', async () => {
    const { send } = world;
    const skill = makeSkill('@acme/secret', '1.0.0');
    await publishIn(world, skill);
    const path = `/api/v1/blobs/sha256/${skill.packed.digest.slice(7)}`;
    await expectAnswer(callAs(world, 'scanner', path), 200);
    await expectAnswer(callAs(world, 'author', path), 200);
    await expectAnswer(call(send, path), 401);
    const stranger = makeKey();
    await claimScope(send, 'others', stranger);
    await expectAnswer(call(send, path, { token: await signIn(send, stranger) }), 404);
    await expectAnswer(send(path.replace('/api/v1', '')), 404);
  });

  it('shows the queue, members and drafts to nobody without the role', async () => {
    for (const path of ['/reviews', '/reviews/@acme/x/1.0.0', '/members', '/members/pending']) {
      await expectAnswer(call(world, `/api/v1${path}`), 401);
      await expectAnswer(callAs(world, 'author', `/api/v1${path}`), 403);
    }
  });
});
