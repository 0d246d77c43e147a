import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { sharedPictureText } from '../../../.ci/shared-picture.ts';
import { type Drawing, openDrawing } from '../../../registry/pictures/drawing.ts';
import { waitingDrawingsMax } from '../../../registry/pictures/limits.ts';
import type { PagePicture } from '../../../registry/pictures/picture.ts';
import { pngSize } from './png.ts';

const picture = (title: string): PagePicture => ({ origin: 'acme.example', title, text: 'Draws.' });

describe('the drawing of pictures', () => {
  const drawing: Drawing = openDrawing();
  afterAll(() => drawing.close());

  it('makes a PNG of the size that previews want, and keeps it', async () => {
    expect(drawing.known(picture('a'))).toBeUndefined();
    const bytes = await drawing.draw(picture('a'));
    expect(pngSize(bytes)).toEqual({ width: 1200, height: 630 });
    expect(drawing.known(picture('a'))).toBe(bytes);
    expect(drawing.known(picture('b'))).toBeUndefined();
  });

  it('draws outside the thread that answers requests', async () => {
    await drawing.draw(picture('warm'));
    const before = process.threadCpuUsage();
    await drawing.draw(picture('measured'));
    const { user, system } = process.threadCpuUsage(before);
    // Microseconds of processor time, whatever else the machine does.
    expect(user + system).toBeLessThan(25_000);
  });

  it('draws a picture once for all who ask at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => drawing.draw(picture('once'))));
    expect(new Set(all).size).toBe(1);
  });

  it('takes only so many pictures at once, and goes on afterwards', async () => {
    const asked = Array.from({ length: waitingDrawingsMax + 3 }, (_, at) =>
      drawing.draw(picture(`many-${at}`)),
    );
    const ends = await Promise.allSettled(asked);
    const refused = ends.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'registry-busy' } });
    expect((await drawing.draw(picture('after'))).byteLength).toBeGreaterThan(1_000);
  });

  it('starts a thread again after one has failed', async () => {
    // A picture that no parser let through: the thread throws.
    const broken = { origin: 'x', title: 'x' } as unknown as PagePicture;
    await expect(drawing.draw(broken)).rejects.toMatchObject({ code: 'registry-busy' });
    expect((await drawing.draw(picture('again'))).byteLength).toBeGreaterThan(1_000);
  });
});

it('drew the picture that registries on Workers share (npm run lists)', async () => {
  const file = new URL('../../../registry/pictures/shared-picture.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(await sharedPictureText());
});
