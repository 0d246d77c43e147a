import { expect, it, vi } from 'vitest';
import { makeCloudflare } from '../../cloudflare/cloudflare.ts';
import { makeCast } from '../../contract/cast.ts';
import { makeRoot } from '../../people.ts';
import { call, makeSkill } from '../../road.ts';

it('the cron trigger of a Worker embeds skills, and a search asks for its own vector', async ({
  onTestFinished,
}) => {
  const sent: string[] = [];
  // Every skill but the last has another direction than the query.
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    const { input } = JSON.parse(String(body)) as { input: string[] };
    sent.push(...input);
    return Response.json({
      data: input.map((text, index) => ({
        index,
        embedding: /^a: /.test(text) ? [1, 0] : [0, -1],
      })),
    });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const trust = makeRoot();
  const settings = {
    EMBEDDINGS: JSON.stringify({ address: 'https://models.example/v1', model: 'm' }),
    EMBEDDINGS_KEY: 'key',
  };
  const cloudflare = makeCloudflare(trust, { settings });
  onTestFinished(() => cloudflare.close());
  const send = cloudflare.send(0);
  const cast = await makeCast({ send, trust });
  for (const name of ['a', 'b', 'c', 'd'])
    await cast.release(makeSkill(`@acme/${name}`, '1.0.0', { files: { 'notes.md': name } }));
  for (let runs = 0; runs < 3; runs++) await cloudflare.cron();
  expect(sent.toSorted()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}: Counts words.`));
  const { body } = await call(send, '/api/v1/search?q=counts%20words');
  expect(body.results.map(({ name }: { name: string }) => name)).toEqual(
    ['b', 'a', 'c', 'd'].map((name) => `@acme/${name}`),
  );
  expect(sent.at(-1)).toBe('counts words');
}, 60_000);
