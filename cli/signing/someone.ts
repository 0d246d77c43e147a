/**
 * The identity that a command signs with: the holder of a key, or with `--oidc` an issuer's
 * identity.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Identity, Statement } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  idsOfClaims,
  printClaims,
} from '../../skills-index/trust/signatures/certified-identities.ts';
import type { CommandContext } from '../command.ts';
import { signWithKey } from './bundle-builder.ts';
import { publicKeyOf } from './key-file.ts';
import type { CertifiedSigner } from './keyless.ts';
import { signerFor } from './signer.ts';

export type AnySigner = Signer | CertifiedSigner;

export interface Someone {
  /** As text: `key rita (sha256:…)`, or the issuer's name for the identity. */
  readonly name: string;
  /** Every identity that this signer satisfies. */
  readonly ids: readonly Digest[];
  /** Whether this is a CI job, which can publish but cannot own a scope. */
  readonly isCi: boolean;
  /** Prepares the signature. From then on, a keyless signer's name is in public logs. */
  signer(): Promise<AnySigner>;
}

/** Chooses `--oidc`, else the key of `signerFor`. Nothing is signed or certified yet. */
export async function someoneFor(context: CommandContext): Promise<Someone> {
  if (context.options.oidc !== true) {
    const key = await signerFor(context);
    return {
      name: `key ${key.name} (${key.keyId})`,
      ids: [key.keyId],
      isCi: false,
      signer: async () => key,
    };
  }
  const { bearerOf } = await import('./keyless.ts');
  const { claims, certify } = await bearerOf(context);
  const isCi = claims.repository !== undefined;
  return { name: printClaims(claims), ids: idsOfClaims(claims), isCi, signer: certify };
}

/** Signs a statement in the form that the registry accepts from this kind of signer. */
export function signAs(signer: AnySigner, statement: Statement): Promise<Envelope | PlainBundle> {
  return isKeyed(signer) ? signWithKey(statement, signer) : signer.signStatement(statement);
}

/** The signer's identity in a scope, from the key or the certificate. */
export function identityOf(signer: AnySigner): Identity {
  if (isKeyed(signer)) return publicKeyOf(signer);
  const { issuer, subject } = signer.claims;
  return { issuer, subject };
}

export function isKeyed(signer: AnySigner): signer is Signer {
  return 'keyId' in signer;
}
