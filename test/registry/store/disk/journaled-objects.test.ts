import fs, {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeObjectCopier } from '../../../../registry/backup/copy-objects.ts';
import { journalPaths, readJournals } from '../../../../registry/store/disk/blob-journal.ts';
import { diskObjects } from '../../../../registry/store/disk/disk-objects.ts';
import {
  type JournaledObjects,
  openJournaledObjects,
} from '../../../../registry/store/disk/journaled-objects.ts';
import {
  journalBlobsBytesMax,
  pendingBytesMax,
  pendingRetryMs,
} from '../../../../registry/store/disk/limits.ts';
import { objectPath } from '../../../../registry/store/disk/object-paths.ts';
import { putNewBlobs, storedBlobName } from '../../../../registry/store/objects.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { folderWith } from '../../../cli/temporary-folder.ts';

const blobs = ['a', 'b', 'c', 'd', 'e', 'f'].map((text) => Buffer.from(text.repeat(100)));
const nameOf = (bytes: Uint8Array): string => storedBlobName(digestOf(bytes));

let dir: string;
let said: string[];
const opened: JournaledObjects[] = [];
const open = async (): Promise<JournaledObjects> => {
  const folder = join(dir, 'objects');
  const objects = await openJournaledObjects({ dir, folder, say: (line) => said.push(line) });
  opened.push(objects);
  return objects;
};
const fileOf = (bytes: Uint8Array): string => objectPath(join(dir, 'objects'), nameOf(bytes));
const journalBytes = (): number =>
  journalPaths(dir).reduce((sum, path) => sum + statSync(path).size, 0);

beforeEach(() => {
  dir = folderWith();
  said = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const objects of opened.splice(0)) await objects.close().catch(() => undefined);
});

