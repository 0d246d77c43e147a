/**
 * The head of a registry's log in its current status file, and the head that this host saw before.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import type { CommandContext } from '../command.ts';
import { diskStore } from './disk-store.ts';
import type { TrustedRegistry } from './registries.ts';

/** A head with its signed note. */
export interface NotedHead extends TreeHead {
  readonly note: string;
}

/**
 * @throws Problem `registry-down`, `registry-answer-invalid`, `not-found` while the log is empty,
 * `signature-invalid`, `status-stale`
 */
export async function fetchHead(
  context: CommandContext,
  { base, root }: TrustedRegistry,
): Promise<NotedHead> {
  const source = {
    base,
    fetch: context.send ?? context.fetch,
    signal: context.signal,
    store: memoryStore(),
  };
  const bytes = await fetchFile(source, '/index/status.json', statusBytesMax);
  if (bytes === undefined) throw new Problem('not-found', `${base} serves no status file`);
  return headIn(verifyStatus(bytes, root, context.now().getTime()).checkpoint);
}

/** Undefined if this host never read the log of this registry. */
export async function lastSeenHead(
  context: CommandContext,
  { fingerprint }: TrustedRegistry,
): Promise<NotedHead | undefined> {
  const kept = await diskStore(context.paths, fingerprint).getNamed('checkpoint');
  return kept === undefined ? undefined : headIn(Buffer.from(kept).toString('utf8'));
}

/** As text: `size 42, root Hy4…=`. */
export function printHead({ size, root }: TreeHead): string {
  return `size ${size}, root ${Buffer.from(root).toString('base64')}`;
}

function headIn(note: string): NotedHead {
  const { size, root } = parseCheckpoint(note);
  return { size, root, note };
}
