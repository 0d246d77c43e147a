/** The JSON files of keys: read within a limit, and never overwritten. */

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  scryptSync,
} from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import * as v from 'valibot';
import type { Keychain } from '../../runner/secret-sources/keychain.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { CommandContext } from '../command.ts';
import { askHidden, isQuietTerminal } from '../terminal/hidden-answer.ts';
import { safe } from '../terminal/output.ts';

const keyFileBytesMax = 64 * 1024;

const schema = 'skillgate.key/1';

interface StoredFile extends StoredKey {
  readonly mailboxKey?: unknown;
}

/**
 * Reads the JSON of a key file, and whose it is.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readStoredKey(
  path: string,
): Promise<{ value: StoredFile; mode: number; uid: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'ENOENT' ? 'there is no such key' : `it cannot be opened (${cause.code})`;
      const hint = path.endsWith('.pub.json')
        ? 'ask the key’s owner for the file: it is NAME.pub.json beside their private key, and skillgate key create prints its path'
        : 'skillgate key list';
      throw new Problem('file-not-found', `Cannot read key ${JSON.stringify(path)}: ${why}`, {
        hint,
        cause,
      });
    },
  );
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > keyFileBytesMax)
      throw invalidKey(path, 'it is not a key file');
    const { value } = parseJson(await file.readFile(), path);
    const found = value as (StoredFile & { schema?: unknown }) | null;
    if (found?.schema !== schema) throw invalidKey(path, `it is not of form ${schema}`);
    return { value: found, mode: stat.mode, uid: stat.uid };
  } finally {
    await file.close();
  }
}

/**
 * Refuses before a person is asked for a passphrase in vain.
 * @throws Problem `file-exists`
 */
export function requireNoKeyAt(path: string): void {
  if (existsSync(path)) throw alreadyThere(path);
}

function alreadyThere(path: string, cause?: unknown): Problem {
  return new Problem('file-exists', `Cannot write ${JSON.stringify(path)}: it already exists`, {
    cause,
  });
}

/**
 * Writes a new key file. A key that is there is never overwritten, and a link laid there is not
 * followed (`wx`).
 * @throws Problem `file-exists`
 */
export async function writeNewKey(path: string, value: object, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? alreadyThere(path, cause) : cause;
  });
  try {
    await file.chmod(mode);
    await file.writeFile(`${JSON.stringify({ schema, ...value }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

// One private key as a key file holds it: in clear, under a passphrase, or as an entry of the
// keychain.

/** @returns the passphrase of the key of this name */
export type AskPassphrase = (name: string) => Promise<string>;

/** As it was parsed, before its members are judged. */
interface StoredKey {
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
  readonly keychain?: Keychain;
  /** Whether a passphrase opens it. */
  readonly sealed?: boolean;
  /** The private part: keychain and passphrase may ask a person, so it is read when it is used. */
  read(ask?: AskPassphrase): Promise<KeyObject>;
}

/** How the file holds a private part: in one of the three ways. */
export function storedPrivate(key: KeyObject, keychain?: Keychain, passphrase?: string): object {
  if (keychain !== undefined) return { keychain: true };
  if (passphrase !== undefined)
    return { sealedKey: sealKey(key.export({ type: 'pkcs8', format: 'der' }), passphrase) };
  return { privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A keychain that takes a secret and does not give it back would cost the author the scope. */
export async function keepIn(
  keychain: Keychain | undefined,
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
export function partOf(path: string, stored: StoredKey, openKeychain: () => Keychain): KeyPart {
  const { keychain, privateKey, sealedKey } = stored;
  if (keychain === true && privateKey === undefined)
    return partInKeychain(path, stored, openKeychain());
  if (sealedKey !== undefined && privateKey === undefined) return partUnderPassphrase(path, stored);
  if (typeof privateKey !== 'string') throw invalidKey(path, 'it contains no private key');
  const key = privateKeyOf(path, privateKey);
  const { keyId, name } = publicPartOf(path, stored);
  return { name, keyId, publicKey: ownPublic(path, key, keyId), read: async () => key };
}

function partInKeychain(path: string, stored: StoredKey, keychain: Keychain): KeyPart {
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

// A private key encrypted with a passphrase by scrypt and AES-256-GCM, because every program of
// this user can copy the file and try passphrases.

/** Shorter ones are easy to guess. */
const passphraseCharsMin = 12;

// 128 MiB and about half a second for each guess (RFC 7914).
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;

const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/=]{1,4000}$/, 'is not base64'));

/** The encrypted form in a key file, instead of `privateKey`. */
const sealedKeyShape = exactObject({
  with: v.literal('scrypt-131072-8-1+aes-256-gcm'),
  salt: base64,
  nonce: base64,
  sealed: base64,
});
type SealedKey = v.InferOutput<typeof sealedKeyShape>;

/** @param pkcs8 DER */
export function sealKey(pkcs8: Uint8Array, passphrase: string): SealedKey {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(passphrase, salt), nonce);
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  const text = (bytes: Buffer): string => bytes.toString('base64');
  return {
    with: 'scrypt-131072-8-1+aes-256-gcm',
    salt: text(salt),
    nonce: text(nonce),
    sealed: text(sealed),
  };
}

/** The key as PKCS8 DER; undefined for a wrong passphrase or a changed file. */
export function openSealed(
  { nonce, salt, sealed }: SealedKey,
  passphrase: string,
): Uint8Array | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  const tagBytes = 16;
  const key = keyFrom(passphrase, Buffer.from(salt, 'base64'));
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
      authTagLength: tagBytes,
    });
    cipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([cipher.update(bytes.subarray(0, -tagBytes)), cipher.final()]);
  } catch {
    return undefined;
  }
}

// Normalised, because keyboards compose letters differently.
function keyFrom(passphrase: string, salt: Uint8Array): Buffer {
  return scryptSync(passphrase.normalize('NFC'), salt, 32, cost);
}

// The passphrase of a key: asked at a terminal without echo, never read from an option or the
// environment.

type Terminal = Pick<CommandContext, 'stdin' | 'stderr' | 'signal'>;

/** @throws Problem `not-confirmed` where there is no terminal, `interrupted` */
export async function askPassphrase(context: Terminal, name: string): Promise<string> {
  const { stdin } = context;
  if (!isQuietTerminal(stdin))
    throw new Problem(
      'not-confirmed',
      `Cannot ask for the passphrase of key ${name}: there is no terminal`,
      {
        hint: 'run the command in a terminal, where a person types the passphrase',
      },
    );
  return askHidden(context, stdin, safe`Passphrase of key ${name}: `);
}

/**
 * Asks twice for a new passphrase. @throws Problem `not-confirmed` when the answers differ or are
 * too short
 */
export async function askNewPassphrase(context: Terminal, name: string): Promise<string> {
  const first = await askPassphrase(
    context,
    `${name} (new, at least ${passphraseCharsMin} characters)`,
  );
  if (Array.from(first).length < passphraseCharsMin)
    throw new Problem(
      'not-confirmed',
      `The passphrase is too short: it needs at least ${passphraseCharsMin} characters; no key was created`,
      { hint: 'run the command again with a longer passphrase, such as four words' },
    );
  if ((await askPassphrase(context, `${name} (again)`)) === first) return first;
  throw new Problem('not-confirmed', 'The two passphrases differ; no key was created', {
    hint: 'run the command again, and type the same passphrase twice',
  });
}
