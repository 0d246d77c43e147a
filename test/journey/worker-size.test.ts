import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWorker, type WorkerBundle, workerKibMax } from './worker-bundle.ts';

/** Rooms of the Node shell. The contract of the shells has no step in them. */
const roomsOfNode = ['backup', 'data-folder', 'migrations'];

describe('the Worker', () => {
  let bundle: WorkerBundle;
  beforeAll(async () => {
    bundle = await buildWorker();
  });

  it(`is at most ${workerKibMax} KiB, gzip`, () => {
    const { gzip, parts } = bundle;
    const heaviest = parts.slice(0, 15).map(([part, kib]) => `${part} ${kib} KiB`);
    expect(parts.length).toBeGreaterThan(10);
    expect(gzip / 1024, `heaviest before gzip: ${heaviest.join(', ')}`).toBeLessThanOrEqual(
      workerKibMax,
    );
  });

  it('has each room of the registry except those of the Node shell', () => {
    const rooms = readdirSync('registry', { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    const lacking = rooms.filter(
      (room) => !bundle.parts.some(([part]) => `${part}/`.includes(`registry/${room}/`)),
    );
    expect(lacking.sort()).toEqual(roomsOfNode);
  });
});
