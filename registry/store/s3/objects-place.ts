/**
 * Where the objects of a data folder are: in its folder `objects`, or in a bucket that
 * `objects.json` names. The file keeps other commands from using a folder without its objects.
 */
import { opendir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../../skills-index/skill/shape.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import { forEachOf, type Objects } from '../objects.ts';
import { objectsMovedAtOnce } from './limits.ts';
import { keyReader } from './s3-keys.ts';
import { s3Objects } from './s3-objects.ts';

export interface BucketPlace {
  /** As `S3Bucket.url`. */
  readonly url: string;
  readonly region: string;
  /** Path of a file with the access key; the environment has the key where it is absent. */
  readonly keys?: string | undefined;
}

const shape = exactObject({
  schema: v.literal('skillgate.objects/1'),
  url: v.string(),
});
const fileName = 'objects.json';

/** The address of the bucket; undefined when the objects are in the folder. */
export async function bucketOf(dir: string): Promise<string | undefined> {
  const path = join(dir, fileName);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return bytes && parseShape(shape, parseJson(bytes, path), 'json-invalid', path).url;
}

/**
 * For a command that needs the objects in the folder.
 * @throws Problem `object-store-unfit`
 */
export async function requireOwnObjects(dir: string, hint: string): Promise<void> {
  const url = await bucketOf(dir);
  if (url !== undefined)
    throw new Problem('object-store-unfit', `The objects of ${dir} are in ${url}`, { hint });
}

/**
 * Opens the bucket for a data folder, and moves objects there that are still in the folder.
 * @throws Problem `object-store-unfit` for another bucket than before, and for a store that the
 * registry cannot use
 */
export async function openBucket(
  dir: string,
  place: BucketPlace,
  say: (line: string) => void,
): Promise<Objects> {
  const before = await bucketOf(dir);
  const url = place.url.replace(/\/+$/, '');
  if (before !== undefined && before !== url)
    throw new Problem('object-store-unfit', `The objects of ${dir} are in ${before}`, {
      hint: `to use another bucket, copy all objects there, then write its address into ${join(dir, fileName)}`,
    });
  const objects = s3Objects({
    url,
    region: place.region,
    readKeys: keyReader(place.keys, process.env),
  });
  await requireConditions(objects, url);
  // Before anything is moved: a killed move must not leave a folder that seems to be whole.
  const about = { schema: 'skillgate.objects/1', url };
  await writeFile(join(dir, fileName), `${JSON.stringify(about, null, 2)}\n`);
  await moveObjects(join(dir, 'objects'), objects, say);
  return objects;
}

/** A store that ignores the conditions of a write would lose index lines without a word. */
async function requireConditions(objects: Objects, url: string): Promise<void> {
  const name = 'probe';
  const first = Buffer.from('1');
  const second = Buffer.from('2');
  let obeys: boolean;
  try {
    await objects.put(name, first);
    const before = await objects.getTagged(name);
    obeys =
      !(await objects.putOver(name, second, undefined)) &&
      (await objects.putOver(name, second, before?.tag)) &&
      !(await objects.putOver(name, first, before?.tag)) &&
      Buffer.compare((await objects.get(name)) ?? first, second) === 0;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const why = cause instanceof Error ? reasonOf(cause) : String(cause);
    throw new Problem('object-store-unfit', `Cannot use the object store ${url}: ${why}`, {
      cause,
    });
  }
  if (!obeys)
    throw new Problem(
      'object-store-unfit',
      `Cannot use the object store ${url}: it ignores the conditions of a write (If-None-Match, If-Match)`,
    );
}

// fetch() puts the reason of a failed connection into the cause.
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** Moves what the bucket lacks. Uploads wait on the disk, so their folder stays. */
async function moveObjects(
  folder: string,
  objects: Objects,
  say: (line: string) => void,
): Promise<void> {
  let moved = 0;
  let paths: string[] = [];
  const move = async (): Promise<void> => {
    await forEachOf(paths, async (path) => {
      await objects.putOver(relative(folder, path), await readFile(path), undefined);
      await rm(path);
    });
    moved += paths.length;
    paths = [];
    if (moved % (objectsMovedAtOnce * 10) === 0) say(`moved ${moved} objects to the object store`);
  };
  const found = await opendir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return [];
  });
  for await (const entry of found) {
    const path = join(entry.parentPath, entry.name);
    const isObject = entry.isFile() && !entry.name.startsWith('.');
    if (!isObject || relative(folder, path).startsWith('uploads')) continue;
    paths.push(path);
    if (paths.length === objectsMovedAtOnce) await move();
  }
  if (paths.length > 0) await move();
  if (moved > 0) say(`moved ${moved} objects from ${folder} to the object store`);
}
