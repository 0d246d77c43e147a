/**
 * Reads files and blobs of a registry from the store or the network. A blob's digest is verified
 * before anybody uses the blob.
 */

import { bundleFileBytesMax } from '../skill/bundle.ts';
import { type Digest, digestOf, hexOf } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { parseJson } from '../skill/text/json.ts';
import { printable } from '../skill/text/shown-text.ts';
import { readBoundedBody } from './bounded-body.ts';
import type { Store } from './store.ts';

/** Requests to a registry that may run at the same time. */
const fetchesAtOnce = 6;

const fetchMilliseconds = 15_000;

/** The refusal of a registry, and the part of it that a person is shown. */
const refusalBytesMax = 16 * 1024;

const refusalCharsMax = 500;

/** The part of `fetch` that reading files needs. */
export type GetFile = (
  url: string,
  how: {
    readonly signal: AbortSignal;
    readonly redirect: 'error';
    readonly headers: Record<string, string>;
  },
) => Promise<FileAnswer>;

export interface FileAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: (AsyncIterable<Uint8Array> & { cancel(): Promise<void> }) | null;
}

/** How to reach a registry. */
export interface Source {
  readonly fetch: GetFile;
  readonly store: Store;
  /** Base URL of the registry, with or without a slash at the end. */
  readonly base: string;
  /** Whether to read from the store only, without any request. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  /** The pack in which a blob may arrive. Without packs, each blob is fetched by itself. */
  readonly packOf?: (digest: Digest) => Pack | undefined;
}

/** Blobs that the registry sends in one answer, each under the digest of its bytes. */
export interface Pack {
  /** Whether the pack has arrived, and contains the blob. */
  has(digest: Digest): boolean;
  /** The first blob of the pack; undefined while the pack has not arrived. */
  first(): Uint8Array | undefined;
  /** Fetches the pack at the first call. Undefined for a blob that the pack lacks. */
  read(digest: Digest): Promise<Uint8Array | undefined>;
}

/**
 * Reads the bytes with this digest from the store, a pack or the registry, and keeps fetched bytes
 * in the store. Undefined for a blob that the registry does not have.
 * @param path where the registry has the bytes
 * @throws Problem `registry-down`, `registry-answer-invalid`, `signature-invalid` when the registry
 * sends bytes with another digest
 */
export async function fetchBlobIfThere(
  source: Source,
  digest: Digest,
  bytesMax: number,
  path = `/blobs/sha256/${hexOf(digest)}`,
): Promise<Uint8Array | undefined> {
  const kept = await source.store.get(digest);
  // A blob whose copy in the store is damaged is fetched again.
  if (kept && digestOf(kept) === digest) return kept;
  const packed = await source.packOf?.(digest)?.read(digest);
  const bytes =
    packed !== undefined && packed.byteLength <= bytesMax
      ? packed
      : await fetchFile(source, path, bytesMax);
  if (bytes === undefined) return undefined;
  if (digestOf(bytes) !== digest) {
    throw new Problem('signature-invalid', `The registry sent other bytes than ${digest}`, {
      hint: 'Try again. If the error remains, something between you and the registry changes files.',
    });
  }
  await source.store.put(digest, bytes);
  return bytes;
}

/**
 * Reads a blob as `fetchBlobIfThere` does.
 * @throws Problem as `fetchBlobIfThere`, and `not-found`
 */
export async function fetchBlob(
  source: Source,
  digest: Digest,
  bytesMax = bundleFileBytesMax,
): Promise<Uint8Array> {
  const bytes = await fetchBlobIfThere(source, digest, bytesMax);
  if (bytes === undefined) throw new Problem('not-found', `The registry has no ${digest}`);
  return bytes;
}

