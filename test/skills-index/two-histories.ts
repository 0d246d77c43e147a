/**
 * A log whose key signs two histories, for tests of who must notice. Each is given by its name;
 * they share their first entries.
 */
import { printSubmission } from '../../skills-index/log/add-checkpoint.ts';
import { treeRootFrom } from '../../skills-index/log/head-question.ts';
import {
  type Hash,
  leafHash,
  type NodeAt,
  type TreeHead,
} from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { tilesOf } from '../../skills-index/log/tile-files.ts';
import { tilePath } from '../../skills-index/log/tile-proof.ts';
import { consistencyProof, hashTile, nodesFromLeaves } from './log/whole-tree.ts';
import { testLogKey } from './story-keys.ts';

export const logKey = testLogKey('watched');
export const watched = { origin: 'skills.example', key: logKey.publicKey };

/** Both histories share their first entries. */
export const shared = 3;
const leafOf =
  (history: string) =>
  (index: number): Hash =>
    leafHash(Buffer.from(index < shared ? `entry ${index}` : `entry ${index} of ${history}`));

export function noteOf(size: number, history = 'a'): Promise<string> {
  return signCheckpoint(
    { origin: watched.origin, size, root: treeRootFrom(size, nodesFromLeaves(leafOf(history))) },
    logKey,
  );
}

/** The nodes of a history's tree. */
export function nodesOf(history = 'a'): NodeAt {
  return nodesFromLeaves(leafOf(history));
}

/** An unsigned head of a history. */
export function headOf(size: number, history = 'a'): TreeHead {
  return { size, root: treeRootFrom(size, nodesOf(history)) };
}

/** The body of an `add-checkpoint`, with a good proof in its own history. */
export async function submissionOf(oldSize: number, size: number, history = 'a'): Promise<string> {
  const proof =
    oldSize > 0 && oldSize < size ? consistencyProof(oldSize, size, leafOf(history)) : [];
  return printSubmission({ oldSize, proof, note: await noteOf(size, history) });
}

/** The log as a `fetch` serves it. */
export async function logFetch(size: number, history = 'a'): Promise<typeof fetch> {
  const nodeAt = nodesFromLeaves(leafOf(history));
  const tiles = tilesOf(size).filter((tile) => tile.level !== 'entries');
  const paths = new Map(tiles.map((tile) => [`/log/${tilePath(tile)}`, hashTile(tile, nodeAt)]));
  paths.set('/log/checkpoint', Buffer.from(await noteOf(size, history)));
  return async (input) => {
    const bytes = paths.get(new URL(String(input)).pathname);
    return bytes === undefined
      ? new Response('', { status: 404 })
      : new Response(Buffer.from(bytes));
  };
}
