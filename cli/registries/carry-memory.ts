/**
 * Data about a registry is stored under the fingerprint of the pinned root file. When another root
 * file of the same registry is pinned, as after a rotation, this data is kept. Otherwise the
 * registry could deny what it showed before.
 */
import { listKnown } from '../../skills-index/client/known-statements.ts';
import type { Store } from '../../skills-index/client/store.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { CommandContext } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';
import { diskStore } from './disk-store.ts';
import type { KeptTrust } from './kept.ts';
import { trustedRegistry } from './registries.ts';
import { readRegistries } from './registry-base.ts';

/**
 * Copies the data of every pin of the same registry under the new root file. The old copy stays.
 * @param kept files that the registry proved under the new root file; undefined where it proved
 * none
 */
export async function carryMemory(
  context: CommandContext,
  base: string,
  { root, kept }: { readonly root: RootFile; readonly kept: KeptTrust | undefined },
): Promise<void> {
  const fingerprint = rootFingerprint(root);
  for (const pin of readRegistries(context.paths).registries) {
    if (pin.root === fingerprint) continue;
    const old = diskStore(context.paths, pin.root);
    if (kept !== undefined && isSame(kept, provenAs(context, pin.base))) {
      await carry(old, diskStore(context.paths, fingerprint));
    } else if (pin.base === base && (await old.getNamed('checkpoint')) !== undefined) {
      printNote(
        context,
        safe`Nothing proves that ${fingerprint} is a later root file of the registry that was pinned on this host as ${pin.root}. What this host learned under the old root stays in ${old.placeOf?.('known') ?? ''} and beside that file, but no longer counts at ${base}. If this is the same registry, pin ${pin.root} again: that pin follows each rotation.`,
      );
    }
  }
}

interface Proven {
  /** Fingerprint of the registry's first root file. */
  readonly registry?: Digest | undefined;
  /** Fingerprint of the root file in force. */
  readonly inForce: Digest;
}

// Older root files do not name the registry's first one. Such registries are the same if their
// current root files are equal.
function isSame({ registry, files }: KeptTrust, old: Proven | undefined): boolean {
  if (old === undefined) return false;
  return (
    (registry !== undefined && registry === old.registry) ||
    rootFingerprint(parseRoot(files['root.json'])) === old.inForce
  );
}

// A pin that cannot be read proves nothing, and must not prevent its replacement.
function provenAs(context: CommandContext, base: string): Proven | undefined {
  try {
    const { pinned, fingerprint, root, kept } = trustedRegistry(context, base);
    const registry = kept?.registry ?? (pinned.first === undefined ? fingerprint : undefined);
    return { registry, inForce: rootFingerprint(root) };
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

async function carry(from: Store, to: Store): Promise<void> {
  const has = new Set(await listKnown(to));
  for (const name of await listKnown(from)) {
    const bytes = has.has(name) ? undefined : await from.getNamed(`known/${name}`);
    if (bytes !== undefined) await to.putNamed(`known/${name}`, bytes);
  }
  await carryRevoked(from, to);
  // The head is copied last: after a crash the same command copies the rest.
  const old = await from.getNamed('checkpoint');
  const own = await to.getNamed('checkpoint');
  if (old !== undefined && (own === undefined || sizeIn(old) > sizeIn(own)))
    await to.putNamed('checkpoint', old);
}

// The first line names the status key; marks of two keys are not mixed.
async function carryRevoked(from: Store, to: Store): Promise<void> {
  const old = await linesIn(from, 'revoked');
  const own = await linesIn(to, 'revoked');
  if (old.length === 0 || (own.length > 0 && own[0] !== old[0])) return;
  await to.putNamed('revoked', Buffer.from([...new Set([...own, ...old])].join('\n')));
}

async function linesIn(store: Store, name: string): Promise<string[]> {
  const bytes = await store.getNamed(name);
  return bytes === undefined ? [] : Buffer.from(bytes).toString('utf8').split('\n');
}

function sizeIn(note: Uint8Array): number {
  return parseCheckpoint(Buffer.from(note).toString('utf8')).size;
}
