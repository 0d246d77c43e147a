/**
 * Data about a registry is stored under the fingerprint of the pinned root file. When another root
 * file of the same registry is pinned, as after a rotation, this data is kept. Otherwise the
 * registry could deny what it showed before.
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { listKnown } from '../../skills-index/client/known-statements.ts';
import { memoryStore, type Store } from '../../skills-index/client/store.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { statusBytesMax, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { CommandContext, Paths } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { type TrustedRegistry, trustedRegistry } from './registries.ts';
import { readRegistries } from './registry-base.ts';
import type { StoredTrust } from './stored-trust.ts';

/**
 * Copies the data of every pin of the same registry under the new root file. The old copy stays.
 * @param kept files that the registry proved under the new root file; undefined where it proved
 * none
 */
export async function carryMemory(
  context: CommandContext,
  base: string,
  { root, kept }: { readonly root: RootFile; readonly kept: StoredTrust | undefined },
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
function isSame({ registry, files }: StoredTrust, old: Proven | undefined): boolean {
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

// The store of verified blobs and of last good copies, on disk. Blobs are cache. Data that a
// registry must not be able to undo is permanent.
//
// The store reads and writes small files at once: an admission touches about fifty files one after
// the other, and each would wait for Node's threads four or five times.

/**
 * Files that must survive an emptied cache: the head of the log, and learned statements such as
 * revocations and the ends of keys. Without them a registry could show this host an earlier state
 * of its log or index.
 */
const isLasting = (name: string): boolean =>
  name === 'checkpoint' ||
  name.startsWith('alarms/') ||
  name === 'known' ||
  name.startsWith('known/');

/**
 * A store for one registry.
 * @param root fingerprint of the registry's root file: two registries never share a named file
 */
export function diskStore(paths: Pick<Paths, 'cache' | 'data'>, root: Digest): Store {
  const blobOf = (digest: Digest): string => join(paths.cache, 'blobs', 'sha256', hexOf(digest));
  const placeIn = (base: string, name: string): string =>
    join(base, 'registries', hexOf(root), ...partsOf(name));
  const namedOf = (name: string): string =>
    placeIn(isLasting(name) ? paths.data : paths.cache, name);
  return {
    get: async (digest) => readIfThere(blobOf(digest)),
    put: async (digest, bytes) => write(blobOf(digest), bytes),
    getNamed: async (name) => readIfThere(namedOf(name)),
    putNamed: async (name, bytes) =>
      isLasting(name) ? writeWhole(namedOf(name), bytes, 0o600) : write(namedOf(name), bytes),
    listNamed: async (folder) => listIfThere(namedOf(folder)),
    placeOf: namedOf,
  };
}

/**
 * Moves the data that was learned from a registry's log to another folder, after a person said that
 * the log was wrong. Nothing is deleted, and the log's head stays.
 * @returns the new folder
 */
export async function setMemoryAside(
  paths: Pick<Paths, 'data'>,
  root: Digest,
  now: Date,
): Promise<string> {
  const folder = join(paths.data, 'registries', hexOf(root));
  const aside = join(folder, 'forgotten', now.toISOString().replaceAll(':', '-'));
  await mkdir(aside, { recursive: true, mode: 0o700 });
  await moveIfThere(join(folder, 'known'), join(aside, 'known'));
  return aside;
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}

function partsOf(name: string): string[] {
  const parts = name.split('/');
  if (parts.every((part) => /^[@\w][\w.-]*$/.test(part))) return parts;
  throw new Problem(
    'internal',
    `Cannot store a file under ${JSON.stringify(name)}: not a valid name`,
  );
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

// Half-written files of a crash begin with a dot.
function listIfThere(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

let written = 0;

// A reader sees the old file or the new one. The file is not flushed, because readers verify it.
function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  written += 1;
  const beside = `${path}.${process.pid}.${written}.new`;
  writeFileSync(beside, bytes, { mode: 0o600 });
  renameSync(beside, path);
}

// The head of a registry's log in its current status file, and the head that this host saw before.

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
