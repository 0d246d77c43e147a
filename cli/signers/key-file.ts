/** Keys in files: a P-256 key that only its owner can read, and the public part to hand around. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/json.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { keyFileBytesMax } from '../limits.ts';

const schema = 'skillgate.key/1';

/** A key that was read: a signer with a name. The private part stays inside. */
export interface KeyFile extends Signer {
  readonly name: string;
  /** SPKI PEM. */
  readonly publicPem: string;
}

/** The public part as other people get it. */
export interface PublicKeyFile extends PublicKey {
  readonly name: string;
}

/**
 * Makes a key and writes both files: `path` with mode 0600, and the public part beside it. Nothing is overwritten.
 * @throws Problem `file-exists`
 */
export async function createKeyFile(path: string, publicPath: string | undefined, name: string): Promise<KeyFile> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = toKeyFile(name, privateKey);
  const shared = { schema, keyId: key.keyId, name, publicKey: key.publicPem };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeNew(path, { ...shared, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) }, 0o600);
  if (publicPath !== undefined) {
    await rm(publicPath, { force: true });
    await writeNew(publicPath, shared, 0o644);
  }
  return key;
}

/**
 * Reads a private key. A file that others may read or write is no secret, and is refused.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const { value, mode, uid } = await readJson(path);
  if (process.platform !== 'win32' && ((mode & 0o077) !== 0 || (uid !== process.getuid?.() && uid !== 0)))
    throw invalid(path, 'others may read or write it', `chmod 600 ${JSON.stringify(path)}`);
  const { name, keyId, privateKey } = value;
  if (typeof privateKey !== 'string' || typeof name !== 'string') throw invalid(path, 'it holds no private key');
  let parsed: KeyObject;
  try {
    parsed = createPrivateKey(privateKey);
  } catch (cause) {
    throw invalid(path, 'its private key cannot be read', undefined, cause);
  }
  demandP256(path, parsed);
  const key = toKeyFile(name, parsed);
  if (key.keyId !== keyId) throw invalid(path, 'its key id is not that of its key');
  return key;
}

/**
 * Reads a public part (`NAME.pub.json`); a file with the private part does as well.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readPublicKeyFile(path: string): Promise<PublicKeyFile> {
  const { value } = await readJson(path);
  const { name, keyId, publicKey } = value;
  if (typeof publicKey !== 'string' || typeof name !== 'string') throw invalid(path, 'it holds no public key');
  let parsed: KeyObject;
  try {
    parsed = createPublicKey(publicKey);
  } catch (cause) {
    throw invalid(path, 'its public key cannot be read', undefined, cause);
  }
  demandP256(path, parsed);
  const spki = parsed.export({ type: 'spki', format: 'der' });
  if (digestOf(spki) !== keyId) throw invalid(path, 'its key id is not that of its key');
  return { name, keyId: digestOf(spki), spki: spki.toString('base64') };
}

/** The key as statements carry it. */
export function publicKeyOf(signer: Signer): PublicKey {
  return { keyId: signer.keyId, spki: Buffer.from(signer.publicKey).toString('base64') };
}

function toKeyFile(name: string, privateKey: KeyObject): KeyFile {
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    name,
    keyId: digestOf(spki),
    publicKey: spki,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    // ECDSA over P-256 with SHA-256, DER, as DSSE in Sigstore bundles carries it.
    sign: async (bytes) => sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' }),
  };
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
}

async function readJson(path: string): Promise<{ value: KeyJson; mode: number; uid: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such key' : `it cannot be opened (${cause.code})`;
    throw new Problem('file-not-found', `Cannot read key ${JSON.stringify(path)}: ${why}`, { hint: 'skill key list', cause });
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
