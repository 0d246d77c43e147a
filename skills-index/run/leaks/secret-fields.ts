/** Decides which fields of a settings file are public. All other fields are secret. Pure. */
import { isWords } from './secret-words.ts';

// Names of public fields: names, places and kinds. In Google's service account files, every field
// but the key and the key's id is public.
const publicNames =
  /^(?:type|kind|apiversion|project(?:_?id|_?name)?|client_?email|e?mail|user(?:_?name)?|login|account|machine|region|zone|location|universe_domain|domain|host(?:_?name)?|server|port|engine|driver|db(?:_?name)?|database|version|scheme|protocol|scopes?|grant_type|token_type|algorithm|alg|name|org|organi[sz]ation|environment|auth_uri|token_uri|auth_provider_x509_cert_url|client_x509_cert_url)$/i;

// Public addresses of Google's own, which may contain the account's mail address.
const publicAddresses =
  /^https:\/\/(?:[a-z0-9-]+\.)*(?:googleapis|google)\.com\/[a-z0-9/._-]*(?:%40[a-z0-9.-]+)?$/i;

export function isPublicField(name: string, text: string): boolean {
  if (!publicNames.test(name)) return false;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return publicAddresses.test(text) || isPlainAddress(text);
  // A connection string may contain a password, and a text with spaces may be a passphrase.
  return /^[\w.@/-]*$/.test(text) && isWords(text);
}

/**
 * Whether an address has no user, no query and no key. An address with
 * a path is not public either, because the path may be the secret of a webhook.
 */
function isPlainAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(?::\d{1,5})?\/?$/i.test(text) && isWords(text);
}
