import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidencePackPath } from '../../../skills-index/client/pack-form.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { readLine } from '../contract/read-line.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { makeStaffedWorld, makeWorld, type Staffed, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const path = '/index/root.json';

describe('a file for installers', () => {
  const skill = makeSkill('@acme/packed', '1.0.0');
  let staffed: Staffed;
  beforeAll(async () => {
    staffed = await makeStaffedWorld();
    await publishApproved(staffed, skill);
  });
  afterAll(() => staffed.close());

  it('is sent with gzip to who takes gzip, and as it is to everybody else', async () => {
    const line = await readLine(staffed.send, skill);
    for (const path of [
      `/index/${line.name}`,
      `/proofs/${line.name}/${line.version}`,
      evidencePackPath(line),
    ]) {
      const plain = await staffed.send(path, { headers: { 'accept-encoding': 'gzip;q=0, br' } });
      const bytes = Buffer.from(await plain.arrayBuffer());
      expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
        null,
        'accept-encoding',
      ]);
      for (const _ of ['packed now', 'packed before']) {
        const answer = await staffed.send(path, { headers: { 'accept-encoding': 'gzip' } });
        const sent = Buffer.from(await answer.arrayBuffer());
        expect(gunzipSync(sent)).toEqual(bytes);
        expect(sent.byteLength).toBeLessThan(0.7 * bytes.byteLength);
        expect(Object.fromEntries(answer.headers)).toMatchObject({
          'content-encoding': 'gzip',
          etag: `W/${plain.headers.get('etag')}`,
          vary: 'accept-encoding',
        });
      }
      const tag = `"${hexOf(digestOf(bytes))}"`;
      const headers = { 'accept-encoding': 'gzip', 'if-none-match': tag };
      const unchanged = await staffed.send(path, { headers });
      expect([unchanged.status, unchanged.headers.get('content-encoding')]).toEqual([304, null]);
      expect(unchanged.headers.get('etag')).toBe(`W/${tag}`);
      const other = { 'accept-encoding': 'br', 'if-none-match': `W/${tag}` };
      const unpacked = await staffed.send(path, { headers: other });
      expect([unpacked.status, unpacked.headers.get('etag')]).toEqual([304, tag]);
    }
  });
});

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

  it.each(['"other"', ''])('is sent for %j', async (sent) => {
    const answer = await world.send(path, { headers: { 'if-none-match': sent } });
    expect(answer.status).toBe(200);
    expect((await answer.text()).length).toBeGreaterThan(0);
  });
});
