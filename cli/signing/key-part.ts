/**
 * One private key as a key file holds it: in clear, under a passphrase, or as an entry of the
 * keychain.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type * as secrets from '../../runner/secret-sources/public.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { openSealed, sealedKeyShape, sealKey } from './sealed-key.ts';

/** @returns the passphrase of the key of this name */
export type AskPassphrase = (name: string) => Promise<string>;

/** As it was parsed, before its members are judged. */
export interface StoredKey {
  readonly name?: unknown;
  readonly keyId?: unknown;
  readonly publicKey?: unknown;
  readonly privateKey?: unknown;
  readonly keychain?: unknown;
  readonly sealedKey?: unknown;
}

export interface KeyPart {
  readonly name: string;
  readonly keyId: Digest;
  readonly publicKey: KeyObject;
  /** Where the private part lies, if not in the file. */
  readonly keychain?: secrets.Keychain;
  /** Whether a passphrase opens it. */
  readonly sealed?: boolean;
  /** The private part: keychain and passphrase may ask a person, so it is read when it is used. */
  read(ask?: AskPassphrase): Promise<KeyObject>;
}

/** How the file holds a private part: in one of the three ways. */
export function storedPrivate(
  key: KeyObject,
  keychain?: secrets.Keychain,
  passphrase?: string,
): object {
  if (keychain !== undefined) return { keychain: true };
  if (passphrase !== undefined)
    return { sealedKey: sealKey(key.export({ type: 'pkcs8', format: 'der' }), passphrase) };
  return { privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A keychain that takes a secret and does not give it back would cost the author the scope. */
export async function keepIn(
  keychain: secrets.Keychain | undefined,
  keyId: Digest,
  key: KeyObject,
): Promise<void> {
  if (keychain === undefined) return;
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  await keychain.write(keyId, pem);
  if ((await keychain.read(keyId)) !== pem)
    throw new Problem(
      'keychain-missing',
      'Cannot store the key: the keychain returns another value than the stored one',
    );
}

/** @throws Problem `key-file-invalid` */
export function partOf(
  path: string,
  stored: StoredKey,
  openKeychain: () => secrets.Keychain,
): KeyPart {
  const { keychain, privateKey, sealedKey } = stored;
  if (keychain === true && privateKey === undefined)
    return partInKeychain(path, stored, openKeychain());
  if (sealedKey !== undefined && privateKey === undefined) return partUnderPassphrase(path, stored);
  if (typeof privateKey !== 'string') throw invalidKey(path, 'it contains no private key');
  const key = privateKeyOf(path, privateKey);
  const { keyId, name } = publicPartOf(path, stored);
  return { name, keyId, publicKey: ownPublic(path, key, keyId), read: async () => key };
}

function partInKeychain(path: string, stored: StoredKey, keychain: secrets.Keychain): KeyPart {
  const { keyId, name, publicKey } = publicPartOf(path, stored);
  const read = async (): Promise<KeyObject> => {
    const pem = await keychain.read(keyId);
    if (pem === undefined)
      throw invalidKey(path, 'its private part is not in the keychain of this machine');
    const key = privateKeyOf(path, pem);
    if (idOf(createPublicKey(key)) !== keyId)
      throw invalidKey(path, 'the keychain holds another key under its name');
    return key;
  };
  return { name, keyId, publicKey, keychain, read };
}

function partUnderPassphrase(path: string, stored: StoredKey): KeyPart {
  const { keyId, name, publicKey } = publicPartOf(path, stored);
  const sealed = v.safeParse(sealedKeyShape, stored.sealedKey);
  if (!sealed.success) throw invalidKey(path, 'its sealed key cannot be read');
  const read = async (ask?: AskPassphrase): Promise<KeyObject> => {
    if (ask === undefined)
      throw invalidKey(
        path,
        'it is encrypted with a passphrase, and this command does not ask for one',
      );
    const der = openSealed(sealed.output, await ask(name));
    if (der === undefined)
      throw invalidKey(path, 'the passphrase is wrong', 'try again; nothing was signed');
    const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    if (idOf(createPublicKey(key)) !== keyId)
      throw invalidKey(path, 'it contains another key under this name');
    return key;
  };
  return { name, keyId, publicKey, sealed: true, read };
}

/** @throws Problem `key-file-invalid` */
export function publicPartOf(
  path: string,
  { name, keyId, publicKey }: StoredKey,
): Pick<KeyPart, 'name' | 'keyId' | 'publicKey'> {
  if (typeof publicKey !== 'string' || typeof name !== 'string')
    throw invalidKey(path, 'it contains no public key');
  let parsed: KeyObject;
  try {
    parsed = createPublicKey(publicKey);
  } catch (cause) {
    throw invalidKey(path, 'its public key cannot be read', undefined, cause);
  }
  requireP256(path, parsed);
  const digest = idOf(parsed);
  if (digest !== keyId) throw invalidKey(path, 'its key id is not that of its key');
  return { name, keyId: digest, publicKey: parsed };
}

export function invalidKey(path: string, why: string, hint?: string, cause?: unknown): Problem {
  return new Problem('key-file-invalid', `Cannot use key ${JSON.stringify(path)}: ${why}`, {
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

function ownPublic(path: string, key: KeyObject, keyId: Digest): KeyObject {
  const own = createPublicKey(key);
  if (idOf(own) !== keyId) throw invalidKey(path, 'its key id is not that of its key');
  return own;
}

function privateKeyOf(path: string, pem: string): KeyObject {
  let parsed: KeyObject;
  try {
    parsed = createPrivateKey(pem);
  } catch (cause) {
    throw invalidKey(path, 'its private key cannot be read', undefined, cause);
  }
  requireP256(path, parsed);
  return parsed;
}

function requireP256(path: string, key: KeyObject): void {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw invalidKey(path, 'it is not a P-256 key');
}

function idOf(key: KeyObject): Digest {
  return digestOf(key.export({ type: 'spki', format: 'der' }));
}
