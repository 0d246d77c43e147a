import { describe, expect, it } from 'vitest';
import { type KnownFile, KnownFiles } from '../../../registry/store/known-files.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

function fileOf(text: string): KnownFile {
  const bytes = Buffer.from(text);
  return { bytes, digest: digestOf(bytes) };
}

describe('files in memory', () => {
  it('are those that were read last, up to the limit', () => {
    const known = new KnownFiles(160);
    const file = fileOf('0123456789');
    for (let nth = 0; nth < 16; nth++) known.keep(`f${nth}`, file, known.turn);
    expect(known.get('f0')).toBe(file);
    known.keep('f16', file, known.turn);
    const names = Array.from({ length: 17 }, (_, nth) => `f${nth}`);
    expect(names.filter((name) => known.get(name) === undefined)).toEqual(['f1']);
  });

  it('are never older than a change that began after they were read', () => {
    const known = new KnownFiles(160);
    const { turn } = known;
    known.change('a');
    known.keep('a', fileOf('old'), turn);
    expect(known.get('a')).toBeUndefined();
    known.keep('a', fileOf('new'), known.turn);
    known.change('b');
    expect(known.get('a')).toEqual(fileOf('new'));
    known.change('a');
    expect(known.get('a')).toBeUndefined();
  });

  describe('with compressed copies', () => {
    const tenBytes = (nth: number): KnownFile => fileOf(`${nth}`.padEnd(10, '.'));
    let calls = 0;
    const compress = async (bytes: Uint8Array): Promise<Uint8Array> => {
      calls++;
      return bytes.subarray(0, 6);
    };

    it('have their copies counted, made once, and forgotten with them', async () => {
      const known = new KnownFiles(160);
      const files = Array.from({ length: 10 }, (_, nth) => tenBytes(nth));
      for (const [nth, file] of files.entries()) known.keep(`f${nth}`, file, known.turn);
      calls = 0;
      for (const { bytes } of [...files, ...files])
        expect(await known.copyOf(bytes, compress)).toHaveLength(6);
      expect(calls).toBe(10);
      // 10 files of 10 bytes, with copies of 6 bytes, are as much as there is room for.
      const kept = (): string[] =>
        files.flatMap((_, nth) => (known.get(`f${nth}`) ? [`f${nth}`] : []));
      expect(kept()).toHaveLength(10);
      known.keep('one more', fileOf('x'), known.turn);
      expect(kept()).toEqual(Array.from({ length: 9 }, (_, nth) => `f${nth + 1}`));
      for (let nth = 0; nth < 10; nth++) known.change(`f${nth}`);
      for (let nth = 0; nth < 15; nth++) known.keep(`f${nth}`, tenBytes(nth), known.turn);
      expect(known.get('one more')).toBeDefined();
    });

    it('have no copy of what changed while it was compressed', async () => {
      const known = new KnownFiles(160);
      const [old, next] = [tenBytes(1), tenBytes(2)];
      known.keep('f', old, known.turn);
      const copying = known.copyOf(old.bytes, async (bytes) => {
        known.change('f');
        known.keep('f', next, known.turn);
        return compress(bytes);
      });
      expect(await copying).toEqual(Buffer.from('1.....'));
      expect(await known.copyOf(next.bytes, compress)).toEqual(Buffer.from('2.....'));
      calls = 0;
      await known.copyOf(old.bytes, compress);
      expect(calls).toBe(1);
    });
  });
});
