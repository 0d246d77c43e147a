/** Keys in files: a P-256 key that only its owner can read, or whose private part lies in the OS keychain; and the public part to hand around. */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/json.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { keyFileBytesMax } from '../limits.ts';
import { type Keychain, osKeychain } from './keychain.ts';
import { openSealed, type SealedKey, sealedKeyShape, sealKey } from './sealed-key.ts';

const schema = 'skillgate.key/1';

/** A key that was read: a signer with a name. The private part stays inside. */
export interface KeyFile extends Signer {
  readonly name: string;
  /** SPKI PEM. */
  readonly publicPem: string;
  /** Where the private part lies, if not in the file. */
  readonly keychain?: Keychain;
  /** Whether a passphrase is asked at each signature. */
  readonly sealed?: boolean;
  /** The secret that it shares with another P-256 key (ECDH). */
  agree(other: KeyObject): Promise<Uint8Array>;
  /** The same key, its private part read once: for what is read and signed in one go. */
  unlocked(): Promise<KeyFile>;
}

/** The public part as other people get it. */
export interface PublicKeyFile extends PublicKey {
  readonly name: string;
}

/**
 * Makes a key and writes both files: `path` with mode 0600, and the public part beside it. Nothing is overwritten.
 * @param keychain holds the private part; the file at `path` then says so, and has the public part only
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
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = toKeyFile(name, createPublicKey(privateKey), async () => privateKey, keychain);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const shared = { schema, keyId: key.keyId, name, publicKey: key.publicPem };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await keepIn(keychain, key.keyId, pem);
  try {
    await writeNew(path, { ...shared, ...privatePart(privateKey, keychain, passphrase) }, 0o600);
  } catch (cause) {
    await keychain?.remove(key.keyId);
    throw cause;
  }
  if (publicPath !== undefined) {
    await rm(publicPath, { force: true });
    await writeNew(publicPath, shared, 0o644);
  }
  return key;
}

function privatePart(key: KeyObject, keychain?: Keychain, passphrase?: string): object {
  if (keychain !== undefined) return { keychain: true };
  if (passphrase !== undefined) return { sealedKey: sealKey(key.export({ type: 'pkcs8', format: 'der' }), passphrase) };
  return { privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

// A keychain that takes a secret and does not give it back would cost the author the scope.
async function keepIn(keychain: Keychain | undefined, keyId: Digest, pem: string): Promise<void> {
  if (keychain === undefined) return;
  await keychain.write(keyId, pem);
  if ((await keychain.read(keyId)) !== pem)
    throw new Problem('keychain-missing', 'The keychain does not give back what it was given');
}

/**
 * Reads a private key. A file that others may read or write is no secret, and is refused.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readKeyFile(
  path: string,
  openKeychain: () => Keychain = osKeychain,
  askPassphrase?: (name: string) => Promise<string>,
): Promise<KeyFile> {
  const { value, mode, uid } = await readJson(path);
  if (process.platform !== 'win32' && ((mode & 0o077) !== 0 || (uid !== process.getuid?.() && uid !== 0)))
    throw invalid(path, 'others may read or write it', `chmod 600 ${JSON.stringify(path)}`);
  const { name, keyId, privateKey, keychain, sealedKey } = value;
  if (keychain === true && privateKey === undefined) return keyInKeychain(path, value, openKeychain());
  if (sealedKey !== undefined && privateKey === undefined) return keyUnderPassphrase(path, value, askPassphrase);
  if (typeof privateKey !== 'string' || typeof name !== 'string') throw invalid(path, 'it holds no private key');
  const parsed = privateKeyOf(path, privateKey);
  const key = toKeyFile(name, createPublicKey(parsed), async () => parsed);
  if (key.keyId !== keyId) throw invalid(path, 'its key id is not that of its key');
  return key;
}

// The keychain may ask a person: only when something is signed.
function keyInKeychain(path: string, value: KeyJson, keychain: Keychain): KeyFile {
  const { name, publicKey, keyId } = publicPartOf(path, value);
  const readPrivate = async (): Promise<KeyObject> => {
    const pem = await keychain.read(keyId);
    if (pem === undefined) throw invalid(path, 'its private part is not in the keychain of this machine');
    const parsed = privateKeyOf(path, pem);
    if (digestOf(createPublicKey(parsed).export({ type: 'spki', format: 'der' })) !== keyId)
      throw invalid(path, 'the keychain holds another key under its name');
    return parsed;
  };
  return toKeyFile(name, publicKey, readPrivate, keychain);
}

// Asked when something is signed, so that a list of keys asks nobody.
function keyUnderPassphrase(path: string, value: KeyJson, ask?: (name: string) => Promise<string>): KeyFile {
  const { name, publicKey, keyId } = publicPartOf(path, value);
  const sealed = v.safeParse(sealedKeyShape, value.sealedKey);
  if (!sealed.success) throw invalid(path, 'its sealed key cannot be read');
  const readPrivate = async (): Promise<KeyObject> => {
    if (ask === undefined) throw invalid(path, 'it has a passphrase, which this command does not ask for');
    const der = openSealed(sealed.output, await ask(name));
    if (der === undefined) throw invalid(path, 'this is not its passphrase', 'try again; nothing was signed');
    const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    if (digestOf(createPublicKey(key).export({ type: 'spki', format: 'der' })) !== keyId)
      throw invalid(path, 'it holds another key under its name');
    return key;
  };
  return { ...toKeyFile(name, publicKey, readPrivate), sealed: true };
}

/**
 * Reads a public part (`NAME.pub.json`); a file with the private part does as well.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readPublicKeyFile(path: string): Promise<PublicKeyFile> {
  const { value } = await readJson(path);
  const { name, keyId, publicKey } = publicPartOf(path, value);
  return { name, keyId, spki: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') };
}

/** The key as statements carry it. */
export function publicKeyOf(signer: Signer): PublicKey {
  return { keyId: signer.keyId, spki: Buffer.from(signer.publicKey).toString('base64') };
}

