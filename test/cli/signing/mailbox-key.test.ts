import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWith, sealFor } from '../../../cli/holds/sealed-message.ts';
import {
  addMailboxKey,
  createKeyFile,
  type KeyFile,
  publicKeyOf,
  readKeyFile,
} from '../../../cli/signing/key-file.ts';
import type { Keychain } from '../../../runner/secret-sources/keychain.ts';
import { isMailboxKeyOf } from '../../../skills-index/run/holds/hold-policy.ts';
import { folderWith } from '../temporary-folder.ts';

const passphrase = 'correct horse battery staple';

/** A key file with one key. */
async function keyFile(closedBy?: string): Promise<{ path: string; key: KeyFile }> {
  const path = join(folderWith(), 'mira.json');
  return { path, key: await createKeyFile(path, undefined, 'mira', undefined, closedBy) };
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const spkiOf = (key: KeyFile) => Buffer.from(key.mailboxKey?.spki ?? '', 'base64');

describe('the mailbox key of a key file', () => {
  it('is a second key, signed by the first, and opens what is sealed for it', async () => {
    const { path, key } = await keyFile();
    const made = await addMailboxKey(path, key);
    const now = await readKeyFile(path);
    expect(now.mailboxKey).toEqual(made);
    expect(made.spki).not.toBe(publicKeyOf(key).spki);
    expect(isMailboxKeyOf(publicKeyOf(key), made)).toBe(true);
    const { mailboxPrivate } = await now.unlocked();
    if (mailboxPrivate === undefined) throw new Error('it has none');
    expect(
      await openWith(mailboxPrivate)(await sealFor(spkiOf(now))('text', 'label'), 'label'),
    ).toBe('text');
    expect(
      await openWith(mailboxPrivate)(await sealFor(key.publicKey)('text', 'label'), 'label'),
    ).toBeUndefined();
  });

  it('leaves the first key and every other member of the file as they are, readable by the owner alone', async () => {
    const { path, key } = await keyFile();
    writeFileSync(path, JSON.stringify({ ...read(path), note: 'mine' }));
    const before = read(path);
    await addMailboxKey(path, key);
    const { mailboxKey: _, ...after } = read(path);
    expect(after).toEqual(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is made once: the file keeps the one that it has', async () => {
    const { path, key } = await keyFile();
    const made = await addMailboxKey(path, key);
    expect(await addMailboxKey(path, await readKeyFile(path))).toEqual(made);
    await expect(addMailboxKey(path, key)).rejects.toMatchObject({
      message: expect.stringContaining('changed it meanwhile'),
    });
    expect((await readKeyFile(path)).mailboxKey).toEqual(made);
  });

  it('lies under the passphrase of the file, which is asked once for both keys', async () => {
    const { path, key } = await keyFile(passphrase);
    await addMailboxKey(path, key, passphrase);
    expect(readFileSync(path, 'utf8')).not.toContain('PRIVATE');
    let asked = 0;
    const ask = async () => {
      asked++;
      return passphrase;
    };
    const { mailboxPrivate } = await (await readKeyFile(path, undefined, ask)).unlocked();
    expect([mailboxPrivate?.type, asked]).toEqual(['private', 1]);
    const wrong = await readKeyFile(path, undefined, async () => 'something else entirely');
    await expect(wrong.unlocked()).rejects.toMatchObject({ code: 'key-file-invalid' });
  });

  it('lies in the keychain where the first key does', async () => {
    const held = new Map<string, string>();
    const keychain: Keychain = {
      read: async (account) => held.get(account),
      write: async (account, secret) => void held.set(account, secret),
      remove: async (account) => void held.delete(account),
    };
    const path = join(folderWith(), 'mira.json');
    const key = await createKeyFile(path, undefined, 'mira', keychain);
    await addMailboxKey(path, key);
    expect(readFileSync(path, 'utf8')).not.toContain('PRIVATE');
    expect(held.size).toBe(2);
    const { mailboxPrivate } = await (await readKeyFile(path, () => keychain)).unlocked();
    expect(mailboxPrivate?.type).toBe('private');
  });

  it.each<
    [string, (own: Record<string, unknown>, other: Record<string, unknown>) => unknown, string]
  >([
    ['of another file', (_, other) => other, 'not signed by its signing key'],
    [
      'with the public part of another',
      (own, { keyId, publicKey }) => ({ ...own, keyId, publicKey }),
      'its key id is not that',
    ],
    ['without a signature', ({ signature: _, ...own }) => own, 'cannot be read'],
    ['without a private part', ({ privateKey: _, ...own }) => own, 'no private key'],
    ['that is no object', () => 'AAAA', 'cannot be read'],
  ])('makes the file refused: one %s', async (_, spoil, says) => {
    const mine = await keyFile();
    const other = await keyFile();
    for (const { key, path } of [mine, other]) await addMailboxKey(path, key);
    const stored = read(mine.path);
    writeFileSync(
      mine.path,
      JSON.stringify({
        ...stored,
        mailboxKey: spoil(stored.mailboxKey, read(other.path).mailboxKey),
      }),
    );
    await expect(readKeyFile(mine.path)).rejects.toMatchObject({
      code: 'key-file-invalid',
      message: expect.stringContaining(says),
    });
  });
});
