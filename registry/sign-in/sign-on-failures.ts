/**
 * Why a sign-in at the identity provider failed. The person reads what they can mend. What only the
 * operator can mend is written to the registry's output as well.
 */
import * as oauth from 'oauth4webapi';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { SignOn } from './sign-on-config.ts';

/** A refusal that the person can mend: by another sign-in, or at the provider. */
export function refused(message: string, cause?: unknown): Problem {
  return new Problem('sign-on-refused', message, cause === undefined ? {} : { cause });
}

/** A refusal whose cause lies in the settings of the provider or of the registry. */
export function misconfigured(signOn: SignOn, message: string, cause?: unknown): Problem {
  signOn.warn?.(`warning: A sign-in at ${signOn.config.issuer} failed: ${message}`);
  return new Problem('sign-on-refused', message, {
    hint: 'Ask the registry’s operator. The registry’s output names the cause.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The provider gave no usable answer. */
export function providerDown(signOn: SignOn, cause: unknown): Problem {
  const { issuer } = signOn.config;
  signOn.warn?.(
    `warning: Nobody can sign in at ${issuer} (the setting sign-on-issuer): ${whyDown(cause)}`,
  );
  return new Problem('sign-on-down', `The identity provider ${issuer} does not answer`, { cause });
}

/** The failure of a request to the provider, or of a check of its answer. */
export function failureOf(signOn: SignOn, error: unknown): Problem {
  if (error instanceof Problem) return error;
  // The browser carries this answer, and whoever began a sign-in may write one. So only the
  // protocol's own words reach the output.
  if (error instanceof oauth.AuthorizationResponseError) {
    const message = `The identity provider answered: ${shortened(error.error)}`;
    return operatorCodes.has(error.error)
      ? misconfigured(signOn, message, error)
      : refused(message, error);
  }
  if (error instanceof oauth.ResponseBodyError && error.status < 500) {
    const message = `The identity provider answered: ${shortened(error.error)}`;
    // The code is too old, or was used before.
    return error.error === 'invalid_grant'
      ? refused(message, error)
      : misconfigured(signOn, message, error);
  }
  const isJudged =
    error instanceof oauth.UnsupportedOperationError ||
    (error instanceof oauth.OperationProcessingError &&
      error.code !== oauth.RESPONSE_IS_NOT_CONFORM);
  // An answer of the provider that does not follow the protocol, or a token that fails a check.
  if (isJudged)
    return misconfigured(signOn, `Cannot believe the identity provider: ${error.message}`, error);
  return providerDown(signOn, error);
}

// RFC 6749 §4.1.2.1: the client's registration or its scopes are not what the provider expects.
const operatorCodes: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_response_type',
]);

function shortened(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

/** The innermost cause, which names the host, the certificate or the status. */
function whyDown(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const text = inner instanceof Error ? inner.message : String(inner);
  const response = inner instanceof Error ? inner.cause : undefined;
  if (response instanceof Response) return `${text} (HTTP status ${response.status})`;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  return /SELF_SIGNED|^UNABLE_TO_(?:GET|VERIFY)_/.test(code)
    ? `${text}. Where its certificate comes from an authority of your own, set NODE_EXTRA_CA_CERTS to the authority’s certificate`
    : text;
}
