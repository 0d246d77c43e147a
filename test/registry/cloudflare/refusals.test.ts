import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { D1 } from './d1.ts';
import { Invocations, Isolate } from './invocations.ts';
import { isolateBytesMax, isolateRestBytes, queriesOfOneRequestMax } from './limits.ts';
import { R2 } from './r2.ts';

const invocations = new Invocations();
const within = <Result>(task: () => Promise<Result>, isolate = new Isolate()): Promise<Result> =>
  invocations.run(isolate, 'a test', task);
const times = (count: number): undefined[] => Array.from({ length: count });

describe('the D1 of the tests', () => {
  let d1: D1;
  beforeEach(() => {
    d1 = new D1(invocations, 0);
  });
  afterEach(() => d1.close());

  it('answers so many queries of one request, in batches or not, and no more', async () => {
    await within(async () => {
      await d1.batch(times(400).map(() => d1.prepare('SELECT 1')));
      for (const _ of times(queriesOfOneRequestMax - 400)) await d1.prepare('SELECT 1').all();
      expect(await isAnswered(d1.prepare('SELECT 1').all())).toBe(false);
    });
    expect(await within(() => isAnswered(d1.prepare('SELECT 1').all()))).toBe(true);
  });
});

describe('the R2 of the tests', () => {
  it('takes one write a second to a key, and refuses the next one after it was conditional', async () => {
    const r2 = new R2(invocations, 0, 50);
    const bytes = Buffer.from('a');
    const first = await r2.put('a', bytes);
    expect(await r2.put('a', bytes, { onlyIf: { etagDoesNotMatch: '*' } })).toBeNull();
    const same = { onlyIf: { etagMatches: first?.etag ?? '' } };
    await expect(r2.put('a', bytes, same)).rejects.toThrow('10058');
    await r2.put('b', bytes);
    await setTimeout(60);
    expect(await r2.put('a', bytes, same)).not.toBeNull();
  });
});

describe('the memory of an isolate in the tests', () => {
  it('counts what all its requests read until each ends', async () => {
    const r2 = new R2(invocations, 0);
    const isolate = new Isolate();
    const part = (isolateBytesMax - isolateRestBytes) / 4;
    await r2.put('a', new Uint8Array(part));
    const read = (count: number): Promise<unknown> =>
      within(async () => {
        for (const _ of times(count)) await r2.get('a');
        await setTimeout(20);
      }, isolate);
    await Promise.all([read(2), read(2)]);
    await read(4);
    expect(isolate.held).toBe(0);
    await expect(Promise.all([read(2), read(3)])).rejects.toThrow('memory');
  });
});

function isAnswered(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => true,
    () => false,
  );
}
