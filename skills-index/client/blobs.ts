/**
 * Reads files and blobs of a registry from the store or the network. A blob's digest is verified
 * before use.
 */
import { type Digest, digestOf, hexOf } from '../skill/digest.ts';
import { bundleFileBytesMax } from '../skill/limits.ts';
import { Problem } from '../skill/problem.ts';
import { readBoundedBody } from './bounded-body.ts';
import { fetchesAtOnce, fetchMilliseconds } from './limits.ts';
import type { Store } from './store.ts';

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
  /** Base URL; a slash at its end does not matter. */
  readonly base: string;
  /** Read from the store only. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads the bytes with this digest, and keeps fetched ones in the store.
 * @throws Problem `not-found`, `registry-down`, `registry-answer-invalid`, `signature-invalid` when
 * the registry sends other bytes
 */
export async function fetchBlob(
  source: Source,
  digest: Digest,
  bytesMax = bundleFileBytesMax,
): Promise<Uint8Array> {
  const kept = await source.store.get(digest);
  // A damaged blob in the store is fetched again.
  if (kept !== undefined && digestOf(kept) === digest) return kept;
  const bytes = await fetchFile(source, `/blobs/sha256/${hexOf(digest)}`, bytesMax);
  if (bytes === undefined) throw new Problem('not-found', `The registry has no ${digest}`);
  if (digestOf(bytes) !== digest) {
    throw new Problem('signature-invalid', `The registry sent other bytes than ${digest}`, {
      hint: 'Try again. If the error remains, something between you and the registry changes files.',
    });
  }
  await source.store.put(digest, bytes);
  return bytes;
}

/** As `fetchBlob`; undefined for a blob that the registry does not have. */
export async function fetchBlobIfThere(
  source: Source,
  digest: Digest,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  try {
    return await fetchBlob(source, digest, bytesMax);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'not-found') return undefined;
    throw cause;
  }
}

/** A file of the registry that may change. */
export interface NamedFile {
  /** Its name in the store. */
  readonly name: string;
  /** Its path at the registry, with a leading slash. */
  readonly path: string;
  readonly bytesMax: number;
  /** Whether the bytes may replace the copy in the store. Throws for bytes that nobody may use. */
  readonly isGood?: (bytes: Uint8Array) => boolean;
}

/**
 * Fetches a file that may change; offline reads the last good copy in the store. Undefined for a
 * file that does not exist.
 * @throws Problem `registry-down`, `registry-answer-invalid`, and what `isGood` throws
 */
export async function fetchNamed(source: Source, file: NamedFile): Promise<Uint8Array | undefined> {
  if (source.offline === true) return source.store.getNamed(file.name);
  const bytes = await fetchFile(source, file.path, file.bytesMax);
  if (bytes !== undefined && (file.isGood === undefined || file.isGood(bytes)))
    await source.store.putNamed(file.name, bytes);
  return bytes;
}

/** Runs a few tasks at a time; the results have the order of the items. */
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
 * Fetches a file and keeps nothing; undefined on 404.
 * @throws Problem `registry-down`, `registry-answer-invalid`
 */
export async function fetchFile(
  source: Source,
  path: string,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const url = `${source.base.replace(/\/+$/, '')}${path}`;
  if (source.offline === true)
    throw new Problem('registry-down', `Not in the store, and offline: ${path}`);
  const timeout = AbortSignal.timeout(fetchMilliseconds);
  const signal = source.signal === undefined ? timeout : AbortSignal.any([source.signal, timeout]);
  try {
    // With redirects, a registry could send this host's requests elsewhere.
    const response = await source.fetch(url, {
      signal,
      redirect: 'error',
      headers: { accept: '*/*' },
    });
    if (response.ok) return await readBody(response, bytesMax, path);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    if (response.status >= 500)
      throw new Problem('registry-down', `The registry answered ${response.status} for ${path}`);
    throw new Problem(
      'registry-answer-invalid',
      `The registry answered ${response.status} for ${path}`,
    );
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('registry-down', `Cannot reach the registry at ${source.base}: ${why}`, {
      cause,
    });
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
