/** Who a command signs as: the holder of a key, or with `--oidc` whom an issuer vouches for. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Identity, Statement } from '../../skills-index/statement/attestation.ts';
import type { Envelope, Signer } from '../../skills-index/statement/sign.ts';
import type { PlainBundle } from '../../skills-index/statement/sigstore-bundle.ts';
import {
  idsOfClaims,
  printClaims,
} from '../../skills-index/trust/sigstore/certified-identities.ts';
import type { CommandContext } from '../command.ts';
import { signWithKey } from './bundle-builder.ts';
import type { CertifiedSigner } from './certified-signer.ts';
import { publicKeyOf } from './key-file.ts';
import { signerFor } from './signer.ts';

export type AnySigner = Signer | CertifiedSigner;

export interface Someone {
  /** For people: `key rita (sha256:…)`, or as the issuer names them. */
  readonly name: string;
  /** Every identity that they satisfy. */
  readonly ids: readonly Digest[];
  /** Whether this is a CI job: it can publish, and owns nothing. */
  readonly isCi: boolean;
  /** Gets ready to sign. Of a keyless one the name stands in public logs from then on. */
  signer(): Promise<AnySigner>;
}

/** `--oidc`, else the key as `signerFor` finds it. Nothing is signed or certified yet. */
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

/** Signs a statement in the form that the registry takes from such a signer. */
export function signAs(signer: AnySigner, statement: Statement): Promise<Envelope | PlainBundle> {
  return isKeyed(signer) ? signWithKey(statement, signer) : signer.signStatement(statement);
}

/** What names the signer in a scope, as the key or the certificate says. */
export function identityOf(signer: AnySigner): Identity {
  if (isKeyed(signer)) return publicKeyOf(signer);
  const { issuer, subject } = signer.claims;
  return { issuer, subject };
}

export function isKeyed(signer: AnySigner): signer is Signer {
  return 'keyId' in signer;
}
