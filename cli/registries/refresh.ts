/**
 * When the root of trust is fetched again: before an admission, after an hour. Also what counts
 * when it cannot be fetched.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { CommandContext, Paths } from '../command.ts';
import { type TrustedRegistry, trustedRegistry } from './registries.ts';
import {
  keepAbsence,
  keepTrust,
  readAbsence,
  readStoredTrust,
  type StoredTrust,
  trustMetadataBytesMax,
} from './stored-trust.ts';

const trustRefreshMillis = 3_600_000;

export type TrustWorld = Pick<CommandContext, 'fetch' | 'send' | 'now' | 'signal'> & {
  readonly paths: Pick<Paths, 'config'>;
};

export interface FreshRegistry {
  readonly registry: TrustedRegistry;
  /**
   * A note for a person: the root of trust could not be renewed, and when the stored one expires.
   */
  readonly notes: readonly string[];
}

export interface TrustTerms {
  readonly offline: boolean;
  /**
   * From host policy: how long after its expiry the stored root of trust counts while the registry
   * is unavailable.
   */
  readonly graceHours: number;
  /** Fetch even if the last request was within the hour. */
  readonly isDoubted?: boolean;
}

/**
 * The registry with its current root of trust. A registry without TUF metadata has the pinned root,
 * and is asked for metadata every hour.
 * @throws Problem `tuf-invalid`, `tuf-rollback`; `tuf-expired` when the root was not renewed for
 * too long
 */
export async function freshRegistry(
  world: TrustWorld,
  registry: TrustedRegistry,
  terms: TrustTerms,
): Promise<FreshRegistry> {
  const { kept } = registry;
  const last = kept?.refreshed ?? readAbsence(world.paths, registry.fingerprint);
  const age =
    last === undefined ? Number.POSITIVE_INFINITY : world.now().getTime() - Date.parse(last);
  if (terms.isDoubted !== true && age >= 0 && age < trustRefreshMillis)
    return { registry, notes: [] };
  if (terms.offline)
    return stillFresh(world, registry, { why: 'offline', graceHours: terms.graceHours });
  try {
    await refreshTrust(world, registry.base, registry.pinned);
    return { registry: trustedRegistry(world, registry.base), notes: [] };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const isOldCopy =
      cause.code === 'tuf-expired' && kept !== undefined && registry.base.startsWith('file:');
    if (!isOldCopy && !['registry-down', 'registry-answer-invalid'].includes(cause.code))
      throw cause;
    // A registry that answers but withholds the root of trust gets no grace period.
    const graceHours = isOldCopy || cause.code === 'registry-down' ? terms.graceHours : 0;
    return stillFresh(world, registry, { why: cause.message, graceHours });
  }
}

/**
 * The registry's state at this moment, to prove a key to it: it would reject a signature that names
 * an hour-old root file.
 * @throws Problem `root-not-pinned`, and as `updateTrust`
 */
export async function currentRegistry(world: TrustWorld, base: string): Promise<TrustedRegistry> {
  const known = trustedRegistry(world, base);
  if (known.kept === undefined && known.pinned.tuf === undefined) return known;
  await refreshTrust(world, base, known.pinned);
  return trustedRegistry(world, base);
}

/**
 * Fetches the root of trust and stores it.
 * @returns undefined where the registry has no TUF metadata and its root file promises none
 * @throws Problem `tuf-missing` where the root file promises metadata; and as `updateTrust`
 */
export async function refreshTrust(
  world: TrustWorld,
  base: string,
  pinned: RootFile,
): Promise<StoredTrust | undefined> {
  const fingerprint = rootFingerprint(pinned);
  const source = {
    fetch: world.send ?? world.fetch,
    store: memoryStore(),
    base,
    signal: world.signal,
  };
  const before = readStoredTrust(world.paths, fingerprint);
  if (
    before === undefined &&
    (await fetchFile(source, '/tuf/1.root.json', trustMetadataBytesMax)) === undefined
  ) {
    if (pinned.tuf === 1) throw missing(base, 'it answered 404 for /tuf/1.root.json');
    await keepAbsence(world.paths, fingerprint, world.now());
    return undefined;
  }
  const { updateTrust } = await import('./updater.ts');
  try {
    const kept = await updateTrust({ source, pinned, kept: before, now: world.now().getTime() });
    await keepTrust(world.paths, kept);
    return kept;
  } catch (cause) {
    // Incomplete metadata counts as none, like a registry with an empty log.
    if (
      before !== undefined ||
      !(cause instanceof Problem) ||
      cause.code !== 'registry-answer-invalid'
    )
      throw cause;
    if (pinned.tuf === 1) throw missing(base, cause.message);
    await keepAbsence(world.paths, fingerprint, world.now());
    return undefined;
  }
}

// The stored copy may be an hour older than the status beside it, so it counts an hour longer, and
// both expire together.
function stillFresh(
  world: TrustWorld,
  registry: TrustedRegistry,
  { why, graceHours }: { readonly why: string; readonly graceHours: number },
): FreshRegistry {
  // An attacker who blocks the answers could otherwise make the pinned root file count for ever,
  // without policy and witnesses.
  if (registry.kept === undefined && registry.pinned.tuf === 1) throw missing(registry.base, why);
  if (registry.kept === undefined) return { registry, notes: [] };
  const { freshUntil, refreshed } = registry.kept;
  const until = Date.parse(freshUntil) + trustRefreshMillis + graceHours * 3_600_000;
  const end = new Date(until).toISOString();
  if (world.now().getTime() <= until) {
    const note = `the root of trust of ${registry.base} was not renewed (${why}): the copy of ${refreshed} is valid until ${end}`;
    return { registry, notes: [note] };
  }
  throw new Problem(
    'tuf-expired',
    `Cannot rely on the root of trust of ${registry.base}: it expired at ${end} (${why})`,
    {
      hint: 'connect to the network once; for longer times without a network, set statusGraceHours in host policy',
    },
  );
}

function missing(base: string, why: string): Problem {
  return new Problem(
    'tuf-missing',
    `Cannot trust ${base}: its root file names TUF metadata, but the registry shows none (${why})`,
    {
      hint: 'ask the operator over another channel: the administrators of a new registry may not have signed yet (skillgate registry rotate), or somebody between you and the registry withholds the metadata',
    },
  );
}
