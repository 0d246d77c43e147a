/** People and keys of the registry's tests: real keys, real signatures. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyTexts } from '../../registry/log/signing.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';

/** A P-256 key in memory. */
export interface TestKey extends Signer {
  readonly open: PublicKey;
  /** PKCS8 PEM. */
  readonly pem: string;
}

export function makeKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const keyId: Digest = digestOf(spki);
  return {
    keyId,
    publicKey: spki,
    open: { keyId, spki: spki.toString('base64') },
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    sign: async (bytes) => sign('sha256', bytes, privateKey),
  };
}

function makeLogKey(): { pem: string; spki: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    spki: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

/** A root of trust with its private halves. */
export interface TestRoot {
  readonly root: RootFile;
  readonly texts: KeyTexts;
  readonly administrator: TestKey;
  /** All of them, the first one included. */
  readonly administrators: readonly TestKey[];
}

export function makeRoot({ administrators: count = 1, threshold = 1 } = {}): TestRoot {
  const administrator = makeKey();
  const status = makeKey();
  const registry = makeKey();
  const log = makeLogKey();
  const administrators = [administrator, ...Array.from({ length: count - 1 }, makeKey)];
  const root = parseRoot(
    JSON.stringify({
      schema: 'skillgate.root/1',
      origin: 'localhost',
      log: { key: log.spki },
      status: { key: status.open.spki },
      registry: { key: registry.open.spki },
      administrators: administrators.map(({ keyId, open }) => ({ keyId, key: open.spki })),
      threshold,
    }),
  );
  return {
    root,
    texts: { log: log.pem, status: status.pem, registry: registry.pem },
    administrator,
    administrators,
  };
}

/** A signature over text, base64 of DER, as sign-in wants it. */
export function signText(key: TestKey, text: string): string {
  return sign('sha256', Buffer.from(text), createPrivateKey(key.pem)).toString('base64');
}
