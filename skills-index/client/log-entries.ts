/**
 * Reads the entries of a log in order, and verifies at the end that the entries make a signed head
 * of the log.
 */
import { appendLeaf, type CompactRange, rangeRoot } from '../log/compact-range.ts';
import { leafHash, type TreeHead } from '../log/merkle-tree.ts';
import { parseEntryTile, tilesOf } from '../log/tile-files.ts';
import { tilePath, tileWidthMax } from '../log/tile-proof.ts';
import { Problem } from '../skill/problem.ts';
import { fetchFile, type Source } from './blobs.ts';

/** Bytes of an entry bundle of the log: 256 entries of 65,535 bytes, each entry with its length. */
const entryTileBytesMax = 256 * 65_537;

export interface WalkedEntry {
  readonly index: number;
  readonly entry: Uint8Array;
  /** The tree that ends with this entry. */
  readonly range: CompactRange;
}

/**
 * Walks over the log's entries from the end of a known tree to the end of `head`.
 * @throws Problem `log-invalid` when an entry is missing, or the entries do not make the head. Then
 * the caller discards all yielded entries
 */
export async function* walkEntries(
  source: Source,
  known: CompactRange,
  head: TreeHead,
): AsyncGenerator<WalkedEntry> {
  let range = known;
  const tiles = tilesOf(head.size).filter(({ level }) => level === 'entries');
  for (const tile of tiles.slice(Math.floor(known.size / tileWidthMax))) {
    const bytes = await fetchFile(source, `/log/${tilePath(tile)}`, entryTileBytesMax);
    if (bytes === undefined)
      throw new Problem('log-invalid', `The registry does not show ${tilePath(tile)} of its log`);
    const first = tile.index * tileWidthMax;
    for (const entry of parseEntryTile(bytes, tile).slice(Math.max(0, range.size - first))) {
      range = appendLeaf(range, leafHash(entry));
      yield { index: range.size - 1, entry, range };
    }
  }
  if (!endsIn(range, head))
    throw new Problem('log-invalid', 'The registry shows other entries than its checkpoint signs');
}

/** Whether a tree has the size and the root of a head of the log. */
export function endsIn(range: CompactRange, head: TreeHead): boolean {
  return (
    range.size === head.size &&
    (range.size === 0 || Buffer.compare(rangeRoot(range), head.root) === 0)
  );
}
