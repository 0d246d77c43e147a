/**
 * Which entries of a registry's log were signed with which key, read from the log itself: the registry is asked for the entries and the
 * signed head alone, so it cannot hide a statement made with a stolen key without showing its owner another log than everybody else.
 */
import { fetchFile, type Source } from '../skills-index/client/blobs.ts';
import { noteBytesMax } from '../skills-index/log/limits.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  leafHash,
  rangeRoot,
  type TreeHead,
} from '../skills-index/log/merkle-tree.ts';
import { parseEntryTile, tilePath, tilesOf } from '../skills-index/log/tile.ts';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type RootCheckpoint, verifyRootCheckpoint } from '../skills-index/trust/root-office.ts';
import type { CommandContext } from './command.ts';
import { diskStore } from './disk-store.ts';
import { entryTileBytesMax } from './limits.ts';
import { trustedRegistry } from './registries.ts';
import { freshRegistry } from './trust-refresh.ts';

export interface OwnEntries {
  /** Of the log. */
  readonly size: number;
  /** Log indexes, ascending, by the key that signed. */
  readonly entries: ReadonlyMap<Digest, readonly number[]>;
}

/**
 * Reads the whole log. Its head is kept, as an admission keeps it: it cannot be shown shorter again.
 * @throws Problem `log-rolled-back`, `log-invalid`, `signature-invalid`, `not-found`, `registry-down`, `root-not-pinned`
 */
export async function ownEntries(context: CommandContext): Promise<OwnEntries> {
  const { fetch, paths, signal, registryBase } = context;
  const terms = { offline: false, graceHours: 0 };
  const { registry } = await freshRegistry(context, trustedRegistry(context, registryBase), terms);
  const source: Source = { fetch, store: diskStore(paths, registry.fingerprint), base: registry.base, signal };
  const bytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
  if (bytes === undefined) throw new Problem('not-found', `There is no log at ${registry.base}`);
  const head = verifyRootCheckpoint(Buffer.from(bytes).toString('utf8'), registry.root);
  const before = await source.store.getNamed('checkpoint');
  const seen = before === undefined ? undefined : verifyRootCheckpoint(Buffer.from(before).toString('utf8'), registry.root);
  const entries = await readEntries(source, head, seen);
  if (seen === undefined || seen.size < head.size) await source.store.putNamed('checkpoint', bytes);
  return { size: head.size, entries };
}

async function readEntries(source: Source, head: RootCheckpoint, seen: TreeHead | undefined): Promise<Map<Digest, number[]>> {
  const found = new Map<Digest, number[]>();
  let range: CompactRange = emptyRange;
  if (seen !== undefined && seen.size > head.size) throw otherLog(seen, head);
  for (const tile of tilesOf(head.size).filter(({ level }) => level === 'entries')) {
    const bytes = await fetchFile(source, `/log/${tilePath(tile)}`, entryTileBytesMax);
    if (bytes === undefined) throw new Problem('log-invalid', `The registry does not show ${tilePath(tile)} of its log`);
    for (const entry of parseEntryTile(bytes, tile)) {
      const signer = signerOf(entry);
      if (signer !== undefined) found.set(signer, [...(found.get(signer) ?? []), range.size]);
      range = appendLeaf(range, leafHash(entry));
      if (range.size === seen?.size && !isSame(range, seen)) throw otherLog(seen, head);
    }
  }
  if (!isSame(range, head))
    throw new Problem('log-invalid', 'The entries that the registry shows are not those that its checkpoint signs');
  return found;
}

// What counts is in canonical form, which has this text and no other; an entry that a certificate signed names no key.
function signerOf(entry: Uint8Array): Digest | undefined {
  const [, spki] = /"publicKey":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(Buffer.from(entry).toString('utf8')) ?? [];
  return spki === undefined ? undefined : digestOf(Buffer.from(spki, 'base64'));
}

function isSame(range: CompactRange, head: TreeHead): boolean {
  return range.size === head.size && (range.size === 0 || Buffer.compare(rangeRoot(range), head.root) === 0);
}

function otherLog(seen: TreeHead, shown: TreeHead): Problem {
  const say = ({ size, root }: TreeHead): string => `size ${size} root ${Buffer.from(root).toString('base64')}`;
  return new Problem('log-rolled-back', `The log is not the one that was seen here before: ${say(seen)}, and now ${say(shown)}`);
}
