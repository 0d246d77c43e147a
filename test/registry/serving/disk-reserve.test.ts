import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diskSpool } from '../../../registry/request-limits/disk-spool.ts';
import { uploadBytesMax } from '../../../registry/request-limits/spool.ts';

import {
  diskReserveBytes,
  keepReserve,
  watchDisk,
} from '../../../registry/serving/disk-reserve.ts';

const mebibyte = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'skillgate-disk-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('the reserve on the disk', () => {
  it('is made while there is room, given up on a full disk, and made again', async () => {
    const dir = makeFolder();
    const file = join(dir, 'disk.reserve');
    const lines: string[] = [];
    let free = 1_000 * mebibyte;
    const reserve = keepReserve(
      dir,
      async () => free,
      (line) => lines.push(line),
    );
    onTestFinished(() => reserve.stop());
    await reserve.tend();
    expect([existsSync(file), reserve.isGivenUp, lines]).toEqual([true, false, []]);
    free = 3 * mebibyte;
    await reserve.tend();
    await reserve.tend();
    expect([existsSync(file), reserve.isGivenUp]).toEqual([false, true]);
    expect(lines).toEqual([
      expect.stringMatching(/disk of .* is full\. The registry gave up its reserve of 16 MiB/),
    ]);
    // The room that the reserve gave is no reason to take uploads.
    free = 20 * mebibyte;
    await reserve.tend();
    expect([existsSync(file), reserve.isGivenUp]).toEqual([false, true]);
    free = 100 * mebibyte;
    await reserve.tend();
    expect([existsSync(file), reserve.isGivenUp]).toEqual([true, false]);
    expect(lines.slice(1)).toEqual([expect.stringMatching(/has room again/)]);
  });

  it('tells the operator once that there is too little room to make it', async () => {
    const dir = makeFolder();
    const lines: string[] = [];
    let free = 30 * mebibyte;
    const reserve = keepReserve(
      dir,
      async () => free,
      (line) => lines.push(line),
    );
    onTestFinished(() => reserve.stop());
    await reserve.tend();
    await reserve.tend();
    expect(lines).toEqual([
      expect.stringMatching(/has 30 MiB free, .* reserve of 16 MiB .* until 42 MiB are free/),
    ]);
    free = 50 * mebibyte;
    await reserve.tend();
    expect([existsSync(join(dir, 'disk.reserve')), lines.length]).toEqual([true, 1]);
  });

  it('leaves room for statements alone where uploads filled the disk', async () => {
    let free = 3 * mebibyte;
    const disk = watchDisk(
      makeFolder(),
      () => new Date(),
      () => undefined,
      async () => free,
    );
    onTestFinished(() => disk.stop());
    await disk.tend();
    free += diskReserveBytes;
    await expect(disk.requireRoom('statements')).resolves.toBeUndefined();
    await expect(disk.requireRoom('files')).rejects.toThrow('The disk is full');
    expect(await disk.whyFull()).toMatch(/uploads are refused/);
  });

  it('keeps no file that the file system could compress', async () => {
    const dir = makeFolder();
    const reserve = keepReserve(
      dir,
      async () => 1_000 * mebibyte,
      () => undefined,
    );
    onTestFinished(() => reserve.stop());
    await reserve.tend();
    const bytes = readFileSync(join(dir, 'disk.reserve')).subarray(0, mebibyte);
    expect(gzipSync(bytes).byteLength).toBeGreaterThan(mebibyte * 0.99);
  });

  it('names once why it cannot be made', async () => {
    const lines: string[] = [];
    const reserve = keepReserve(
      join(makeFolder(), 'gone'),
      async () => 1_000 * mebibyte,
      (line) => lines.push(line),
    );
    onTestFinished(() => reserve.stop());
    await sleep(3_500);
    expect(lines).toEqual([expect.stringMatching(/^warning: cannot keep .*ENOENT/)]);
  });

  it('is not room for uploads after a restart on a full disk', async () => {
    let free = 15 * mebibyte;
    const disk = watchDisk(
      makeFolder(),
      () => new Date(),
      () => undefined,
      async () => free,
    );
    onTestFinished(() => disk.stop());
    await disk.tend();
    await expect(disk.requireRoom('statements')).resolves.toBeUndefined();
    await expect(disk.requireRoom('files')).rejects.toThrow('The disk is full');
    free = uploadBytesMax;
    await expect(disk.requireRoom('files')).resolves.toBeUndefined();
  });

  it('is not room for uploads that were under way', async () => {
    let free = 1_000 * mebibyte;
    const dir = makeFolder();
    const disk = watchDisk(
      dir,
      () => new Date(),
      () => undefined,
      async () => free,
    );
    onTestFinished(() => disk.stop());
    const body = await diskSpool(dir, () => disk.requireRoom('files')).open();
    onTestFinished(() => body.drop());
    const chunk = () => new Uint8Array(64 * 1024);
    await body.append(chunk());
    free = 3 * mebibyte;
    await disk.tend();
    free += diskReserveBytes;
    await expect(body.append(chunk())).rejects.toThrow('The disk is full');
  });

  it.runIf(isRoot)(
    'gives its bytes back on a file system that another program filled',
    async () => {
      const dir = makeFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', dir]);
      onTestFinished(() => {
        execFileSync('umount', [dir]);
      });
      const disk = watchDisk(
        dir,
        () => new Date(),
        () => undefined,
      );
      onTestFinished(() => disk.stop());
      await disk.tend();
      const fill = () =>
        execFileSync('dd', ['if=/dev/zero', `of=${join(dir, 'full')}`, 'bs=1M'], {
          stdio: 'ignore',
        });
      expect(fill).toThrow();
      expect(await disk.free()).toBe(0);
      await disk.tend();
      expect(await disk.free()).toBeGreaterThanOrEqual(diskReserveBytes);
    },
  );
});
