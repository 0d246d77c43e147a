/**
 * A registry's information about a key in its log. Shown to a person before signing, never used for
 * a decision.
 */
import type * as v from 'valibot';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import { keyAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';

export type LoggedKey = v.InferOutput<typeof keyAnswer>;

/**
 * Undefined for a key that the log does not name. @throws Problem `registry-down`,
 * `registry-answer-invalid`
 */
export async function loggedKey(
  world: RegistryWorld,
  keyId: Digest,
): Promise<LoggedKey | undefined> {
  try {
    return await askRegistry(world, `/api/v1/keys/${keyId}`, keyAnswer);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'not-found') return undefined;
    throw cause;
  }
}

/**
 * Fetches a public key by its id. The id is the digest of the key, so the registry cannot
 * substitute another key.
 * @throws Problem `not-found`, `signature-invalid`
 */
export async function publicKeyById(world: RegistryWorld, keyId: Digest): Promise<PublicKey> {
  const found = await loggedKey(world, keyId);
  if (found?.spki === undefined)
    throw new Problem('not-found', `The registry's log names no key ${keyId}`, {
      hint: 'name the file NAME.pub.json of the key instead of the key id',
    });
  if (digestOf(Buffer.from(found.spki, 'base64')) !== keyId)
    throw new Problem(
      'signature-invalid',
      `Cannot use ${keyId}: the registry sent a different key for this id`,
    );
  return { keyId, spki: found.spki };
}
