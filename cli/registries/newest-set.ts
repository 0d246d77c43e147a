/**
 * The newest online TUF metadata in one answer, so that a refresh of the root of trust takes one
 * request. tuf-js judges each file of the answer as if the file had come by itself. A file that the
 * answer lacks, or in which it is too large, is fetched by itself.
 */
import * as v from 'valibot';
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Shape } from '../../skills-index/statement/field-shapes.ts';
import { newestSetBytesMax } from '../limits.ts';

/** `/tuf/newest.json`. Nobody signs it. */
export interface NewestSet {
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
export type ReadTufFile = (path: string, bytesMax: number) => Promise<Uint8Array | undefined>;

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
