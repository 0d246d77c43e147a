import { describe, expect, it } from 'vitest';
import { buildWorker } from './worker-bundle.ts';

const kibMax = 700;

describe('the Worker', () => {
  it(`is at most ${kibMax} KiB, gzip`, async () => {
    const { gzip, parts } = await buildWorker();
    const heaviest = parts.slice(0, 15).map(([part, kib]) => `${part} ${kib} KiB`);
    expect(parts.length).toBeGreaterThan(10);
    expect(gzip / 1024, `heaviest before gzip: ${heaviest.join(', ')}`).toBeLessThanOrEqual(kibMax);
  });
});
