/**
 * How tuf-js reads from a registry: through the command's own fetch, within limits, with each file
 * parsed strictly first. tuf-js wraps failures in untyped errors, so the first Problem is kept
 * here.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetcher } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import * as v from 'valibot';
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Shape } from '../../skills-index/statement/field-shapes.ts';
import {
  clockSkewSeconds,
  statusSecondsMax,
} from '../../skills-index/trust/index-files/status-file.ts';
import {
  type TufMetadata,
  type TufRoot,
  type TufSigned,
  type TufSnapshot,
  tufShapes,
} from '../../skills-index/trust/root/metadata.ts';
import {
  type StoredTrust,
  storedVersion,
  type TrustRole,
  trustMetadataBytesMax,
  trustRoles,
} from './stored-trust.ts';

/** Bytes of the newest TUF set, which has three files of metadata and a status. */
export const newestSetBytesMax = 4 * 1024 * 1024;

/** A fetcher, and the Problem that it threw. */
export interface TrustFetcher extends Fetcher {
  fault: Problem | undefined;
  /**
   * TUF roots in order, from the first trusted one. tuf-js verifies them, and stops at an unsigned
   * one.
   */
  readonly roots: readonly TufRoot[];
}

interface FetcherWorld {
  readonly source: Source;
  readonly read: ReadTufFile;
  /** Folder for files that tuf-js reads from disk. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly kept: StoredTrust | undefined;
  /** The trusted root at the start. */
  readonly root: string;
}

/** A fetcher for one refresh. */
export function makeTrustFetcher(world: FetcherWorld): TrustFetcher {
  const roots: [TufRoot, ...TufRoot[]] = [JSON.parse(world.root).signed];
  const judge = makeJudge(world, roots);
  let files = 0;
  const fetcher: TrustFetcher = {
    fault: undefined,
    roots,
    downloadBytes: async (url, bytesMax) => {
      const path = url.slice(world.source.base.length);
      try {
        // A few bytes too many mean a forgery; an endless file means a broken registry.
        const bytes = await world.read(path, Math.max(bytesMax, trustMetadataBytesMax));
        if (bytes === undefined && !/^\/tuf\/\d+\.root\.json$/.test(path))
          throw withheld(world.source.base, path);
        if (bytes !== undefined) {
          if (bytes.byteLength > bytesMax)
            throw new Problem(
              'tuf-invalid',
              `${path} has more than the ${bytesMax} bytes that were signed`,
            );
          judge(path, bytes);
          return Buffer.from(bytes);
        }
      } catch (cause) {
        if (cause instanceof Problem) fetcher.fault ??= cause;
        throw cause;
      }
      throw new DownloadHTTPError(`The registry has no file ${path}`, 404);
    },
    downloadFile: async (url, bytesMax, handler) => {
      files += 1;
      const file = join(world.folder, `download-${files}`);
      await writeFile(file, await fetcher.downloadBytes(url, bytesMax));
      return handler(file);
    },
  };
  return fetcher;
}

/** The Problem for a missing file of /tuf/. */
function withheld(base: string, path: string): Problem {
  return new Problem('registry-answer-invalid', `The registry at ${base} has no ${path}`, {
    hint: 'the registry served its root of trust before, so somebody may withhold this root of trust now; try again, then ask the operator over another channel',
  });
}

const shapes: Readonly<Record<TrustRole, Shape<TufMetadata>>> = {
  ...tufShapes,
  online: tufShapes.targets,
};

// tuf-js checks this as well; here the messages are clear and have dates: form, expiry, and no
// version below a known one.
function makeJudge(
  { now, kept }: FetcherWorld,
  roots: [TufRoot, ...TufRoot[]],
): (path: string, bytes: Uint8Array) => void {
  const [first] = roots;
  let newest = first;
  return (path, bytes) => {
    const [, number, name] = /^\/tuf\/(?:(\d+)\.)?([a-z]+)\.json$/.exec(path) ?? [];
    const role = trustRoles.find((one) => one === name);
    if (role === undefined) return;
    const { signed } = parseMetadata(shapes[role], bytes, path);
    if (number !== undefined && signed.version !== Number(number))
      throw new Problem('tuf-invalid', `${path} says that it is version ${signed.version}`);
    if (signed._type === 'root') {
      newest = signed;
      roots.push(signed);
    }
    if (role === 'root') return;
    if (role === 'timestamp') requireInTime('root', newest.expires, now);
    requireInTime(role, signed.expires, now);
    // A timestamp that a thief signed for years would keep an offline client on old data.
    if (
      role === 'timestamp' &&
      Date.parse(signed.expires) > now + (statusSecondsMax + clockSkewSeconds) * 1000
    )
      throw new Problem(
        'tuf-invalid',
        `${path} expires at ${signed.expires}, but it may be valid for at most 24 hours`,
      );
    // A thief of the status key can raise its versions without limit, so versions restart under a
    // new key (TUF §5.3.11).
    const sameKey = newest.roles.timestamp.keyids.join() === first.roles.timestamp.keyids.join();
    if (kept !== undefined && (sameKey || role === 'targets')) requireNotOlder(role, signed, kept);
  };
}

