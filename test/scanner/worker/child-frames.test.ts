import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, frameOf } from '../../../scanner/worker/child-frames.ts';

describe('frames', () => {
  it('come out whole and in order, however they were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (bodies, size) => {
          const all = Buffer.concat(bodies.map(frameOf));
          const reader = new FrameReader(40);
          const out: Uint8Array[] = [];
          for (let at = 0; at < all.byteLength; at += size)
            out.push(...(reader.push(all.subarray(at, at + size)) ?? []));
          expect(out.map((one) => [...one])).toEqual(bodies.map((one) => [...one]));
        },
      ),
    );
  });

  it('that are longer than allowed are told by their head', () => {
    expect(new FrameReader(3).push(frameOf(Buffer.from('four')).subarray(0, 4))).toBeUndefined();
  });

  it('in very many chunks are copied once, not once for each chunk', () => {
    const reader = new FrameReader(16 * 1024 * 1024);
    const body = new Uint8Array(16 * 1024 * 1024);
    const all = frameOf(body);
    const sizes: number[] = [];
    const concat = Buffer.concat;
    Buffer.concat = (list, total) => {
      const made = concat(list, total);
      sizes.push(made.byteLength);
      return made;
    };
    try {
      for (let at = 0; at < all.byteLength; at += 65_536)
        reader.push(all.subarray(at, at + 65_536));
    } finally {
      Buffer.concat = concat;
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2 * body.byteLength);
  });
});
