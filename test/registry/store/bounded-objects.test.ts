import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  boundedObjects,
  type ObjectPatience,
  StorageSilent,
} from '../../../registry/store/bounded-objects.ts';
import type { Objects } from '../../../registry/store/objects.ts';
import { memoryObjects } from '../world.ts';

const patience: ObjectPatience = { waitMs: 60, silentMs: 20, overdueMax: 3, probeMs: 150 };
const bytes = Buffer.from('bytes');

function hanging(): {
  readonly objects: Objects;
  readonly begun: () => number;
  readonly answerAll: () => void;
} {
  let begun = 0;
  const waiting: (() => void)[] = [];
  const inner = memoryObjects(new Map());
  const put: Objects['put'] = async (name, given) => {
    begun++;
    await new Promise<void>((resolve) => waiting.push(resolve));
    await inner.put(name, given);
  };
  return {
    objects: boundedObjects({ ...inner, put }, patience),
    begun: () => begun,
    answerAll: () => {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

describe('a storage that hangs', () => {
  it('fails in time, later at once, and holds few writes in memory', async () => {
    const { objects, begun } = hanging();
    const start = Date.now();
    for (let at = 0; at < 20; at++)
      await expect(objects.put(`a/${at}`, bytes)).rejects.toThrow(StorageSilent);
    expect(Date.now() - start).toBeLessThan(2_000);
    expect(begun()).toBeLessThanOrEqual(4);
    // Reads are answered meanwhile.
    expect(await objects.get('a/0')).toBeUndefined();
  });

  it('is tried again after a while, and then takes everything', async () => {
    const { objects, begun, answerAll } = hanging();
    for (let at = 0; at < 6; at++)
      await expect(objects.put(`a/${at}`, bytes)).rejects.toThrow(StorageSilent);
    const before = begun();
    await pause(patience.probeMs);
    const tried = objects.put('a/probe', bytes);
    answerAll();
    await tried;
    expect(begun()).toBe(before + 1);
    const all = [1, 2, 3, 4, 5].map((at) => objects.put(`b/${at}`, bytes));
    answerAll();
    await Promise.all(all);
    expect(await objects.get('b/5')).toEqual(bytes);
  });

  it('that only was slow has what it was asked, and a write that compares puts nothing old over it', async () => {
    const inner = memoryObjects(new Map());
    let answer = (): void => undefined;
    let held: Promise<void> | undefined = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const putOver: Objects['putOver'] = async (...given) => {
      await held;
      return inner.putOver(...given);
    };
    const objects = boundedObjects({ ...inner, putOver }, patience);
    await expect(objects.putOver('a', Buffer.from('old'), undefined)).rejects.toThrow(
      StorageSilent,
    );
    held = undefined;
    expect(await objects.putOver('a', Buffer.from('new'), undefined)).toBe(true);
    answer();
    await pause(10);
    expect(Buffer.from((await objects.get('a')) ?? []).toString()).toBe('new');
  });
});

describe('a storage that answers', () => {
  it('slowly, or with a failure, is heard', async () => {
    const inner = memoryObjects(new Map());
    const objects = boundedObjects(
      {
        ...inner,
        get: async () => {
          await pause(20);
          return bytes;
        },
        has: () => Promise.reject(new Error('EIO')),
      },
      patience,
    );
    expect(await objects.get('a')).toBe(bytes);
    await expect(objects.has('a')).rejects.toThrow('EIO');
  });

  it('in time is heard though this process was busy', async () => {
    const objects = boundedObjects(
      {
        ...memoryObjects(new Map()),
        get: async () => {
          await pause(5);
          return bytes;
        },
      },
      patience,
    );
    const read = objects.get('a');
    const start = Date.now();
    while (Date.now() - start < 3 * patience.waitMs);
    expect(await read).toBe(bytes);
  });

  it('has longer for more bytes', async () => {
    const objects = boundedObjects(
      { ...memoryObjects(new Map()), put: () => pause(150) },
      patience,
    );
    await objects.put('a', new Uint8Array(512 * 1024));
    await expect(objects.put('a', bytes)).rejects.toThrow(StorageSilent);
  });
});