/**
 * Parses metadata strictly. @throws Problem `tuf-invalid`; `registry-answer-invalid` for text that
 * is not JSON, as captive portals send it
 */
export function parseMetadata<Metadata>(
  shape: Shape<Metadata>,
  bytes: Uint8Array,
  path: string,
): Metadata {
  try {
    return parseShape(shape, parseJson(bytes, path), 'tuf-invalid', path);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'json-invalid') throw cause;
    throw new Problem('registry-answer-invalid', cause.message, { cause });
  }
}

function requireInTime(role: TrustRole, expires: string, now: number): void {
  if (now < Date.parse(expires)) return;
  const offline = role === 'root' || role === 'targets';
  throw new Problem('tuf-expired', `The registry’s ${role} metadata expired at ${expires}`, {
    hint: offline
      ? 'its administrators have to sign new metadata: skillgate registry rotate'
      : 'the registry no longer renews its metadata, or somebody shows you an old copy: try again, then ask the operator',
  });
}

function requireNotOlder(
  role: Exclude<TrustRole, 'root'>,
  signed: TufSigned,
  kept: StoredTrust,
): void {
  const pairs: (readonly [TrustRole, number, number])[] = [
    [role, signed.version, storedVersion(kept, role)],
  ];
  if (signed._type === 'timestamp')
    pairs.push(['snapshot', signed.meta['snapshot.json'].version, storedVersion(kept, 'snapshot')]);
  if (signed._type === 'snapshot') {
    const before: TufSnapshot['meta'] = JSON.parse(kept.metadata.snapshot).signed.meta;
    for (const name of ['targets', 'online'] as const)
      pairs.push([name, signed.meta[`${name}.json`].version, before[`${name}.json`].version]);
  }
  const older = pairs.find(([, version, seen]) => version < seen);
  if (older === undefined) return;
  const [name, version, seen] = older;
  throw new Problem(
    'tuf-rollback',
    `The registry shows version ${version} of its ${name} metadata, but this host has seen version ${seen}`,
  );
}

// The newest online TUF metadata in one answer, so that a refresh of the root of trust takes one
// request. tuf-js judges each file of the answer as if the file had come by itself. A file that the
// answer lacks, or in which it is too large, is fetched by itself.

/** `/tuf/newest.json`. Nobody signs it. */
interface NewestSet {
  readonly schema: 'skillgate.tuf-newest/1';
  /** The newest version of the TUF root that the registry has. */
  readonly root: number;
  /** The text of each file, by the file's path below `/tuf/`. */
  readonly files: Readonly<Record<string, string>>;
}

const shape: Shape<NewestSet> = exactObject({
  schema: v.literal('skillgate.tuf-newest/1'),
  root: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  files: v.record(v.string(), v.string()),
});

/** Reads a file of `/tuf/`; undefined for a file that the registry does not have. */
type ReadTufFile = (path: string, bytesMax: number) => Promise<Uint8Array | undefined>;

/**
 * Asks for the newest set once, and reads further files one by one.
 * @throws Problem `registry-down`
 */
export async function tufFilesOf(source: Source): Promise<ReadTufFile> {
  const alone: ReadTufFile = (path, bytesMax) => fetchFile(source, path, bytesMax);
  const newest = await fetchNewest(source);
  if (newest === undefined) return alone;
  const files = new Map(Object.entries(newest.files));
  return async (path, bytesMax) => {
    const text = files.get(path.slice('/tuf/'.length));
    if (text !== undefined && Buffer.byteLength(text) <= bytesMax) return Buffer.from(text);
    const [, root] = /^\/tuf\/(\d+)\.root\.json$/.exec(path) ?? [];
    // A registry that hides a newer root here could also answer 404 for it.
    return Number(root) > newest.root ? undefined : alone(path, bytesMax);
  };
}

// Earlier registries and copies of a registry have no such file.
async function fetchNewest(source: Source): Promise<NewestSet | undefined> {
  const path = '/tuf/newest.json';
  try {
    const bytes = await fetchFile(source, path, newestSetBytesMax);
    return bytes && parseShape(shape, parseJson(bytes, path), 'registry-answer-invalid', path);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'registry-down') throw cause;
    return undefined;
  }
}