describe('small blobs in the journal', () => {
  it('last after one sync, are read at once, and get files of their own', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const objects = await open();
    const [files, folders] = [vi.spyOn(fs, 'fdatasync'), vi.spyOn(fs, 'fsync')];
    await putNewBlobs(objects, blobs);
    expect([files.mock.calls.length, folders.mock.calls.length]).toEqual([1, 0]);
    for (const bytes of blobs) {
      expect(existsSync(fileOf(bytes))).toBe(false);
      expect(await objects.has(nameOf(bytes))).toBe(true);
      expect(await objects.get(nameOf(bytes))).toEqual(bytes);
    }
    vi.advanceTimersByTime(2_000);
    await vi.waitFor(() => expect(journalBytes()).toBe(0));
    for (const bytes of blobs) {
      expect(readFileSync(fileOf(bytes))).toEqual(bytes);
      expect(await objects.get(nameOf(bytes))).toEqual(bytes);
    }
  });

  it('share syncs with others that come meanwhile', async () => {
    const objects = await open();
    const files = vi.spyOn(fs, 'fdatasync');
    await Promise.all(blobs.map((bytes) => putNewBlobs(objects, [bytes])));
    expect(files).toHaveBeenCalledTimes(2);
    expect([...readJournals(dir).keys()].sort()).toEqual(blobs.map(nameOf).sort());
  });

  it('of a killed process get their files at the next start, up to a record that was cut off', async () => {
    await putNewBlobs(await open(), blobs);
    const [used = ''] = journalPaths(dir).filter((path) => statSync(path).size > 0);
    const whole = readFileSync(used);
    // A power failure: no file of a blob was written, and the last record is not whole.
    rmSync(join(dir, 'objects'), { recursive: true, force: true });
    appendFileSync(used, whole.subarray(0, 60));
    await open();
    for (const bytes of blobs) expect(readFileSync(fileOf(bytes))).toEqual(bytes);
    expect(journalBytes()).toBe(0);
    writeFileSync(used, whole.subarray(0, -1));
    expect(readJournals(dir).size).toBe(blobs.length - 1);
  });

  it('replace files that a power failure damaged', async () => {
    await putNewBlobs(await open(), blobs);
    const damaged = blobs[0] ?? Buffer.alloc(0);
    await diskObjects(join(dir, 'objects')).put(nameOf(damaged), Buffer.alloc(100));
    await open();
    expect(readFileSync(fileOf(damaged))).toEqual(damaged);
  });

  it('do not come back when they are removed', async () => {
    const objects = await open();
    await putNewBlobs(objects, blobs);
    await objects.remove(blobs.map(nameOf));
    expect(journalBytes()).toBe(0);
    const next = await open();
    for (const bytes of blobs) expect(await next.get(nameOf(bytes))).toBe(undefined);
  });

  it('that need not last are read at once, and recorded after the answer', async () => {
    const objects = await open();
    const syncs = vi.spyOn(fs, 'fdatasync');
    const [soon, later, lasting] = blobs as [Buffer, Buffer, Buffer];
    await objects.putAll(new Map([[nameOf(soon), soon]]), { isRebuildable: true });
    expect(await objects.get(nameOf(soon))).toEqual(soon);
    expect(readJournals(dir).size).toBe(0);
    await new Promise(setImmediate);
    expect([...readJournals(dir).keys()]).toEqual([nameOf(soon)]);
    expect(syncs).not.toHaveBeenCalled();
    // A blob that has to last takes the waiting record along.
    await objects.putAll(new Map([[nameOf(later), later]]), { isRebuildable: true });
    await putNewBlobs(objects, [lasting]);
    const names = [soon, later, lasting].map(nameOf);
    expect([...readJournals(dir).keys()].sort()).toEqual(names.sort());
  });

  it('that need not last do not come back when they are removed before their record', async () => {
    const objects = await open();
    const [soon] = blobs as [Buffer];
    await objects.putAll(new Map([[nameOf(soon), soon]]), { isRebuildable: true });
    await objects.remove([nameOf(soon)]);
    await new Promise(setImmediate);
    expect(readJournals(dir).size).toBe(0);
    expect(await (await open()).get(nameOf(soon))).toBe(undefined);
  });

  it('go into a backup, by name and by a walk, also where their files are damaged', async () => {
    const objects = await open();
    await putNewBlobs(objects, blobs);
    const [one, two] = blobs.map(nameOf) as [string, string];
    await diskObjects(join(dir, 'objects')).put(two, Buffer.alloc(100));
    const backup = folderWith();
    const copier = makeObjectCopier(dir, backup, (line) => said.push(line));
    await copier.copyNames([one], 'fixed');
    expect(await diskObjects(backup).get(one)).toEqual(blobs[0]);
    await copier.copyAll(new AbortController().signal);
    for (const bytes of blobs) expect(await diskObjects(backup).get(nameOf(bytes))).toEqual(bytes);
    expect(said).toEqual([]);
  });

  it('that are large, or for which the journal has no room, get their files at once', async () => {
    const objects = await open();
    const large = Buffer.alloc(pendingBytesMax + 1);
    await putNewBlobs(objects, [large]);
    expect(existsSync(fileOf(large))).toBe(true);
    const many = Array.from({ length: journalBlobsBytesMax / pendingBytesMax + 4 }, (_, nth) =>
      Buffer.alloc(pendingBytesMax, nth + 1),
    );
    for (const bytes of many) await putNewBlobs(objects, [bytes]);
    expect(many.some((bytes) => existsSync(fileOf(bytes)))).toBe(true);
    for (const bytes of many) expect(await objects.has(nameOf(bytes))).toBe(true);
    await objects.close();
    for (const bytes of many) expect(readFileSync(fileOf(bytes)).equals(bytes)).toBe(true);
  });

  it('stay in the journal while their files cannot be written', async () => {
    writeFileSync(join(dir, 'objects'), 'no folder');
    const objects = await open();
    await putNewBlobs(objects, blobs);
    await objects.close();
    expect(said.join()).toContain('stay in the journal');
    expect(readJournals(dir).size).toBe(blobs.length);
    rmSync(join(dir, 'objects'));
    await open();
    for (const bytes of blobs) expect(readFileSync(fileOf(bytes))).toEqual(bytes);
  });
});

/** What the next syncs of files do. Those after them work. */
function planSyncs(...plan: readonly ('fail' | 'work' | 'late')[]) {
  const real = fs.fdatasync;
  const left = [...plan];
  return vi.spyOn(fs, 'fdatasync').mockImplementation((file, done) => {
    const next = left.shift();
    if (next === 'fail') setTimeout(() => done(new Error('EIO of a test')), 20);
    else setTimeout(() => real(file, done), next === 'late' ? 100 : 0);
  });
}

