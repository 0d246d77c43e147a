import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startRegistry } from '../../../../registry/serve.ts';
import { diskObjects } from '../../../../registry/store/disk/disk-objects.ts';
import { sweepPace, sweptAtOnce } from '../../../../registry/store/sweeps/sweep-orphans.ts';
import { sweepParts } from '../../../../registry/store/sweeps/sweep-parts.ts';
import { folderWith } from '../../../cli/temporary-folder.ts';
import { makeDataFolder } from '../../../journey/registry-data.ts';
import { makeRoot } from '../../people.ts';

const left = '.0f0e3c9a-1111-4222-8333-444455556666.part';
const objectNames = ['public/index/@acme/count', 'stored/sha256/aa.part', 'stored/sha256/bb'];

describe('unfinished files', () => {
  it('that a killed process left are removed at the next start, and nothing else', async () => {
    const dir = await makeDataFolder(makeRoot());
    onTestFinished(() => rm(dir, { recursive: true }));
    await (await startRegistry({ dir, port: 0 })).close();
    const objects = diskObjects(join(dir, 'objects'));
    for (const name of objectNames) await objects.put(name, Buffer.from(name));
    const parts = ['public/index/@acme', 'stored/sha256', 'public'].map((folder) =>
      join(dir, 'objects', folder, left),
    );
    for (const part of parts) writeFileSync(part, 'half');
    const running = await startRegistry({ dir, port: 0 });
    onTestFinished(() => running.close());
    await vi.waitFor(() => expect(parts.filter((part) => existsSync(part))).toEqual([]));
    for (const name of objectNames) expect(await objects.get(name)).toBeDefined();
  });

  it('that this process is writing stay', async () => {
    const folder = join(folderWith(), 'objects');
    mkdirSync(folder);
    const objects = diskObjects(folder);
    const names = Array.from({ length: 50 }, (_, at) => `stored/${at}`);
    const writing = Promise.all(names.map((name) => objects.put(name, Buffer.from(name))));
    while (readdirSync(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await sweepParts(folder, new AbortController().signal)).toBe(0);
    await writing;
    for (const name of names)
      expect(Buffer.from((await objects.get(name)) ?? '').toString()).toBe(name);
  });

  it('are looked for a few at a time, with pauses', async () => {
    const folder = folderWith();
    for (let nth = 0; nth < 2 * sweptAtOnce; nth++) writeFileSync(join(folder, `${nth}`), '');
    writeFileSync(join(folder, left), 'half');
    const began = performance.now();
    expect(await sweepParts(folder, new AbortController().signal)).toBe(1);
    // A timer may be a millisecond early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(2 * (sweepPace.least - 1));
  });

  it('are nobody’s where there is no folder yet', async () => {
    expect(await sweepParts(join(folderWith(), 'objects'), new AbortController().signal)).toBe(0);
  });
});
