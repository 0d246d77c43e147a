import { describe, expect, it } from 'vitest';
import { parseEmbedderSettings } from '../../../../registry/catalogue/meaning/embedder-settings.ts';
import { openAiEmbedder } from '../../../../registry/catalogue/meaning/openai-embedder.ts';

const key = 'sk-secret-of-the-operator';
const settings = parseEmbedderSettings({ address: 'https://models.example/v1', model: 'm' }, key);

const answering = (answer: () => Response | Promise<Response>) =>
  openAiEmbedder(settings, async () => answer());
const embed = (answer: () => Response | Promise<Response>, ms = 5_000) =>
  answering(answer).embed(['a', 'b'], AbortSignal.timeout(ms));
const vectors = (...data: unknown[]) => Response.json({ data });

it('asks in the form of OpenAI, and puts the vectors into the order of the texts', async () => {
  let asked: [string, RequestInit | undefined] | undefined;
  const embedder = openAiEmbedder(settings, async (input, init) => {
    asked = [String(input), init];
    return vectors({ index: 1, embedding: [0, 1] }, { index: 0, embedding: [1, 0.5] });
  });
  expect(await embedder.embed(['a', 'b'], AbortSignal.timeout(5_000))).toEqual([
    new Float32Array([1, 0.5]),
    new Float32Array([0, 1]),
  ]);
  expect(asked?.[0]).toBe('https://models.example/v1/embeddings');
  expect(asked?.[1]).toMatchObject({
    method: 'POST',
    redirect: 'manual',
    headers: { authorization: `Bearer ${key}` },
  });
  expect(JSON.parse(String(asked?.[1]?.body))).toEqual({
    model: 'm',
    input: ['a', 'b'],
    encoding_format: 'float',
  });
});

const endless = () =>
  new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(1024 * 1024, 32)),
    }),
  );

describe('a model', () => {
  it.each<[string, () => Response, RegExp]>([
    ['sends 100 MB', endless, /more than \d+ bytes/],
    [
      'redirects',
      () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }),
      /answers 302/,
    ],
    ['sends NaN', () => new Response('{"data":[{"index":0,"embedding":[NaN]}]}'), /not JSON/],
    [
      'sends an infinite number',
      () => new Response('{"data":[{"index":0,"embedding":[1e999]},{"index":1,"embedding":[1]}]}'),
      /another form/,
    ],
    [
      'sends vectors of different lengths',
      () => vectors({ index: 0, embedding: [1] }, { index: 1, embedding: [1, 2] }),
      /one length/,
    ],
    ['sends too few vectors', () => vectors({ index: 0, embedding: [1] }), /one length/],
    [
      'sends a vector twice',
      () => vectors({ index: 0, embedding: [1] }, { index: 0, embedding: [1] }),
      /one length/,
    ],
    ['sends no vectors', () => Response.json({ error: key }), /another form/],
    ['fails', () => new Response(key, { status: 500 }), /answers 500/],
    [
      'sends a vector of 5,000 numbers',
      () => vectors({ index: 0, embedding: new Array(5_000).fill(1) }),
      /another form/,
    ],
  ])('that %s fails, and no message has the key', async (_, answer, message) => {
    const problem = await embed(answer).catch((thrown: unknown) => thrown);
    expect(problem).toMatchObject({
      code: 'embedder-failed',
      message: expect.stringMatching(message),
    });
    expect(`${problem} ${JSON.stringify(problem)}`).not.toContain(key);
  });

  it('that is slow or gone fails in time', async () => {
    const slow = openAiEmbedder(
      settings,
      (_, init) =>
        new Promise((_resolve, reject) =>
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
        ),
    );
    await expect(slow.embed(['a'], AbortSignal.timeout(50))).rejects.toThrow(
      'did not answer in time',
    );
    await expect(embed(() => Promise.reject(new TypeError('fetch failed')))).rejects.toThrow(
      'cannot be reached',
    );
  });

  it('that refuses a text says so by another code', async () => {
    await expect(embed(() => new Response('too long', { status: 400 }))).rejects.toMatchObject({
      code: 'embedder-refused',
    });
  });
});

describe('the settings of a model', () => {
  it.each([
    ['http://127.0.0.1:11434/v1/', 'http://127.0.0.1:11434/v1/embeddings'],
    ['https://models.example/v1/embeddings', 'https://models.example/v1/embeddings'],
  ])('may have the address %s', (address, url) => {
    expect(parseEmbedderSettings({ address, model: 'm' }, undefined)).toMatchObject({
      url,
      includesPrivate: false,
    });
  });

  it.each([
    [{ address: 'http://models.example/v1', model: 'm' }, /plain text/],
    [{ address: 'https://user:pass@models.example/v1', model: 'm' }, /user name/],
    [{ address: 'https://models.example/v1?key=a', model: 'm' }, /query/],
    [{ address: 'models', model: 'm' }, /no address/],
    [{ address: 'https://models.example/v1' }, /a name/],
  ])('may not be %j', (given, message) => {
    expect(() => parseEmbedderSettings(given, undefined)).toThrow(message);
  });

  it('may have no key with a line end, and the refusal does not repeat the key', () => {
    expect(() =>
      parseEmbedderSettings({ address: 'https://a.example', model: 'm' }, 'a\nb'),
    ).toThrow(
      /^Cannot use the model for searches: its key has a space, a control character or more than 500 characters$/,
    );
  });
});
