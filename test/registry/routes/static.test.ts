import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const path = '/index/root.json';

describe('a file whose tag the client has', () => {
  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag, as a proxy weakened it', (tag: string) => `W/${tag}`],
    ['many tags', (tag: string) => `"other", ${tag},W/"third"`],
    ['any tag', () => '*'],
  ])('is not sent again for %s', async (_, sent) => {
    const whole = await world.send(path);
    const tag = `"${hexOf(digestOf(Buffer.from(await whole.arrayBuffer())))}"`;
    const headers = { 'if-none-match': sent(tag) };
    const answer = await world.send(path, { headers });
    expect([answer.status, await answer.text()]).toEqual([304, '']);
    expect(Object.fromEntries(answer.headers)).toEqual({
      etag: tag,
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const head = await world.send(path, { headers, method: 'HEAD' });
    expect(head.status).toBe(304);
  });

  it.each(['"other"', '', '""', 'W/"other", "third"'])('is sent for %j', async (sent) => {
    const answer = await world.send(path, { headers: { 'if-none-match': sent } });
    expect(answer.status).toBe(200);
    expect((await answer.text()).length).toBeGreaterThan(0);
  });
});