function toKeyFile(name: string, publicKey: KeyObject, readPrivate: () => Promise<KeyObject>, keychain?: Keychain): KeyFile {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    name,
    keyId: digestOf(spki),
    publicKey: spki,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ...(keychain === undefined ? {} : { keychain }),
    // ECDSA over P-256 with SHA-256, DER, as DSSE in Sigstore bundles carries it.
    sign: async (bytes) => sign('sha256', bytes, { key: await readPrivate(), dsaEncoding: 'der' }),
    agree: async (other) => diffieHellman({ privateKey: await readPrivate(), publicKey: other }),
    unlocked: async () => {
      const privateKey = await readPrivate();
      return toKeyFile(name, publicKey, async () => privateKey, keychain);
    },
  };
}

function privateKeyOf(path: string, pem: string): KeyObject {
  let parsed: KeyObject;
  try {
    parsed = createPrivateKey(pem);
  } catch (cause) {
    throw invalid(path, 'its private key cannot be read', undefined, cause);
  }
  demandP256(path, parsed);
  return parsed;
}

function publicPartOf(path: string, { name, keyId, publicKey }: KeyJson): { name: string; keyId: Digest; publicKey: KeyObject } {
  if (typeof publicKey !== 'string' || typeof name !== 'string') throw invalid(path, 'it holds no public key');
  let parsed: KeyObject;
  try {
    parsed = createPublicKey(publicKey);
  } catch (cause) {
    throw invalid(path, 'its public key cannot be read', undefined, cause);
  }
  demandP256(path, parsed);
  const digest = digestOf(parsed.export({ type: 'spki', format: 'der' }));
  if (digest !== keyId) throw invalid(path, 'its key id is not that of its key');
  return { name, keyId: digest, publicKey: parsed };
}

function demandP256(path: string, key: KeyObject): void {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw invalid(path, 'it is no P-256 key');
}

interface KeyJson {
  readonly name?: unknown;
  readonly keyId?: Digest | unknown;
  readonly publicKey?: unknown;
  readonly privateKey?: unknown;
  readonly keychain?: unknown;
  readonly sealedKey?: SealedKey | unknown;
}

async function readJson(path: string): Promise<{ value: KeyJson; mode: number; uid: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such key' : `it cannot be opened (${cause.code})`;
    const hint = path.endsWith('.pub.json')
      ? 'its owner hands it over: it lies beside their private key as NAME.pub.json, and skillgate key create says where'
      : 'skillgate key list';
    throw new Problem('file-not-found', `Cannot read key ${JSON.stringify(path)}: ${why}`, { hint, cause });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > keyFileBytesMax) throw invalid(path, 'it is no key file');
    const { value } = parseJson(await file.readFile(), path);
    const found = value as (KeyJson & { schema?: unknown }) | null;
    if (found?.schema !== schema) throw invalid(path, `it is not of form ${schema}`);
    return { value: found, mode: stat.mode, uid: stat.uid };
  } finally {
    await file.close();
  }
}

// `wx`: a key that is there is never overwritten, and a link laid there is not followed.
async function writeNew(path: string, value: unknown, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new Problem('file-exists', `Cannot write ${JSON.stringify(path)}: it is there already`, { cause });
  });
  try {
    await file.chmod(mode);
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function invalid(path: string, why: string, hint?: string, cause?: unknown): Problem {
  return new Problem('key-file-invalid', `Cannot use key ${JSON.stringify(path)}: ${why}`, {
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
