import { verify } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyFile, readKeyFile, readPublicKeyFile } from '../../../cli/signing/key-file.ts';
import type { Keychain } from '../../../runner/secret-sources/keychain.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

/**
 * Stands in for the operating system's; the real one is used by hand
 * (docs/decisions/0014-keyless.md).
 */
function standIn(): Keychain & { readonly held: Map<string, string>; reads: number } {
  const held = new Map<string, string>();
  const keychain = {
    held,
    reads: 0,
    read: async (keyId: string) => {
      keychain.reads++;
      return held.get(keyId);
    },
    write: async (keyId: string, secret: string) => void held.set(keyId, secret),
    remove: async (keyId: string) => void held.delete(keyId),
  };
  return keychain;
}

async function made() {
  const folder = folderWith();
  const path = join(folder, 'rita.json');
  const keychain = standIn();
  const key = await createKeyFile(path, join(folder, 'rita.pub.json'), 'rita', keychain);
  return { folder, path, keychain, key, read: () => readKeyFile(path, () => keychain) };
}

describe('a key in the keychain', () => {
  it('signs what its public part verifies, and its private part is in no file', async () => {
    const { path, folder, read, key } = await made();
    const bytes = Buffer.from('statement');
    expect(verify('sha256', bytes, key.publicPem, await (await read()).sign(bytes))).toBe(true);
    for (const file of [path, join(folder, 'rita.pub.json')])
      expect(readFileSync(file, 'utf8')).not.toContain('PRIVATE');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      keychain: true,
      keyId: key.keyId,
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await readPublicKeyFile(path)).keyId).toBe(key.keyId);
  });

  it('is asked for only when something is signed: a person may have to unlock it', async () => {
    const { keychain, read } = await made();
    const before = keychain.reads;
    const key = await read();
    expect(keychain.reads).toBe(before);
    await key.sign(Buffer.from('x'));
    expect(keychain.reads).toBe(before + 1);
  });

  it('is not made where the keychain does not answer, and no file is written in its place', async () => {
    const path = join(folderWith(), 'rita.json');
    const locked = {
      ...standIn(),
      write: () => Promise.reject(new Problem('keychain-missing', 'locked')),
    };
    await expect(createKeyFile(path, undefined, 'rita', locked)).rejects.toMatchObject({
      code: 'keychain-missing',
    });
    const forgetful = { ...standIn(), read: async () => undefined };
    await expect(createKeyFile(path, undefined, 'rita', forgetful)).rejects.toMatchObject({
      code: 'keychain-missing',
    });
    expect(existsSync(path)).toBe(false);
  });

  it('leaves nothing in the keychain when its name is taken', async () => {
    const { path, keychain, key } = await made();
    await expect(createKeyFile(path, undefined, 'rita', keychain)).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect([...keychain.held.keys()]).toEqual([key.keyId]);
  });

  it.each<[string, (keychain: ReturnType<typeof standIn>, keyId: string) => unknown, RegExp]>([
    ['gone', (keychain, keyId) => keychain.held.delete(keyId), /not in the keychain/],
    [
      'replaced by another key',
      async (keychain, keyId) => keychain.held.set(keyId, await anotherPem()),
      /another key under its name/,
    ],
    ['damaged', (keychain, keyId) => keychain.held.set(keyId, 'x'), /cannot be read/],
  ])('signs nothing when its private part is %s', async (_, harm, says) => {
    const { keychain, key, read } = await made();
    await harm(keychain, key.keyId);
    const signing = read().then((one) => one.sign(Buffer.from('x')));
    await expect(signing).rejects.toMatchObject({
      code: 'key-file-invalid',
      message: expect.stringMatching(says),
    });
  });
});

async function anotherPem(): Promise<string> {
  const { keychain } = await made();
  return [...keychain.held.values()][0] ?? '';
}