/** A file of the registry whose content may change, such as `status.json`. */
interface NamedFile {
  /** The file's name in the store. */
  readonly name: string;
  /** The file's path at the registry, with a leading slash. */
  readonly path: string;
  readonly bytesMax: number;
  /**
   * Whether fetched bytes may replace the copy in the store. Throws for bytes that nobody may use.
   */
  readonly isGood?: (bytes: Uint8Array) => boolean;
}

/**
 * Fetches a file whose content may change. An offline host reads the last good copy in its store.
 * A registry need not send the content of a copy that is still right (RFC 9110 §13.1.2).
 * Undefined for a file that does not exist.
 * @throws Problem `registry-down`, `registry-answer-invalid`, and the Problems that `isGood` throws
 */
export async function fetchNamed(source: Source, file: NamedFile): Promise<Uint8Array | undefined> {
  const kept = await source.store.getNamed(file.name);
  if (source.offline === true) return kept;
  const bytes = await fetchFile(source, file.path, file.bytesMax, kept);
  if (bytes !== undefined && bytes !== kept && file.isGood?.(bytes) !== false)
    await source.store.putNamed(file.name, bytes);
  return bytes;
}

/** Runs a few tasks at a time. The results are in the order of the items. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += fetchesAtOnce) {
    results.push(...(await Promise.all(items.slice(from, from + fetchesAtOnce).map(task))));
  }
  return results;
}

/**
 * Fetches a file without storing a copy; undefined when the registry answers 404.
 * @param kept the copy that this host has, if any: returned when the registry answers 304
 * @throws Problem `registry-down`, `registry-answer-invalid`
 */
export async function fetchFile(
  source: Source,
  path: string,
  bytesMax: number,
  kept?: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (source.offline === true)
    throw new Problem('registry-down', `Not in the store, and offline: ${path}`);
  const timeout = AbortSignal.timeout(fetchMilliseconds);
  const signal = source.signal === undefined ? timeout : AbortSignal.any([source.signal, timeout]);
  try {
    // A registry that may redirect could send this host's requests to any other host.
    const response = await source.fetch(`${source.base.replace(/\/+$/, '')}${path}`, {
      signal,
      redirect: 'error',
      headers: { accept: '*/*', ...(kept && { 'if-none-match': `"${hexOf(digestOf(kept))}"` }) },
    });
    if (response.ok) return await readBody(response, bytesMax, path);
    if (response.status === 304 && kept) {
      await response.body?.cancel();
      return kept;
    }
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    throw new Problem(
      response.status >= 500 ? 'registry-down' : 'registry-answer-invalid',
      `${source.base} answered ${response.status} for ${path}`,
      { hint: await hintIn(response) },
    );
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(
      'registry-down',
      `${source.base} does not answer: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

// What the registry's refusal (RFC 9457) tells the person to do: a full disk, a private registry.
async function hintIn(response: FileAnswer): Promise<string | undefined> {
  const bytes = await readBoundedBody(response.body, refusalBytesMax);
  try {
    const { value } = parseJson(bytes ?? '', 'the refusal');
    const { detail, hint } = value as { detail?: unknown; hint?: unknown };
    const said = [detail, hint].filter((text) => typeof text === 'string').join('. ');
    return said === '' ? undefined : printable(said).slice(0, refusalCharsMax);
  } catch {
    return undefined;
  }
}

/**
 * Fetches a file that a registry need not have, because it only saves requests: earlier registries
 * and copies of a registry lack it. Undefined for every answer that is no such file.
 * @throws Problem `registry-down`
 */
export async function fetchIfAny(
  source: Source,
  path: string,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  try {
    return await fetchFile(source, path, bytesMax);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'registry-answer-invalid') return undefined;
    throw cause;
  }
}

async function readBody(response: FileAnswer, bytesMax: number, path: string): Promise<Uint8Array> {
  const bytes = await readBoundedBody(response.body, bytesMax);
  if (bytes !== undefined) return bytes;
  throw new Problem(
    'registry-answer-invalid',
    `The registry sent more than ${bytesMax} bytes for ${path}`,
  );
}
