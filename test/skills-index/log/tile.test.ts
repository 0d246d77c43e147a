import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../../skills-index/log/compact-range.ts';
import { leafHash } from '../../../skills-index/log/merkle-tree.ts';
import {
  entryTile,
  parseEntryTile,
  parseTilePath,
  tilesOf,
} from '../../../skills-index/log/tile-files.ts';
import { parseHashTile, type TileId, tilePath } from '../../../skills-index/log/tile-proof.ts';
import { hashTile, nodesFromLeaves } from './whole-tree.ts';

const leafAt = (index: number) => leafHash(Buffer.from(`entry ${index}`));
const nodeAt = nodesFromLeaves(leafAt);

describe('a tile’s path', () => {
  it.each<[TileId, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 7, width: 3 }, 'tile/1/007.p/3'],
    [{ level: 'entries', index: 1000, width: 1 }, 'tile/entries/x001/000.p/1'],
  ])('is that of C2SP tlog-tiles: %j', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it('is read back whatever the tile', () => {
    const tile = fc.record({
      level: fc.constantFrom<TileId['level']>('entries', 0, 1, 2, 7),
      index: fc.integer({ min: 0, max: 10 ** 12 }),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tile, (one) => {
        expect(parseTilePath(tilePath(one))).toEqual(one);
      }),
    );
  });

  it.each(['tile/0/000.p/0', 'tile/0/000.p/256', 'tile/8/000', 'tile/0/../000', '/tile/0/000'])(
    'has one form: %s is none',
    (path) => {
      expect(() => parseTilePath(path)).toThrow(expect.objectContaining({ code: 'log-invalid' }));
    },
  );
});

describe('the tiles of a log', () => {
  it('are partial only where the log ends', () => {
    expect(tilesOf(256).map(tilePath)).toEqual([
      'tile/entries/000',
      'tile/0/000',
      'tile/1/000.p/1',
    ]);
    expect(tilesOf(257).map(tilePath)).toEqual([
      'tile/entries/000',
      'tile/entries/001.p/1',
      'tile/0/000',
      'tile/0/001.p/1',
      'tile/1/000.p/1',
    ]);
    expect(tilesOf(1).map(tilePath)).toEqual(['tile/entries/000.p/1', 'tile/0/000.p/1']);
  });

  it('hold their own nodes, and entries are none', () => {
    const tile = { level: 0, index: 2, width: 2 };
    expect(parseHashTile(hashTile(tile, nodeAt), tile)).toEqual([leafAt(512), leafAt(513)]);
    expect(() => hashTile({ level: 'entries', index: 0, width: 1 }, nodeAt)).toThrow(
      expect.objectContaining({ code: 'log-invalid' }),
    );
  });

  it('hold on the next level the roots of the level below', () => {
    const range = Array.from({ length: 256 }, (_, index) => index).reduce<CompactRange>(
      (one, index) => appendLeaf(one, leafAt(index)),
      emptyRange,
    );
    const tile = { level: 1, index: 0, width: 1 };
    expect(parseHashTile(hashTile(tile, nodeAt), tile)).toEqual([rangeRoot(range)]);
  });

  it('are refused at another length', () => {
    expect(() => parseHashTile(Buffer.alloc(33), { level: 0, index: 0, width: 1 })).toThrow(
      expect.objectContaining({ code: 'log-invalid' }),
    );
  });

  it('hold entries with their lengths', () => {
    expect(entryTile([Buffer.from('ab'), Buffer.from('')])).toEqual(
      Buffer.from([0, 2, 97, 98, 0, 0]),
    );
    expect(entryTile([Buffer.alloc(65_535)])).toHaveLength(65_537);
    expect(() => entryTile([Buffer.alloc(65_536)])).toThrow(
      expect.objectContaining({ code: 'log-invalid' }),
    );
  });
});

describe('an entry bundle', () => {
  it('is read as it was written, and not when a byte is missing, is more, or the tile is of another width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (entries, cut) => {
          const tile: TileId = { level: 'entries', index: 0, width: entries.length };
          const bytes = entryTile(entries);
          expect(parseEntryTile(bytes, tile).map((one) => [...one])).toEqual(
            entries.map((one) => [...one]),
          );
          for (const wrong of [
            bytes.subarray(0, cut % bytes.byteLength),
            Buffer.concat([bytes, Buffer.of(0)]),
          ])
            expect(() => parseEntryTile(wrong, tile)).toThrow(
              expect.objectContaining({ code: 'log-invalid' }),
            );
          expect(() => parseEntryTile(bytes, { ...tile, width: entries.length + 1 })).toThrow(
            'does not hold',
          );
        },
      ),
    );
  });
});
