/** Computes consistency proofs from the log's tiles, so that no registry has to send a proof. */
import { type Hash, type TreeHead, verifyConsistency } from '../log/merkle-tree.ts';
import {
  answerFrom,
  consistencyQuestion,
  parseHashTile,
  type TileId,
  type TreeQuestion,
  tilePath,
  tilesFor,
} from '../log/tile-proof.ts';
import { nodesFirst, parseNodes, type TreeNodes } from '../log/tree-nodes.ts';
import { fetchIfAny, fetchNamed, inTurns, type Source } from './blobs.ts';
import { treeNodesBytesMax } from './packs.ts';

const tileBytesMax = 256 * 32;

/**
 * Consistency proofs of the log from each of the smaller heads to `head`, from tiles that this host
 * keeps and from the registry's tiles. When a kept tile or one of `nodes` leads to no proof, the
 * registry is asked for all tiles.
 * @throws Problem `registry-down`
 */
export async function proveHeads(
  source: Source,
  heads: readonly TreeHead[],
  head: TreeHead,
  nodes: TreeNodes = new Map(),
): Promise<Map<number, Hash[]>> {
  const sizes = heads.map(({ size }) => size);
  const more = await fetchNodes(source, sizes, head.size, nodes);
  const terms = { keptFirst: true, nodes: new Map([...nodes, ...more]) };
  const proofs = await fetchConsistency(source, sizes, head.size, terms);
  const proves = (first: TreeHead): boolean =>
    verifyConsistency({ first, second: head, proof: proofs.get(first.size) ?? [] });
  return heads.every(proves) ? proofs : fetchConsistency(source, sizes, head.size);
}

/**
 * Nodes between the largest of the smaller heads and `size`, where the proofs need more than one
 * tile that this host does not keep.
 */
async function fetchNodes(
  source: Source,
  sizes: readonly number[],
  size: number,
  nodes: TreeNodes,
): Promise<TreeNodes> {
  const smaller = sizes.filter((one) => one > 0 && one < size);
  if (smaller.length === 0) return new Map();
  const from = Math.max(...smaller);
  const path = `log/nodes/${from}/${size}`;
  // The store may have a file `log/nodes/SIZE`, which cannot be a folder as well.
  const name = `log/nodes-between/${from}/${size}`;
  const kept = parseNodes(await source.store.getNamed(name));
  if (kept.size > 0 || source.offline === true) return kept;
  const wanted = smaller.flatMap((first) => tilesFor(questionWith(nodes, first, size), size));
  const lacking = new Set<string>();
  for (const tile of wanted)
    if ((await source.store.getNamed(`log/${tilePath(tile)}`)) === undefined)
      lacking.add(tilePath(tile));
  if (lacking.size < 2) return kept;
  const bytes = await fetchIfAny(source, `/${path}`, treeNodesBytesMax);
  const fetched = parseNodes(bytes);
  if (bytes !== undefined && fetched.size > 0) await source.store.putNamed(name, bytes);
  return fetched;
}

function questionWith(nodes: TreeNodes, first: number, size: number): TreeQuestion<Hash[]> {
  return (nodeAt) => consistencyQuestion(first, size)(nodesFirst(nodes, nodeAt));
}

interface TileTerms {
  /** Whether a kept tile is used without a request. The caller then has to verify the result. */
  readonly keptFirst?: boolean;
  /** Unverified nodes that need no tile. The caller then has to verify the result. */
  readonly nodes?: TreeNodes;
}

/**
 * Consistency proofs of the log from each of the smaller sizes to `size`. A size has no proof when
 * a tile for the proof is missing.
 * @throws Problem `registry-down`
 */
export async function fetchConsistency(
  source: Source,
  sizes: readonly number[],
  size: number,
  terms: TileTerms = {},
): Promise<Map<number, Hash[]>> {
  const smaller = [...new Set(sizes)].filter((one) => one > 0 && one < size);
  const { nodes = new Map() } = terms;
  const questions = smaller.map((first): [number, TreeQuestion<Hash[]>] => [
    first,
    questionWith(nodes, first, size),
  ]);
  const tiles = await fetchTiles(
    source,
    questions.flatMap(([, question]) => tilesFor(question, size)),
    terms,
  );
  return new Map(
    questions.flatMap(([first, question]) => {
      const proof = answerFrom(question, size, tiles);
      return proof === undefined ? [] : [[first, proof] as const];
    }),
  );
}

/**
 * The hashes of the wanted tiles, by the tile's path. A tile that the registry does not have is
 * absent.
 */
export async function fetchTiles(
  source: Source,
  wanted: readonly TileId[],
  terms: TileTerms = {},
): Promise<Map<string, readonly Hash[]>> {
  const tiles = new Map<string, readonly Hash[]>();
  await inTurns(
    [...new Map(wanted.map((tile) => [tilePath(tile), tile]))],
    async ([path, tile]) => {
      const hashes = await fetchTile(source, { path, tile }, terms);
      if (hashes !== undefined) tiles.set(path, hashes);
    },
  );
  return tiles;
}

async function fetchTile(
  source: Source,
  { path, tile }: { readonly path: string; readonly tile: TileId },
  { keptFirst = false }: TileTerms,
): Promise<Hash[] | undefined> {
  const name = `log/${path}`;
  const kept = keptFirst ? await source.store.getNamed(name) : undefined;
  // A tile never changes, but the copy on this host may be damaged.
  if (kept !== undefined && kept.byteLength === tile.width * 32) return parseHashTile(kept, tile);
  const isGood = (bytes: Uint8Array): boolean => parseHashTile(bytes, tile).length > 0;
  const bytes = await fetchNamed(source, {
    name,
    path: `/${name}`,
    bytesMax: tileBytesMax,
    isGood,
  });
  return bytes === undefined ? undefined : parseHashTile(bytes, tile);
}
