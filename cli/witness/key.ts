/** A witness's own key: Ed25519, created at the first start, readable by its owner only. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { cosignerKeyId } from '../../skills-index/log/cosignature.ts';
import { witnessNameCharsMax } from '../../skills-index/log/limits.ts';
import { noteName } from '../../skills-index/log/note.ts';
import type { CheckpointSigner } from '../../skills-index/log/sign-checkpoint.ts';
import type { Witness } from '../../skills-index/log/witness-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

export interface WitnessKey extends CheckpointSigner {
  /** The name at the start of its signature lines. */
  readonly name: string;
}

const fileName = 'witness-key.json';
const form = v.strictObject({
  schema: v.literal('skillgate.witness-key/1'),
  name: v.pipe(v.string(), v.maxLength(witnessNameCharsMax), v.regex(noteName)),
  privateKey: v.string(),
});

/**
 * The key in a witness's folder; made when there is none.
 * @param named what it is to be called; must be its name when the key is there already
 * @throws Problem `key-file-invalid`, `usage`, also without a name when there is no key yet
 */
export async function readOrMakeWitnessKey(
  dir: string,
  named: string | undefined,
): Promise<WitnessKey> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, fileName);
  const key = (await readKey(path)) ?? (await makeKey(path, named));
  if (named !== undefined && named !== key.name) {
    throw new Problem(
      'usage',
      `Cannot rename the witness in ${JSON.stringify(dir)}: its name ${JSON.stringify(key.name)} never changes`,
    );
  }
  return key;
}

/** The line for `witnesses.json`. */
export function witnessLine({ name, publicKey }: WitnessKey): Witness {
  return { name, key: Buffer.from(publicKey).toString('base64') };
}

/** The same for other programs (C2SP signed-note, verifier key). */
export function verifierKey({ name, publicKey }: WitnessKey): string {
  const id = Buffer.from(cosignerKeyId(name, publicKey)).toString('hex');
  return `${name}+${id}+${Buffer.concat([Uint8Array.of(4), publicKey.subarray(-32)]).toString('base64')}`;
}

async function readKey(path: string): Promise<WitnessKey | undefined> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (bytes === undefined) return undefined;
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    throw invalid(path, 'others may read it', `chmod 600 ${JSON.stringify(path)}`);
  }
  const parsed = v.safeParse(form, parseJson(bytes, path).value);
  if (!parsed.success) throw invalid(path, 'it is not of form skillgate.witness-key/1');
  const { name, privateKey } = parsed.output;
  return toKey(name, parsePem(path, privateKey));
}

async function makeKey(path: string, name: string | undefined): Promise<WitnessKey> {
  if (name === undefined) {
    throw new Problem(
      'usage',
      'Cannot create a witness without a name: each cosigned head shows the name to clients',
      {
        hint: 'name it once: skillgate witness serve … --name witness.example/one; the name is stored with the key and never changes',
      },
    );
  }
  if (
    !noteName.test(name) ||
    /^[a-z][a-z\d]*:\/\//i.test(name) ||
    name.length > witnessNameCharsMax
  ) {
    throw new Problem('usage', `Cannot name a witness ${JSON.stringify(name)}`, {
      hint: 'use an address without https://, such as witness.example/one, without spaces and plus signs',
    });
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = {
    schema: 'skillgate.witness-key/1',
    name,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  // `wx`: of two concurrent first starts the second fails, and a planted link is not followed.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(text, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return toKey(name, privateKey);
}

function parsePem(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw invalid(path, 'its private key cannot be read', undefined, cause);
  }
  throw invalid(path, 'it is not an Ed25519 key');
}

function toKey(name: string, privateKey: KeyObject): WitnessKey {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { name, publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

function invalid(path: string, why: string, hint?: string, cause?: unknown): Problem {
  const detail = { ...(hint === undefined ? {} : { hint }), cause };
  return new Problem('key-file-invalid', `Cannot use ${JSON.stringify(path)}: ${why}`, detail);
}
