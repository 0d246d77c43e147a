import { describe, expect, it, onTestFinished } from 'vitest';
import { requireDocumented } from './documented-answers.ts';
import { makeWorld } from './world.ts';

describe('an answer of the API in a test', () => {
  const scope = { method: 'GET', path: '/api/v1/scopes/acme' };
  const answerOf = (status: number, body: object): Response =>
    Response.json(body, {
      status,
      headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    });
  const problem = (status: number, code: string): Response =>
    answerOf(status, { type: '', title: '', status, code, detail: '', hint: '', reasons: [] });

  it.each([
    ['has a status of the document', scope, problem(404, 'not-found'), undefined],
    [
      'has a status that the document lacks',
      scope,
      problem(409, 'move-illegal'),
      /lacks the answer/,
    ],
    [
      'has the code of another route',
      scope,
      problem(404, 'key-unknown'),
      /code must be equal to one/,
    ],
    [
      'has a media type that the document lacks',
      scope,
      new Response('not-found', { status: 404, headers: { 'content-type': 'text/plain' } }),
      /lacks the media type/,
    ],
    ['lacks a part of its body', scope, answerOf(200, { scope: 'acme' }), /must have required/],
    [
      'is of the more exact of two routes',
      { method: 'GET', path: '/api/v1/members/pending' },
      answerOf(200, { statement: null }),
      /pending/,
    ],
    ['is of no route', { method: 'GET', path: '/api/v1/nothing' }, problem(404, 'x'), undefined],
  ])('that %s', async (_, request, answer, why) => {
    const world = await makeWorld();
    onTestFinished(() => world.close());
    const checked = requireDocumented(world.send, request, answer);
    if (why === undefined) await checked;
    else await expect(checked).rejects.toThrow(why);
  });
});
