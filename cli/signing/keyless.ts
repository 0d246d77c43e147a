/**
 * Signing with an issuer's identity (`--oidc`): first the token's identity, then the certificate.
 * Loaded on demand.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CertificateClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import {
  idsOfClaims,
  printClaims,
} from '../../skills-index/trust/signatures/certified-identities.ts';
import type { CommandContext } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';
import { type CertifiedSigner, certifiedSigner } from './certified-signer.ts';
import { publisherOptions } from './ci-providers.ts';
import { claimsOf, identityToken } from './identity-token.ts';
import { readSigningConfig, type SigningServices } from './signing-config.ts';

/** An identity with a token, before any certificate. */
export interface Bearer {
  /** From the token; the certificate decides. */
  readonly claims: CertificateClaims;
  readonly services: SigningServices;
  /** Requests the certificate. From then on the name is in public logs. */
  certify(): Promise<CertifiedSigner>;
}

/**
 * Reads the identity that would sign. Nothing is sent to the certifying services.
 * @throws Problem `signing-config-invalid`, `identity-token-missing`, `identity-token-invalid`
 */
export async function bearerOf(context: CommandContext): Promise<Bearer> {
  const services = await readSigningConfig(context);
  const token = await identityToken(context, services);
  const claims = claimsOf(token);
  if (idsOfClaims(claims).length === 0)
    throw new Problem('identity-token-invalid', `Cannot sign as ${printClaims(claims)}`, {
      hint: 'publish from a push, a tag, a release or a protected environment; a job for a pull request runs code of strangers',
    });
  return {
    claims,
    services,
    certify: async () => {
      printNote(
        context,
        safe`signing as ${printClaims(claims)}; this name enters the public log at ${services.log} for ever`,
      );
      return certifiedSigner(context, services, token);
    },
  };
}

/** The scope's owner needs claims that only the job itself knows, so they are printed. */
export function printPublisherHint(
  context: CommandContext,
  claims: CertificateClaims,
  scope = 'SCOPE',
): void {
  const options = publisherOptions({ ...claims });
  if (options === undefined) return;
  printNote(
    context,
    safe`→ an owner can let only this job publish: skillgate scope publishers ${scope} ${options}`,
  );
}