describe('a journal on a failing disk', () => {
  const one = Buffer.from('one');
  const two = Buffer.from('two');

  it('does not acknowledge a retry without a sync', async () => {
    const objects = await open();
    planSyncs('fail');
    await expect(putNewBlobs(objects, [one])).rejects.toThrow('EIO');
    expect(await objects.has(nameOf(one))).toBe(false);
    await putNewBlobs(objects, [one]);
    expect(readFileSync(fileOf(one))).toEqual(one);
  });

  it('does not show a blob whose sync is under way', async () => {
    const objects = await open();
    planSyncs('late');
    const put = putNewBlobs(objects, [one]);
    expect(await objects.get(nameOf(one))).toBe(undefined);
    expect(await objects.has(nameOf(one))).toBe(false);
    await objects.remove([nameOf(two)]);
    await put;
    expect(await objects.get(nameOf(one))).toEqual(one);
  });

  it('stores blobs whose sync is under way when the journal is emptied', async () => {
    const objects = await open();
    planSyncs('late');
    const put = putNewBlobs(objects, [one]);
    await objects.close();
    await put;
    expect(readFileSync(fileOf(one))).toEqual(one);
  });

  it('fails all puts that waited for the next sync', async () => {
    const objects = await open();
    planSyncs('fail');
    const puts = [one, two].map((bytes) => putNewBlobs(objects, [bytes]));
    const ends = await Promise.allSettled(puts);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await putNewBlobs(objects, [two]);
    expect(readFileSync(fileOf(two))).toEqual(two);
  });

  it('removes a blob, and takes it again, after the journal could not be emptied', async () => {
    const objects = await open();
    await putNewBlobs(objects, [one]);
    planSyncs('work', 'fail', 'fail');
    await expect(objects.remove([nameOf(one)])).rejects.toThrow('EIO');
    await expect(objects.remove([nameOf(one)])).rejects.toThrow('EIO');
    await objects.remove([nameOf(one)]);
    expect(await objects.has(nameOf(one))).toBe(false);
    await putNewBlobs(objects, [one]);
    expect(readFileSync(fileOf(one))).toEqual(one);
  });

  it('takes blobs when nobody can look for their older files', async () => {
    const objects = await open();
    objects.startRemovals();
    const folder = dirname(fileOf(one));
    mkdirSync(dirname(folder), { recursive: true });
    symlinkSync(basename(folder), folder);
    const rejections: unknown[] = [];
    const note = (error: unknown): number => rejections.push(error);
    process.on('unhandledRejection', note);
    await putNewBlobs(objects, [one]);
    await sleep(50);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it.each([
    ['length', 4],
    ['mark', 0],
    ['digest', 8],
  ])('keeps what is behind a damaged %s, and a copy of the journal', async (_part, at) => {
    const objects = await open();
    for (const bytes of blobs) await putNewBlobs(objects, [bytes]);
    const [used = ''] = journalPaths(dir).filter((path) => statSync(path).size > 0);
    const damaged = readFileSync(used);
    damaged[at] = 0x40;
    writeFileSync(used, damaged);
    const next = await open();
    const found = await Promise.all(blobs.map((bytes) => next.has(nameOf(bytes))));
    expect(found).toEqual(blobs.map((_bytes, nth) => nth > 0));
    const [copy = ''] = readdirSync(dir).filter((name) => name.includes('.damaged-'));
    expect(readFileSync(join(dir, copy))).toEqual(damaged);
    expect(said.join()).toContain(copy);
  });

  it('is tried again after a pause, and not at each put', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    const objects = await open();
    writeFileSync(join(dir, 'objects'), 'no folder');
    const put = (nth: number): Promise<void> =>
      putNewBlobs(objects, [Buffer.alloc(pendingBytesMax, nth)]).catch(() => undefined);
    for (let nth = 0; nth < 20; nth++) await put(nth);
    await vi.advanceTimersByTimeAsync(1);
    await vi.waitFor(() => expect(said.length).toBe(1));
    for (let nth = 20; nth < 50; nth++) {
      await put(nth);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(said.length).toBe(1);
    rmSync(join(dir, 'objects'));
    await vi.advanceTimersByTimeAsync(pendingRetryMs);
    await vi.waitFor(() => expect(journalBytes()).toBe(0));
  });
});
