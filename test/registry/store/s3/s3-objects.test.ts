import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Objects } from '../../../../registry/store/objects.ts';
import {
  keyReader,
  openBucket,
  requireOwnObjects,
  s3AttemptsMax,
  s3Objects,
} from '../../../../registry/store/s3/objects-place.ts';
import { folderWith } from '../../../cli/temporary-folder.ts';
import { type StubStore, startStubStore } from './stub-store.ts';

let store: StubStore;
let objects: Objects;
beforeEach(async () => {
  store = await startStubStore();
  const readKeys = async () => ({ id: 'me', secret: 's', sessionToken: 'token' });
  objects = s3Objects({ url: store.url, region: 'eu-1', readKeys });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'me');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
});
afterEach(() => {
  vi.unstubAllEnvs();
  store.close();
});

const bytes = Buffer.from('bytes');
const failTimes = (times: number, status: number) => {
  store.fail = () => (store.asked.length > times ? undefined : status);
};

describe('objects in an S3 store', () => {
  it('are signed with the digest of their bytes, and show the secret to nobody', async () => {
    await objects.put('public/index/@acme/a', bytes);
    const [{ headers, url } = { headers: {}, url: '' }] = store.asked;
    expect(url).toBe('/bucket/public/index/%40acme/a');
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=me\/\d{8}\/eu-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(headers).toMatchObject({
      'x-amz-content-sha256': '277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9',
      'x-amz-security-token': 'token',
    });
  });

  it.each([429, 503])('are tried again after %i, and not for ever', async (status) => {
    failTimes(s3AttemptsMax - 1, status);
    await objects.put('a', bytes);
    expect(store.asked).toHaveLength(s3AttemptsMax);
    store.asked.length = 0;
    failTimes(s3AttemptsMax, status);
    await expect(objects.put('a', bytes)).rejects.toThrow(`answered ${status} AccessDenied`);
    expect(store.asked).toHaveLength(s3AttemptsMax);
  });

  it('are not tried again after a refusal, which is no absence', async () => {
    store.fail = () => 403;
    for (const ask of [
      () => objects.get('a'),
      () => objects.has('a'),
      () => objects.put('a', bytes),
      () => objects.putOver('a', bytes, undefined),
      () => objects.remove(['a']),
    ])
      await expect(ask()).rejects.toThrow('answered 403');
    expect(store.asked).toHaveLength(5);
  });

  it('whose conditional write took effect without an answer are read by the caller', async () => {
    store.fail = () => {
      if (store.asked.length > 1) return undefined;
      store.stored.set('/bucket/a', bytes);
      return 500;
    };
    expect(await objects.putOver('a', bytes, undefined)).toBe(false);
    expect(await objects.get('a')).toEqual(new Uint8Array(bytes));
  });

  it('of a store that does not answer fail in time', async () => {
    store.fail = () => 'hang';
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
    await expect(objects.get('a')).rejects.toThrow('aborted');
    expect(timeout.mock.calls).toEqual(Array(s3AttemptsMax).fill([3_000]));
    timeout.mockRestore();
  });
});

describe('a bucket for a data folder', () => {
  const place = () => ({ url: store.url, region: 'us-east-1' });
  const say = () => undefined;

  it('gets the objects of the folder, but no uploads, and no older file over a newer one', async () => {
    const dir = folderWith({
      'objects/stored/sha256/aa': 'blob',
      'objects/public/index/status.json': 'older',
      'objects/uploads/waiting': 'upload',
      'objects/stored/.part': 'half',
    });
    store.stored.set('/bucket/public/index/status.json', Buffer.from('newer'));
    await openBucket(dir, place(), say);
    store.stored.delete('/bucket/probe');
    expect(Object.fromEntries([...store.stored].map(([name, kept]) => [name, `${kept}`]))).toEqual({
      '/bucket/public/index/status.json': 'newer',
      '/bucket/stored/sha256/aa': 'blob',
    });
    await expect(requireOwnObjects(dir, 'a hint')).rejects.toThrow(`are in ${store.url}`);
    expect(readFileSync(join(dir, 'objects.json'), 'utf8')).not.toContain('a-secret');
  });

  it('has to be the bucket of the last start', async () => {
    const dir = folderWith();
    await openBucket(dir, place(), say);
    await openBucket(dir, { ...place(), url: `${store.url}/` }, say);
    await expect(openBucket(dir, { ...place(), url: `${store.url}2` }, say)).rejects.toThrow(
      `are in ${store.url}`,
    );
  });

  it('has to obey the conditions of a write', async () => {
    store.obeys = false;
    const dir = folderWith({ 'objects/stored/a': 'blob' });
    await expect(openBucket(dir, place(), say)).rejects.toThrow('ignores the conditions');
    expect(readFileSync(join(dir, 'objects/stored/a'), 'utf8')).toBe('blob');
    await requireOwnObjects(dir, '');
  });

  it('has to take the access key', async () => {
    store.fail = () => 403;
    await expect(openBucket(folderWith(), place(), say)).rejects.toThrow('403 AccessDenied');
    vi.unstubAllEnvs();
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    await expect(openBucket(folderWith(), place(), say)).rejects.toThrow('no access key');
  });
});

describe('the file of an access key', () => {
  const text =
    '[default]\naws_access_key_id = me\naws_secret_access_key=a/secret+\n\n[other]\naws_access_key_id = them\n';

  it('has the key of its first section', async () => {
    const file = join(folderWith({ keys: text }), 'keys');
    chmodSync(file, 0o600);
    expect(await keyReader(file, {})()).toEqual({ id: 'me', secret: 'a/secret+' });
  });

  it('is refused when others may read it, or when it has no key', async () => {
    const file = join(folderWith({ keys: text }), 'keys');
    chmodSync(file, 0o644);
    await expect(keyReader(file, {})()).rejects.toThrow('other users may read');
    const empty = join(folderWith({ keys: '[default]\n' }), 'keys');
    chmodSync(empty, 0o600);
    await expect(keyReader(empty, {})()).rejects.toThrow('no access key');
  });
});
