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

  it('are small', () => {
    const known = new KnownFiles(160);
    known.keep('a', fileOf('0123456789a'), known.turn);
    expect(known.get('a')).toBeUndefined();
  });

  it('are counted once when a file is kept again', () => {
    const known = new KnownFiles(160);
    for (let nth = 0; nth < 100; nth++) known.keep('a', fileOf(`${nth}`), known.turn);
    known.keep('b', fileOf('b'), known.turn);
    expect([known.get('a'), known.get('b')]).toEqual([fileOf('99'), fileOf('b')]);
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
});
