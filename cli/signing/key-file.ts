/**
 * Keys in files: a P-256 key that only its owner can read, or whose private part lies in the OS
 * keychain; and the public part to hand around.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { writePrivateFile } from '../../runner/files/private-file.ts';
import { type Keychain, osKeychain } from '../../runner/secret-sources/keychain.ts';

import {
  isMailboxKeyOf,
  type MailboxKey,
  mailboxKeyBytes,
} from '../../skills-index/run/holds/hold-policy.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import {
  type AskPassphrase,
  invalidKey,
  type KeyPart,
  keepIn,
  partOf,
  publicPartOf,
  readStoredKey,
  storedPrivate,
  writeNewKey,
} from './stored-key.ts';

/** A key that was read: a signer with a name. The private part stays inside. */
export interface KeyFile extends Signer {
  readonly name: string;
  /** SPKI PEM. */
  readonly publicPem: string;
  /** Where the private part lies, if not in the file. */
  readonly keychain?: Keychain;
  /** Whether a passphrase is asked at each signature. */
  readonly sealed?: boolean;
  /**
   * The public part of the second key in the file, for which hosts seal holds; a file gets one by
   * `addMailboxKey`.
   */
  readonly mailboxKey?: MailboxKey;
  /** The same key, its private parts read once: for what is read and signed in one go. */
  unlocked(): Promise<UnlockedKey>;
}

export interface UnlockedKey extends KeyFile {
  /** Opens what was sealed for `mailboxKey`, and signs nothing. */
  readonly mailboxPrivate?: KeyObject;
}

/** The public part as other people get it. */
export interface PublicKeyFile extends PublicKey {
  readonly name: string;
}

/**
 * Makes a key and writes both files: `path` with mode 0600, and the public part beside it. Nothing
 * is overwritten.
 * @param keychain holds the private part; the file at `path` then says so, and has the public part
 * only
 * @param passphrase closes the private part in the file; asked again at each signature
 * @throws Problem `file-exists`, `keychain-missing`
 */
export async function createKeyFile(
  path: string,
  publicPath: string | undefined,
  name: string,
  keychain?: Keychain,
  passphrase?: string,
): Promise<KeyFile> {
  const { part, privateKey } = makePart(name, keychain);
  const key = toKeyFile(part);
  const shared = { keyId: key.keyId, name, publicKey: key.publicPem };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await keepIn(keychain, key.keyId, privateKey);
  try {
    await writeNewKey(
      path,
      { ...shared, ...storedPrivate(privateKey, keychain, passphrase) },
      0o600,
    );
  } catch (cause) {
    await keychain?.remove(key.keyId);
    throw cause;
  }
  if (publicPath !== undefined) {
    await rm(publicPath, { force: true });
    await writeNewKey(publicPath, shared, 0o644);
  }
  return key;
}

/**
 * Gives the file a mailbox key, kept as its first key is kept; one that is there stays. The file is
 * replaced whole.
 * @param key the key of this file, able to sign
 * @param passphrase that of the file, if it has one
 * @throws Problem `keychain-missing`, `key-file-invalid`
 */
export async function addMailboxKey(
  path: string,
  key: KeyFile,
  passphrase?: string,
): Promise<MailboxKey> {
  const { value } = await readStoredKey(path);
  if (key.mailboxKey !== undefined) return key.mailboxKey;
  if (value.keyId !== key.keyId || value.mailboxKey !== undefined)
    throw invalidKey(path, 'another command changed it meanwhile', 'try again');
  const { part, privateKey } = makePart(key.name, key.keychain);
  const spki = part.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const signature = Buffer.from(await key.sign(mailboxKeyBytes(key.keyId, spki))).toString(
    'base64',
  );
  const publicKey = part.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const kept = {
    keyId: part.keyId,
    publicKey,
    signature,
    ...storedPrivate(privateKey, key.keychain, passphrase),
  };
  await keepIn(key.keychain, part.keyId, privateKey);
  try {
    writePrivateFile(path, `${JSON.stringify({ ...value, mailboxKey: kept }, null, 2)}\n`);
  } catch (cause) {
    await key.keychain?.remove(part.keyId);
    throw cause;
  }
  return { spki, signature };
}

