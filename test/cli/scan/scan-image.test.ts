import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type ScanImage,
  scanImage,
  startFromImage,
  startMakingImages,
} from '../../../cli/scan/scan-image.ts';
import type { ScanProcess } from '../../../scanner/worker/scan-process.ts';
import { folderWith } from '../temporary-folder.ts';
import { environmentOf, imageOf, make, program } from './made-image.ts';

describe('the images of a scanner', () => {
  it('are made in the background, for this user alone, and replace those of another version', async () => {
    const image = imageOf(program);
    const older = join(dirname(image.place), 'scan-v24.0.0-aa.image');
    writeFileSync(older, '');
    expect(await startFromImage(image.place)).toBeUndefined();
    await make(image);
    for (const place of [image.place, image.light])
      expect(statSync(place).mode & 0o777).toBe(0o600);
    await vi.waitFor(() => expect(existsSync(older)).toBe(false), { timeout: 20_000 });
    expect(readdirSync(dirname(image.place))).toHaveLength(2);
    expect(await isStarted(image)).toBe(true);
  });
});

describe('the image of a scanner', () => {
  it('starts a process without rights to files, processes and the environment', async () => {
    const image = imageOf(program);
    await make(image);
    const child = await started(image);
    const answer = await child?.ask(Buffer.from('{}'), 20);
    expect(JSON.parse(Buffer.from(answer ?? []).toString())).toEqual({
      read: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      start: 'ERR_ACCESS_DENIED',
    });
  });

  it('never starts where another user may have written it', async () => {
    const image = imageOf(program);
    await make(image);
    chmodSync(image.place, 0o620);
    expect(await isStarted(image)).toBe(false);
    chmodSync(image.place, 0o600);
    expect(await isStarted(image)).toBe(true);
    const elsewhere = join(folderWith(), 'image');
    renameSync(image.place, elsewhere);
    symlinkSync(elsewhere, image.place);
    expect(await isStarted(image)).toBe(false);
    renameSync(elsewhere, image.place);
    // Only root can give a file away.
    if (process.getuid?.() !== 0) return;
    chownSync(image.place, 65_534, 65_534);
    expect(await isStarted(image)).toBe(false);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 3)],
    ['empty', () => Buffer.alloc(0)],
    ['changed', (bytes: Buffer) => bytes.fill(0x41, bytes.length >> 3, (bytes.length >> 3) + 8)],
  ])('does not start when it is %s, and can be made anew', async (_, change) => {
    const image = imageOf(program);
    await make(image);
    const whole = readFileSync(image.place);
    writeFileSync(image.place, change(Buffer.from(whole)));
    expect(await isStarted(image)).toBe(false);
    const { ino } = statSync(image.place);
    startMakingImages(image);
    await vi.waitFor(() => expect(statSync(image.place).ino).not.toBe(ino), { timeout: 20_000 });
    expect(await isStarted(image)).toBe(true);
  });

  it('is tried again only after an hour when Node cannot make it', async () => {
    const image = imageOf('');
    // The first process makes nothing more after the mark. One that is still at work would leave a
    // file beside the images of the second one.
    const failed = join(dirname(image.program), 'failed');
    writeFileSync(
      image.program,
      `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(failed)}, '');
       throw new Error('no image');`,
    );
    const begun = `${image.place}.new`;
    startMakingImages(image);
    await vi.waitFor(() => expect(existsSync(failed)).toBe(true), { timeout: 20_000 });
    const earlier = new Date(Date.now() - 3_500_000);
    utimesSync(begun, earlier, earlier);
    startMakingImages(image);
    writeFileSync(image.program, program);
    const longAgo = new Date(Date.now() - 3_700_000);
    utimesSync(begun, longAgo, longAgo);
    startMakingImages(image);
    await vi.waitFor(() => expect(existsSync(image.place)).toBe(true), { timeout: 20_000 });
    expect(readdirSync(dirname(image.place))).toHaveLength(2);
  });

  it('belongs to one build of the scanner and one version of Node', () => {
    const image = imageOf(program);
    expect(image.place).toContain(process.version);
    writeFileSync(`${image.program}.sha256`, 'bb');
    expect(scanImage(environmentOf(image), image.program)?.place).not.toBe(image.place);
  });

  it('does not exist in a checkout, and where code may not be kept', () => {
    const image = imageOf(program);
    const env = environmentOf(image);
    expect(scanImage({ ...env, NODE_DISABLE_COMPILE_CACHE: '1' }, image.program)).toBeUndefined();
    expect(scanImage(env, '/nowhere/scan.cjs')).toBeUndefined();
  });
});

async function started(image: ScanImage): Promise<ScanProcess | undefined> {
  const child = await startFromImage(image.place);
  if (child !== undefined) onTestFinished(() => child.kill());
  return child;
}

async function isStarted(image: ScanImage): Promise<boolean> {
  const child = await started(image);
  child?.kill();
  return child !== undefined;
}
