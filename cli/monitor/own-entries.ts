/**
 * Finds the log entries that each key signed. It reads the whole log and the current signed head
 * from the registry. So a registry can hide a statement by a stolen key only by showing its owner
 * another log than everybody else.
 */
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { endsIn, walkEntries } from '../../skills-index/client/log-entries.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { emptyRange } from '../../skills-index/log/compact-range.ts';
import type { TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readWitnesses } from '../../skills-index/trust/decision/one-log.ts';
import { statusBytesMax, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import type { CommandContext } from '../command.ts';
import { diskStore } from '../registries/carry-memory.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { trustedRegistry } from '../registries/registries.ts';

export interface OwnEntries {
  /** Size of the log. */
  readonly size: number;
  /** Log indexes in ascending order, by signing key. */
  readonly entries: ReadonlyMap<Digest, readonly number[]>;
}

/**
 * Reads the whole log. Its head is stored as in an admission, so a shorter log is refused later.
 * @throws Problem `witnesses-missing` as for an installation, `log-rolled-back`, `log-invalid`,
 * `status-stale`, `signature-invalid`, `not-found`, `registry-down`, `root-not-pinned`
 */
export async function ownEntries(context: CommandContext): Promise<OwnEntries> {
  const { fetch, paths, signal, registryBase, now } = context;
  const terms = { offline: false, graceHours: 0 };
  const { registry } = await freshRegistry(context, trustedRegistry(context, registryBase), terms);
  const source: Source = {
    fetch,
    store: diskStore(paths, registry.fingerprint),
    base: registry.base,
    signal,
  };
  // A checkpoint has no time, but its status file has. So an old head cannot be shown for ever.
  const bytes = await fetchFile(source, '/index/status.json', statusBytesMax);
  if (bytes === undefined)
    throw new Problem('not-found', `The registry at ${registry.base} serves no log`);
  const note = verifyStatus(bytes, registry.root, now().getTime()).checkpoint;
  const { why } = readWitnesses(note, { ...registry, now: now().getTime() });
  if (why !== undefined)
    throw new Problem('witnesses-missing', `No proof shows that others see the same log: ${why}`);
  const head = parseCheckpoint(note);
  const before = await source.store.getNamed('checkpoint');
  const seen =
    before === undefined
      ? undefined
      : verifyRootCheckpoint(Buffer.from(before).toString('utf8'), registry.root);
  const entries = await readEntries(source, head, seen);
  if (seen === undefined || seen.size < head.size)
    await source.store.putNamed('checkpoint', Buffer.from(note));
  return { size: head.size, entries };
}

async function readEntries(
  source: Source,
  head: TreeHead,
  seen: TreeHead | undefined,
): Promise<Map<Digest, number[]>> {
  const found = new Map<Digest, number[]>();
  if (seen !== undefined && seen.size > head.size) throw otherLog(seen, head);
  for await (const { index, entry, range } of walkEntries(source, emptyRange, head)) {
    if (range.size === seen?.size && !endsIn(range, seen)) throw otherLog(seen, head);
    const signer = signerOf(entry);
    if (signer === undefined) continue;
    const indexes = found.get(signer) ?? [];
    indexes.push(index);
    found.set(signer, indexes);
  }
  return found;
}

// Valid statements are in canonical form, which always contains this text. An entry that a
// certificate signed names no key.
function signerOf(entry: Uint8Array): Digest | undefined {
  const [, spki] =
    /"publicKey":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(Buffer.from(entry).toString('utf8')) ??
    [];
  return spki === undefined ? undefined : digestOf(Buffer.from(spki, 'base64'));
}

function otherLog(seen: TreeHead, shown: TreeHead): Problem {
  const say = ({ size, root }: TreeHead): string =>
    `size ${size} root ${Buffer.from(root).toString('base64')}`;
  return new Problem(
    'log-rolled-back',
    `The registry’s log is not the log that this host saw before: before ${say(seen)}, now ${say(shown)}`,
  );
}
