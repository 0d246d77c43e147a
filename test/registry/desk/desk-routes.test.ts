import { beforeAll, describe, expect, it } from 'vitest';
import { linkOf, type Visitor, visitor } from '../desk-visit.ts';
import { callAs, deskOf, expectAnswer } from '../steps.ts';
import { oneWorld } from '../world.ts';

const world = oneWorld();
let rita: Visitor;

beforeAll(async () => {
  rita = await deskOf(world, 'rita');
});

describe('signing in', () => {
  it('by a link: looking at it changes nothing, the button uses it up', async () => {
    const { send, tokens } = world;
    const link = await linkOf(send, tokens.rita);
    const me = visitor(send);
    for (const _ of [1, 2])
      expect((await me.get(link)).html).toContain('Sign in as <bdi>rita</bdi>');
    expect(me.cookie).toBe('');
    const secret = { link: link.split('link=')[1] ?? '' };
    const done = await me.post('/sign-in', secret);
    expect(done).toMatchObject({ status: 303, location: '/review' });
    expect(done.headers.get('set-cookie')).toMatch(
      /^__Host-skillgate=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await me.get('')).html).toContain('<h1>');
    const again = visitor(send);
    await expectAnswer(again.post('/sign-in', secret), 401);
    expect(again.cookie).toBe('');
  });

  it('ends when one signs out, here and for a copy of the cookie', async () => {
    const me = await deskOf(world, 'rita');
    const copy = visitor(world.send);
    copy.cookie = me.cookie;
    await me.post('/sign-out');
    expect(await copy.get('')).toMatchObject({ status: 303, location: '/review/sign-in' });
  });

  it('lets a scanner and an author see nothing', async () => {
    const scanner = await deskOf(world, 'scanner');
    await expectAnswer(scanner.get(''), 403);
    await expectAnswer(callAs(world, 'author', '/api/v1/session/link', {}), 403);
  });
});

describe('without a session', () => {
  const paths = [
    '/@acme/count/1.0.1',
    '/passkeys',
    `/@acme/count/1.0.1/approvals/sha256:${'0'.repeat(64)}`,
  ];
  it.each(paths)('nothing is shown at %s', async (path) => {
    const page = await visitor(world.send).get(path);
    expect(page).toMatchObject({ status: 401 });
    expect(page.html).toContain('skillgate login --browser');
  });

  const actions = ['approve', 'refuse', 'ask', 'move', 'claim'].map(
    (action) => `/@acme/count/1.0.1/${action}`,
  );
  it.each([...actions, '/passkeys', `/@acme/count/1.0.1/approvals/sha256:${'0'.repeat(64)}`])(
    'nothing is done by POST %s',
    async (path) => {
      await expectAnswer(visitor(world.send).post(path, { reason: 'x', response: '{}' }), 401);
    },
  );

  it('a malformed form is the sender’s fault', async () => {
    const path = '/sign-in';
    const headers = {
      origin: 'null',
      'sec-fetch-site': 'same-origin',
      'content-type': 'multipart/form-data; boundary=x',
    };
    const page = await visitor(world.send).post(path, { no: 'multipart' }, headers);
    expect(page).toMatchObject({ status: 400 });
    expect(page.html).toContain('it is malformed');
  });
});

describe('the desk', () => {
  it.each([
    ['/@acme/nothing/1.0.0', 404],
    ['/@acme/count/latest', 400],
    [`/@acme/count/1.0.1/approvals/sha256:${'0'.repeat(64)}`, 404],
  ])('answers %s with a page', async (path, status) => {
    const page = await rita.get(path);
    expect(page.status).toBe(status);
    expect(page.html).toMatch(/^<!doctype html>/);
  });

  it('takes no more than a form', async () => {
    await expectAnswer(rita.post('/@acme/count/1.0.1/ask', { reason: 'x'.repeat(100_000) }), 413);
  });

  it('serves its style, script and icon under names that change with them, and the script weighs at most 6 KB', async () => {
    const page = await visitor(world.send).get('/sign-in');
    const assets = [...page.html.matchAll(/"\/review(\/assets\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(assets).toHaveLength(3);
    for (const path of assets) {
      const { status, headers, html } = await visitor(world.send).get(path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(path).toMatch(/-[0-9a-f]{12}\./);
      if (path.endsWith('.js')) expect(Buffer.byteLength(html)).toBeLessThanOrEqual(6 * 1024);
    }
  });

  it('lets no page lie in a cache, and meets no failure on the way', async () => {
    expect((await rita.get('')).headers.get('cache-control')).toBe('no-store');
    expect(world.errors).toEqual([]);
  });
});
