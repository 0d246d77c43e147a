/**
 * Replaces `crypto` on workerd, where `verify` without an algorithm rejects every ECDSA signature;
 * Node uses SHA-256 then. wrangler.toml substitutes it for @sigstore/verify. Our own code always
 * names the algorithm.
 */
import nodeCrypto, {
  createHash,
  createPublicKey,
  type KeyLike,
  X509Certificate,
} from 'node:crypto';

type Verify = typeof nodeCrypto.verify;

/** `verify` with SHA-256 for ECDSA and RSA keys when the caller names no algorithm. */
export const verify: Verify = ((
  algorithm: string | null | undefined,
  data: Uint8Array,
  key: KeyLike,
  signature: Uint8Array,
) => {
  const opened =
    typeof key === 'object' && 'key' in key ? (key as unknown as { key: KeyLike }).key : key;
  const type =
    typeof opened === 'object' && 'asymmetricKeyType' in opened
      ? opened.asymmetricKeyType
      : undefined;
  return nodeCrypto.verify(
    algorithm ?? (type === 'ec' || type === 'rsa' ? 'sha256' : null),
    data,
    key,
    signature,
  );
}) as Verify;

export { createHash, createPublicKey, X509Certificate };

export default new Proxy(nodeCrypto, {
  get: (target, property) => (property === 'verify' ? verify : Reflect.get(target, property)),
});