function makePart(
  name: string,
  keychain?: Keychain,
): { readonly part: KeyPart; readonly privateKey: KeyObject } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKey = createPublicKey(privateKey);
  const keyId = digestOf(publicKey.export({ type: 'spki', format: 'der' }));
  const read = async (): Promise<KeyObject> => privateKey;
  const part =
    keychain === undefined
      ? { name, keyId, publicKey, read }
      : { name, keyId, publicKey, read, keychain };
  return { part, privateKey };
}

/**
 * Reads a private key. A file that others may read or write is no secret, and is refused.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readKeyFile(
  path: string,
  openKeychain: () => Keychain = osKeychain,
  askPassphrase?: AskPassphrase,
): Promise<KeyFile> {
  const { value, mode, uid } = await readStoredKey(path);
  if (
    process.platform !== 'win32' &&
    ((mode & 0o077) !== 0 || (uid !== process.getuid?.() && uid !== 0))
  )
    throw invalidKey(path, 'others may read or write it', `chmod 600 ${JSON.stringify(path)}`);
  const part = partOf(path, value, openKeychain);
  const mailbox =
    value.mailboxKey === undefined
      ? undefined
      : mailboxPartOf(path, part, value.mailboxKey, openKeychain);
  return toKeyFile(part, mailbox, askPassphrase);
}

/**
 * Reads a public part (`NAME.pub.json`); a file with the private part does as well.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readPublicKeyFile(path: string): Promise<PublicKeyFile> {
  const { value } = await readStoredKey(path);
  const { name, keyId, publicKey } = publicPartOf(path, value);
  return {
    name,
    keyId,
    spki: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

/** The key as statements carry it. */
export function publicKeyOf(signer: Signer): PublicKey {
  return { keyId: signer.keyId, spki: Buffer.from(signer.publicKey).toString('base64') };
}

interface MailboxPart {
  readonly part: KeyPart;
  readonly key: MailboxKey;
}

const storedMailboxShape = v.looseObject({ signature: v.string() });

function mailboxPartOf(
  path: string,
  own: KeyPart,
  stored: unknown,
  openKeychain: () => Keychain,
): MailboxPart {
  const read = v.safeParse(storedMailboxShape, stored);
  if (!read.success) throw invalidKey(path, 'its mailbox key cannot be read');
  const part = partOf(path, { ...read.output, name: own.name }, openKeychain);
  const spkiOf = (key: KeyObject): string =>
    key.export({ type: 'spki', format: 'der' }).toString('base64');
  const key = { spki: spkiOf(part.publicKey), signature: read.output.signature };
  if (!isMailboxKeyOf({ keyId: own.keyId, spki: spkiOf(own.publicKey) }, key))
    throw invalidKey(path, 'its mailbox key is not signed by its signing key');
  return { part, key };
}

function toKeyFile(part: KeyPart, mailbox?: MailboxPart, ask?: AskPassphrase): KeyFile {
  const { keyId, keychain, name, publicKey, sealed } = part;
  return {
    name,
    keyId,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ...(keychain === undefined ? {} : { keychain }),
    ...(sealed === undefined ? {} : { sealed }),
    ...(mailbox === undefined ? {} : { mailboxKey: mailbox.key }),
    // ECDSA over P-256 with SHA-256, DER, as DSSE in Sigstore bundles carries it.
    sign: async (bytes) => sign('sha256', bytes, { key: await part.read(ask), dsaEncoding: 'der' }),
    unlocked: () => unlock(part, mailbox, ask),
  };
}

// Both private parts for one passphrase, asked once.
async function unlock(
  part: KeyPart,
  mailbox: MailboxPart | undefined,
  ask?: AskPassphrase,
): Promise<UnlockedKey> {
  let asked: Promise<string> | undefined;
  const once =
    ask === undefined ? undefined : (name: string): Promise<string> => (asked ??= ask(name));
  const privateKey = await part.read(once);
  const { sealed: _, ...open } = { ...part, read: async (): Promise<KeyObject> => privateKey };
  if (mailbox === undefined) return toKeyFile(open);
  return { ...toKeyFile(open, mailbox), mailboxPrivate: await mailbox.part.read(once) };
}
