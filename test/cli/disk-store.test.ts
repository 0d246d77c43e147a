import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskStore } from '../../cli/registries/carry-memory.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-store-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const paths = () => ({ cache: join(home, 'cache'), data: join(home, 'data') });
const bytes = (text: string) => new TextEncoder().encode(text);
const one = digestOf('root one');
const other = digestOf('root two');

describe('diskStore', () => {
  it('gives back what was put, and nothing for what was not', async () => {
    const store = diskStore(paths(), one);
    await store.put(digestOf('x'), bytes('x'));
    await store.putNamed('index/@acme/report', bytes('line'));
    expect(Buffer.from((await store.get(digestOf('x'))) ?? []).toString()).toBe('x');
    expect(Buffer.from((await store.getNamed('index/@acme/report')) ?? []).toString()).toBe('line');
    expect(await store.get(digestOf('y'))).toBeUndefined();
    expect(await store.getNamed('status.json')).toBeUndefined();
  });

  it('shares blobs between registries, and no other file', async () => {
    await diskStore(paths(), one).put(digestOf('x'), bytes('x'));
    await diskStore(paths(), one).putNamed('status.json', bytes('of one'));
    expect(await diskStore(paths(), other).get(digestOf('x'))).toBeDefined();
    expect(await diskStore(paths(), other).getNamed('status.json')).toBeUndefined();
  });

  it('keeps evidence against a log when the cache is emptied, and says where', async () => {
    const store = diskStore(paths(), one);
    await store.putNamed('alarms/0a.json', bytes('two heads'));
    rmSync(paths().cache, { recursive: true, force: true });
    expect(readFileSync(store.placeOf?.('alarms/0a.json') ?? '', 'utf8')).toBe('two heads');
  });

  it('remembers the log’s head when the cache is emptied, so that a rollback is still seen', async () => {
    const store = diskStore(paths(), one);
    await store.putNamed('checkpoint', bytes('head'));
    await store.putNamed('status.json', bytes('status'));
    rmSync(paths().cache, { recursive: true });
    expect(await store.getNamed('checkpoint')).toBeDefined();
    expect(await store.getNamed('status.json')).toBeUndefined();
  });

  it('remembers learned statements when the cache is emptied', async () => {
    const store = diskStore(paths(), one);
    await store.putNamed('known/0a', bytes('kept'));
    rmSync(paths().cache, { recursive: true, force: true });
    expect(await store.getNamed('known/0a')).toBeDefined();
  });

  it('lists what lies in a folder, without what a crash left half-written', async () => {
    const store = diskStore(paths(), one);
    expect(await store.listNamed('known')).toEqual([]);
    for (const name of ['known/0b', 'known/0a', 'checkpoint'])
      await store.putNamed(name, bytes('x'));
    writeFileSync(join(paths().data, 'registries', hexOf(one), 'known', '.0c.1.new'), 'x');
    expect(await store.listNamed('known')).toEqual(['0a', '0b']);
  });

  it('keeps its files to the user and leaves no half-written one', async () => {
    const store = diskStore(paths(), one);
    await Promise.all(Array.from({ length: 8 }, () => store.put(digestOf('x'), bytes('x'))));
    const folder = join(paths().cache, 'blobs/sha256');
    const [name = '', ...rest] = readdirSync(folder);
    expect(rest).toEqual([]);
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it.each(['../outside', 'index/../../x', '/etc/passwd', '', 'a//b', '.hidden'])(
    'has no file named %j',
    async (name) => {
      await expect(diskStore(paths(), one).putNamed(name, bytes('x'))).rejects.toThrow(
        'not a valid name',
      );
    },
  );
});
