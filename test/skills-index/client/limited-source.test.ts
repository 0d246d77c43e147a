import { describe, expect, it, vi } from 'vitest';
import {
  type FileAnswer,
  fetchBlob,
  fetchFile,
  type GetFile,
  type Source,
} from '../../../skills-index/client/blobs.ts';
import { stagedStore, withDeadline, withSum } from '../../../skills-index/client/limited-source.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

const sourceOf = (fetch: GetFile): Source => ({
  fetch,
  store: memoryStore(),
  base: 'https://skills.example',
});
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
const answerWith = (...chunks: (Uint8Array | Promise<Uint8Array>)[]): FileAnswer => ({
  ok: true,
  status: 200,
  body: {
    async *[Symbol.asyncIterator]() {
      for (const chunk of chunks) yield await chunk;
    },
    cancel: async () => undefined,
  },
});
const soon = 30;

describe('the time of one admission', () => {
  it.each<[string, GetFile]>([
    ['never answers', (_, { signal }) => untilAborted(signal)],
    [
      'never ends its answer',
      async (_, { signal }) => answerWith(Buffer.from('x'), untilAborted(signal)),
    ],
  ])('is over for a registry that %s, whatever its single requests may take', async (_, fetch) => {
    const source = withDeadline(sourceOf(fetch), soon);
    const asked = Promise.all(['/a', '/b', '/c'].map((path) => fetchFile(source, path, 100)));
    await expect(asked).rejects.toMatchObject({
      code: 'registry-down',
      message: expect.stringContaining('took longer than'),
    });
  });

  it('ends the request itself, and not the wait for it alone', async () => {
    const over = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal);
    let given: AbortSignal | undefined;
    const source = withDeadline(
      sourceOf((_, { signal }) => {
        given = signal;
        return untilAborted(signal);
      }),
    );
    const asked = source.fetch('https://skills.example/a', {
      signal: new AbortController().signal,
      redirect: 'error',
      headers: {},
    });
    over.abort();
    expect(given?.aborted).toBe(true);
    await expect(asked).rejects.toMatchObject({ code: 'registry-down' });
    vi.restoreAllMocks();
  });

  it('changes nothing for one that answers', async () => {
    const source = withDeadline(
      sourceOf(async () => answerWith(Buffer.from('ab'), Buffer.from('c'))),
    );
    expect(Buffer.from((await fetchFile(source, '/a', 100)) ?? []).toString()).toBe('abc');
  });
});

describe('the sum of one admission', () => {
  it('is counted over all answers, each of which is small enough', async () => {
    const source = withSum(
      sourceOf(async () => answerWith(Buffer.alloc(60))),
      150,
    );
    for (const path of ['/a', '/b']) expect(await fetchFile(source, path, 100)).toHaveLength(60);
    await expect(fetchFile(source, '/c', 100)).rejects.toMatchObject({
      code: 'registry-answer-invalid',
      message: expect.stringContaining('more than 150 bytes'),
    });
  });
});

describe('a staged store', () => {
  it('keeps blobs and tiles when it is told to, and statuses at once', async () => {
    const real = memoryStore();
    const store = stagedStore(real);
    const bytes = Buffer.from('a blob');
    const source: Source = { ...sourceOf(async () => answerWith(bytes)), store };
    await fetchBlob(source, digestOf(bytes));
    await store.putNamed('log/tile/0/000', bytes);
    await store.putNamed('status.json', bytes);
    expect(await store.get(digestOf(bytes))).toEqual(bytes);
    expect([await real.get(digestOf(bytes)), await real.getNamed('log/tile/0/000')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(await real.getNamed('status.json')).toEqual(bytes);
    await store.keep();
    expect([await real.get(digestOf(bytes)), await real.getNamed('log/tile/0/000')]).toEqual([
      bytes,
      bytes,
    ]);
  });
});
