/** Which fields of a file of settings everybody may read. All others are secret. Pure. */
import { isWords } from './secret-words.ts';

// Names, places and kinds. Of Google's files of service accounts, all but the key and its number.
const publicNames =
  /^(?:type|kind|apiversion|project(?:_?id|_?name)?|client_?email|e?mail|user(?:_?name)?|login|account|machine|region|zone|location|universe_domain|domain|host(?:_?name)?|server|port|engine|driver|db(?:_?name)?|database|version|scheme|protocol|scopes?|grant_type|token_type|algorithm|alg|name|org|organi[sz]ation|environment|auth_uri|token_uri|auth_provider_x509_cert_url|client_x509_cert_url)$/i;

// Google's own, which name the mail address of the account.
const publicAddresses =
  /^https:\/\/(?:[a-z0-9-]+\.)*(?:googleapis|google)\.com\/[a-z0-9/._-]*(?:%40[a-z0-9.-]+)?$/i;

export function isPublicField(name: string, text: string): boolean {
  if (!publicNames.test(name)) return false;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return publicAddresses.test(text) || isPlainAddress(text);
  // A password may stand in a connection string, and whatever has spaces may be a passphrase.
  return /^[\w.@/-]*$/.test(text) && isWords(text);
}

/** Without user, query and key. A path may be the secret of a hook. */
function isPlainAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(?::\d{1,5})?\/?$/i.test(text) && isWords(text);
}
