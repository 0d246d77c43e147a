/** Why this host does not accept a registry's TLS certificate, and what to do about the reason. */
import { Problem } from '../skills-index/skill/problem.ts';

const unknownAuthority =
  /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER_CERT(?:_LOCALLY)?|VERIFY_LEAF_SIGNATURE))$/;
const otherCause = /^(?:CERT_|ERR_TLS_CERT_)/;

const authorityHint =
  'Where the certificate of the registry comes from an authority of your own, set the environment variable NODE_EXTRA_CA_CERTS to the PEM file of the authority. Otherwise tell the operator of the registry: its certificate file may lack the certificates of the issuers.';
const nameHint =
  'Use the address that the certificate names: skillgate registry move OLD NEW. Where the address is right, tell the operator of the registry.';
const datesHint =
  'Check the clock of this host. Where the clock is right, tell the operator of the registry.';
const operatorHint = 'Tell the operator of the registry.';

/**
 * The problem with a server's certificate; undefined for every other failure of a request. The
 * server answered, so a person who reads that the server is down looks in the wrong place.
 */
export function certificateProblem(url: string, failure: unknown): Problem | undefined {
  // fetch() puts the reason of a failed connection into the cause.
  for (const error of [failure, failure instanceof Error ? failure.cause : undefined]) {
    if (!(error instanceof Error) || !('code' in error)) continue;
    const hint = hintFor(String(error.code));
    if (hint === undefined) continue;
    return new Problem(
      'registry-down',
      `This host does not accept the certificate of ${new URL(url).origin}: ${error.message}`,
      { cause: failure, hint },
    );
  }
  return undefined;
}

function hintFor(code: string): string | undefined {
  if (unknownAuthority.test(code)) return authorityHint;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return nameHint;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return datesHint;
  return otherCause.test(code) ? operatorHint : undefined;
}
