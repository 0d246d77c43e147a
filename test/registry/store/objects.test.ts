/** The promises of each object storage. The registry relies on nothing else of a storage. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { R2Bucket } from '@cloudflare/workers-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskObjects } from '../../../registry/store/disk/disk-objects.ts';
import { type Objects, replaceObject } from '../../../registry/store/objects.ts';
import { r2Objects } from '../../../registry/store/r2-objects.ts';
import { s3Objects } from '../../../registry/store/s3/objects-place.ts';
import { Invocations } from '../cloudflare/invocations.ts';
import { R2 } from '../cloudflare/r2.ts';
import { memoryObjects } from '../world.ts';
import { s3Key, startS3Server, whyNoS3Server } from './s3/s3-server.ts';

interface Storage {
  readonly objects: Objects;
  close(): Promise<void> | void;
}

const storages: Readonly<Record<string, () => Promise<Storage>>> = {
  memory: async () => ({ objects: memoryObjects(new Map()), close: () => undefined }),
  'a disk': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skillgate-objects-'));
    const close = () => rmSync(folder, { recursive: true });
    return { objects: diskObjects(join(folder, 'objects')), close };
  },
  R2: async () => {
    const bucket = new R2(new Invocations(), 0, 0) as unknown as R2Bucket;
    return { objects: r2Objects(bucket), close: () => undefined };
  },
  'an S3 server': async () => {
    const server = await startS3Server();
    const readKeys = async () => s3Key;
    const place = { url: `${server.url}/a prefix`, region: 'us-east-1', readKeys };
    return { objects: s3Objects(place), close: server.close };
  },
};

const bytes = (text: string) => Buffer.from(text);

describe.each(Object.keys(storages))('%s', (name) => {
  const isAbsent = name === 'an S3 server' && whyNoS3Server !== undefined;
  let storage: Storage;
  let objects: Objects;
  let at = 0;
  /** A name that no test has used, of a kind that the registry uses. */
  const fresh = () => `public/index/@acme/skill-${++at}`;
  beforeAll(async () => {
    if (isAbsent) return;
    storage = await (storages[name] ?? Promise.reject)();
    objects = storage.objects;
  });
  afterAll(() => storage?.close());

  it.skipIf(isAbsent)('removes objects, also those that are gone', async () => {
    const [one, two, other] = [fresh(), fresh(), fresh()];
    for (const name of [one, other]) await objects.put(name, bytes('bytes'));
    await objects.remove([one, two]);
    expect([await objects.has(one), await objects.has(other)]).toEqual([false, true]);
    await objects.remove([]);
  });

  it.skipIf(isAbsent)('keeps an object, and replaces it', async () => {
    const one = fresh();
    expect(await objects.get(one)).toBeUndefined();
    expect(await objects.getTagged(one)).toBeUndefined();
    expect(await objects.has(one)).toBe(false);
    await objects.put(one, bytes('first'));
    expect(await objects.has(one)).toBe(true);
    expect(Buffer.from((await objects.get(one)) ?? [])).toEqual(bytes('first'));
    await objects.put(one, bytes('second'));
    expect(Buffer.from((await objects.get(one)) ?? [])).toEqual(bytes('second'));
  });

  it.skipIf(isAbsent)(
    'keeps no bytes, all bytes, and a name with every letter of names',
    async () => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await objects.putAll(
        new Map([
          ['stored/empty', bytes('')],
          ['public/proofs/@a-b/c_d/1.0.0-rc.1+build', all],
          ['public/log/tile/entries/x001/000.p/7', Buffer.alloc(3_000_000, 'x')],
        ]),
      );
      expect((await objects.get('stored/empty'))?.byteLength).toBe(0);
      const kept = await objects.get('public/proofs/@a-b/c_d/1.0.0-rc.1+build');
      expect(Buffer.from(kept ?? [])).toEqual(all);
      expect((await objects.get('public/log/tile/entries/x001/000.p/7'))?.byteLength).toBe(
        3_000_000,
      );
    },
  );

  it.skipIf(isAbsent)(
    'writes over an absent object once, and over no object without its tag',
    async () => {
      const one = fresh();
      expect(await objects.putOver(one, bytes('1'), undefined)).toBe(true);
      expect(await objects.putOver(one, bytes('2'), undefined)).toBe(false);
      const first = await objects.getTagged(one);
      expect(await objects.putOver(one, bytes('2'), first?.tag)).toBe(true);
      expect(await objects.putOver(one, bytes('3'), first?.tag)).toBe(false);
      const second = await objects.getTagged(one);
      expect(second?.tag).not.toBe(first?.tag);
      expect(Buffer.from(second?.bytes ?? [])).toEqual(bytes('2'));
      expect(await objects.putOver(fresh(), bytes('3'), first?.tag)).toBe(false);
    },
  );

  it.skipIf(isAbsent)(
    'lets one of several writers at once win, and loses no line of the others',
    async () => {
      const one = fresh();
      const won = await Promise.all(
        Array.from({ length: 8 }, (_, at) => objects.putOver(one, bytes(`${at}`), undefined)),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      const lines = new Set<number>();
      const file = fresh();
      for (let round = 0; round < 3; round++)
        await Promise.all(
          [0, 1, 2].map(async (writer) => {
            const line = round * 3 + writer;
            await replaceObject(objects, file, async () => {
              lines.add(line);
              return bytes([...lines].join(' '));
            }).catch(() => undefined);
          }),
        );
      await replaceObject(objects, file, async () => bytes([...lines].join(' ')));
      const words = Buffer.from((await objects.get(file)) ?? [])
        .toString()
        .split(' ');
      expect(words.map(Number).sort()).toEqual([...lines].sort());
    },
  );
});
