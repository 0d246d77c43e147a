/**
 * Objects in a bucket of a store with the protocol of Amazon S3. Each request is signed with the
 * digest of its body, so the store itself notices a damaged upload.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { authorizationV4, sha256 } from '../../../skills-index/run/egress/signature-v4.ts';
import { objectBytesPerSecondMin } from '../../limits.ts';
import { forEachOf, type Objects } from '../objects.ts';
import { s3AnswerCharsMax, s3AttemptMs, s3AttemptsMax, s3PauseMs } from './limits.ts';

export interface S3Bucket {
  /** `https://HOST/BUCKET/PREFIX`, or `https://BUCKET.HOST/PREFIX`; without a slash at the end. */
  readonly url: string;
  readonly region: string;
  /** Called for each request, so that new keys count at once. */
  readonly readKeys: () => Promise<S3Keys>;
}

export interface S3Keys {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken?: string | undefined;
}

/** Why the store did not do what it was asked. */
export class S3Refusal extends Error {
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
