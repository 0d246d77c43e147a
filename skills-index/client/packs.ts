/**
 * Reads blobs from packs. A blob that a pack lacks is fetched by itself, and so is every blob of a
 * registry without packs.
 */
import { parseNodes, type TreeNodes } from '../log/tree-nodes.ts';
import type { Digest } from '../skill/digest.ts';
import type { IndexLine } from '../trust/index-files/index-line.ts';
import { fetchIfAny, type Pack, type Source } from './blobs.ts';
import { evidencePackPath, parsePack } from './pack-form.ts';

/** The bytes of the largest single file, with the lengths of the blobs and the heading. */
export const packBytesMax = 5 * 1024 * 1024 + 64 * 1024;

/** Bytes of the nodes of the log's tree in one pack: about 6,700 nodes. */
export const treeNodesBytesMax = 256 * 1024;

/** Bytes of all files of a skill that are in one pack with the skill's evidence. */
export const packedFilesBytesMax = 1024 * 1024;

/**
 * The same source, with the evidence of a version in a pack. The pack is fetched when the store
 * lacks a blob.
 */
export function withEvidencePack(source: Source, line: IndexLine): Source {
  const fetched = makePack(source, evidencePackPath(line));
  return { ...source, packOf: () => fetched };
}

/**
 * The nodes of the log's tree that came with the evidence of a version: now, or at an earlier
 * admission.
 */
export async function readNodes(source: Source, line: IndexLine): Promise<TreeNodes> {
  // On a disk, `log/nodes/NUMBER` is the folder of the nodes behind a head of that size.
  const name = `log/nodes/line-${line.logIndex}`;
  const arrived = source.packOf?.(line.bundle)?.first();
  if (arrived === undefined || arrived.byteLength > treeNodesBytesMax)
    return parseNodes(await source.store.getNamed(name));
  const nodes = parseNodes(arrived);
  if (nodes.size > 0) await source.store.putNamed(name, arrived);
  return nodes;
}

/** A pack that is fetched once, when somebody first reads a blob of the pack. */
export function makePack(source: Source, path: string): Pack {
  let arrived: ReadonlyMap<Digest, Uint8Array> = new Map();
  let fetching: Promise<void> | undefined;
  const fetchOnce = async (): Promise<void> => {
    arrived = await fetchPack(source, path);
  };
  return {
    has: (digest) => arrived.has(digest),
    first: () => arrived.values().next().value,
    read: async (digest) => {
      fetching ??= fetchOnce();
      await fetching;
      return arrived.get(digest);
    },
  };
}

// A pack that nobody can read counts as no pack: its blobs are fetched one by one.
async function fetchPack(source: Source, path: string): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const none = new Map<Digest, Uint8Array>();
  if (source.offline === true) return none;
  const bytes = await fetchIfAny(source, path, packBytesMax);
  return (bytes && parsePack(bytes)) ?? none;
}
