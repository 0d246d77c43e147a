/**
 * Where the objects of a data folder are: in its folder `objects`, or in a bucket that
 * `objects.json` names. The file keeps other commands from using a folder without its objects.
 */

import { opendir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { authorizationV4, sha256 } from '../../../skills-index/run/egress/secret-use.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../../skills-index/skill/shape.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import { objectBytesPerSecondMin } from '../bounded-objects.ts';
import { forEachOf, type Objects } from '../objects.ts';

/** Objects that a start moves from the disk to an S3 store together. */
const objectsMovedAtOnce = 100;

/** Characters of a refusal of an S3 store that are read. */
const s3AnswerCharsMax = 10_000;

/**
 * One attempt of a request to an S3 store without the time for its bytes, the attempts, and the
 * first pause between them, which doubles. All of it fits into `objectWaitMs` of a storage.
 */
const s3AttemptMs = 3_000;

export const s3AttemptsMax = 3;

const s3PauseMs = 100;

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
async function bucketOf(dir: string): Promise<string | undefined> {
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

// Objects in a bucket of a store with the protocol of Amazon S3. Each request is signed with the
// digest of its body, so the store itself notices a damaged upload.

interface S3Bucket {
  /** `https://HOST/BUCKET/PREFIX`, or `https://BUCKET.HOST/PREFIX`; without a slash at the end. */
  readonly url: string;
  readonly region: string;
  /** Called for each request, so that new keys count at once. */
  readonly readKeys: () => Promise<S3Keys>;
}

interface S3Keys {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken?: string | undefined;
}

/** Why the store did not do what it was asked. */
class S3Refusal extends Error {
  readonly status: number;

  constructor(what: string, status: number, answer: string) {
    const [, code] = /<Code>([\w.]{1,100})<\/Code>/.exec(answer) ?? [];
    super(`The object store answered ${status}${code === undefined ? '' : ` ${code}`} for ${what}`);
    this.name = 'S3Refusal';
    this.status = status;
  }
}

/** Objects of a bucket. The names are below the bucket's prefix. */
export function s3Objects(bucket: S3Bucket): Objects {
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    const answer = await request(bucket, { method: 'PUT', name, bytes });
    if (answer.status !== 200) throw refusalOf(answer, `PUT ${name}`);
  };
  const getTagged: Objects['getTagged'] = async (name) => {
    const answer = await request(bucket, { method: 'GET', name });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200 || answer.tag === null) throw refusalOf(answer, `GET ${name}`);
    return { bytes: answer.bytes, tag: answer.tag };
  };
  return {
    get: async (name) => (await getTagged(name))?.bytes,
    getTagged,
    has: async (name) => {
      const answer = await request(bucket, { method: 'HEAD', name });
      if (answer.status !== 200 && answer.status !== 404) throw refusalOf(answer, `HEAD ${name}`);
      return answer.status === 200;
    },
    put,
    putOver: async (name, bytes, tag) => {
      const condition = tag === undefined ? { 'if-none-match': '*' } : { 'if-match': tag };
      const answer = await request(bucket, { method: 'PUT', name, bytes, condition });
      if (answer.status === 200) return true;
      // 409: another conditional write of this moment. 404: If-Match on an object that is gone.
      if ([404, 409, 412].includes(answer.status)) return false;
      throw refusalOf(answer, `PUT ${name}`);
    },
    remove: (names) =>
      forEachOf(names, async (name) => {
        const answer = await request(bucket, { method: 'DELETE', name });
        if (![200, 204, 404].includes(answer.status)) throw refusalOf(answer, `DELETE ${name}`);
      }),
    putAll: async (all) => forEachOf(all, ([name, bytes]) => put(name, bytes)),
  };
}

interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly name: string;
  readonly bytes?: Uint8Array;
  readonly condition?: Readonly<Record<string, string>>;
}

interface S3Answer {
  readonly status: number;
  readonly tag: string | null;
  readonly bytes: Uint8Array;
}

/**
 * Sends a request, again after a failure that may pass. A conditional write that took effect before
 * its answer was lost is refused the second time: its caller reads the object and finds its bytes.
 */
async function request(bucket: S3Bucket, what: S3Request): Promise<S3Answer> {
  for (let attempts = 1; ; attempts++) {
    try {
      const answer = await attempt(bucket, what);
      if (attempts === s3AttemptsMax || (answer.status !== 429 && answer.status < 500))
        return answer;
    } catch (cause) {
      if (attempts === s3AttemptsMax) throw cause;
    }
    await delay(s3PauseMs * 2 ** (attempts - 1));
  }
}

async function attempt(
  { url, region, readKeys }: S3Bucket,
  { method, name, bytes, condition = {} }: S3Request,
): Promise<S3Answer> {
  const { sessionToken, ...key } = await readKeys();
  const path = name.split('/').map(encodeURIComponent).join('/');
  const target = new URL(`${url}/${path}`);
  const payload = sha256(bytes ?? '');
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const signed = {
    ...condition,
    'x-amz-content-sha256': payload,
    'x-amz-date': date,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const headers = Object.entries({ ...signed, host: target.host });
  const authorization = authorizationV4(
    { method, target: target.pathname, headers, payload, date, region, service: 's3' },
    key,
  );
  const answer = await fetch(target, {
    method,
    headers: { ...signed, authorization: authorization ?? '' },
    // A redirect would send the object to another address.
    redirect: 'error',
    signal: AbortSignal.timeout(
      s3AttemptMs + Math.ceil(((bytes?.byteLength ?? 0) / objectBytesPerSecondMin) * 1_000),
    ),
    ...(bytes === undefined ? {} : { body: Buffer.from(bytes) }),
  });
  const body = new Uint8Array(await answer.arrayBuffer());
  return { status: answer.status, tag: answer.headers.get('etag'), bytes: body };
}

function refusalOf({ status, bytes }: S3Answer, what: string): S3Refusal {
  return new S3Refusal(what, status, Buffer.from(bytes).toString('utf8', 0, s3AnswerCharsMax));
}

// The access key of an object store: from the environment, or from a file of its own.

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How the key is read. A file counts before the environment, and is read for each request.
 * @param file in the form of `~/.aws/credentials`
 */
export function keyReader(file: string | undefined, env: Environment): S3Bucket['readKeys'] {
  return file === undefined ? async () => keysIn(env) : () => readKeyFile(file);
}

function keysIn(env: Environment): S3Keys {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (id !== undefined && secret !== undefined) return { id, secret, sessionToken: token };
  throw new Problem('object-store-unfit', 'There is no access key for the object store', {
    hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file: objects-keys = "s3-keys"',
  });
}

/** Reads the first section of the file. Only its owner may read the file. */
async function readKeyFile(path: string): Promise<S3Keys> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Problem('file-not-found', `Cannot read the access key ${path}: ${cause.code}`, {
      cause,
    });
  });
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new Problem('key-file-invalid', `Cannot use ${path}: other users may read this file`, {
      hint: `chmod 600 ${path}`,
    });
  const values = new Map(
    [...text.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(\S+)[ \t]*$/gm)]
      .reverse()
      .map(([, name = '', value = '']) => [name, value]),
  );
  const id = values.get('aws_access_key_id');
  const secret = values.get('aws_secret_access_key');
  if (id !== undefined && secret !== undefined)
    return { id, secret, sessionToken: values.get('aws_session_token') };
  throw new Problem('key-file-invalid', `Cannot use ${path}: it has no access key`, {
    hint: 'write two lines: aws_access_key_id = … and aws_secret_access_key = …',
  });
}
