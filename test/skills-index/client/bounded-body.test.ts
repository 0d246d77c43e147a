import { expect, it } from 'vitest';
import { readBoundedBody } from '../../../skills-index/client/bounded-body.ts';

it.each([
  { name: 'no body', chunks: undefined, expected: '' },
  { name: 'an empty body', chunks: [], expected: '' },
  { name: 'a body of exactly the limit', chunks: ['ab', 'cd'], expected: 'abcd' },
  { name: 'one byte more', chunks: ['ab', 'cde'], expected: undefined },
])('reads $name', async ({ chunks, expected }) => {
  const body = chunks?.values().map((text) => Buffer.from(text));
  const bytes = await readBoundedBody(body === undefined ? null : inTurn(body), 4);
  expect(bytes?.toString()).toBe(expected);
});

it('reads no further than the limit of a body without an end', async () => {
  let sent = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      sent++;
      yield Buffer.alloc(1_000);
    }
  }
  expect(await readBoundedBody(endless(), 2_500)).toBeUndefined();
  expect(sent).toBe(3);
});

async function* inTurn(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
