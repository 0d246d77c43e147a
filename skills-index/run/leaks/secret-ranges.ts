/**
 * Finds the characters of a value that nobody can guess. The text around these characters is
 * public: the host of an address, a user name, JSON field names, the lines around a key. Responses
 * contain public text too, and the redaction must not replace public text. Everything not known to
 * be public counts as secret. Pure.
 */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The number of characters in the longest vendor prefix of a key, such as `ghp_`. A longer prefix
 * counts as part of a passphrase.
 */
const makerCharsMax = 15;

/**
 * Returns the ranges of a value that count as secret.
 * @param value Latin-1; in a value of unknown format everything but a vendor prefix counts as
 * secret
 */
export function secretRanges(value: string): Range[] {
  for (const read of [inJson, inKeyFile, inAddress, behindUser, inToken, behindMaker]) {
    const ranges = read(value)?.filter(({ from, to }) => to > from);
    // When no secret part is long enough to search for, the whole value counts as secret, because a
    // host would echo the value whole.
    if (ranges?.some(({ from, to }) => hasPart(value.slice(from, to)))) return ranges;
  }
  return value === '' ? [] : [{ from: 0, to: value.length }];
}

// The beginnings that all keys of a kind share: versions and algorithms in DER (RFC 5208, 5958,
// 8017) and in OpenSSH's format.
const keyBeginnings = [
  /^MII[A-Za-z0-9+/]{3,5}IBADANBgkqhkiG9w0BAQEFAASC[A-Za-z0-9+/]{4}ggSj?[A-Za-z0-9+/]{0,4}AgEAAoI[A-Za-z0-9+/]{5}/,
  /^MI[A-Za-z0-9+/]{6}(?:AgEAAoI|IBAAKC)[A-Za-z0-9+/]{5}/,
  /^MI[A-Za-z0-9+/]{2}AgEA(?:MB[A-Za-z0-9+/]{1,40}?)(?=BG0wawIBAQQg)BG0wawIBAQQg/,
  /^MC4CAQAwBQYDK2V[a-z]BCIEI/,
  /^MHcCAQEEI/,
  /^b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/]{0,90}?AAAAC3NzaC1lZDI1NTE5AAAAI/,
  /^b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAA/,
];

const publicBlocks =
  /^(?:CERTIFICATE(?: REQUEST)?|(?:RSA )?PUBLIC KEY|X509 CRL|(?:DH|EC) PARAMETERS)$/;

// PEM blocks (RFC 7468) have line breaks as they are, as spaces, or escaped. Headers of a block may
// name a cipher (RFC 1421).
function inKeyFile(value: string): Range[] | undefined {
  const space = String.raw`(?:\s|\\r|\\n)`;
  const form = new RegExp(
    `-----BEGIN ([A-Z0-9 ]+)-----${space}*(?:(?:Proc-Type|DEK-Info): [A-Za-z0-9,-]+${space}+)*((?:[A-Za-z0-9+/=]|${space})*?)${space}*-----END [A-Z0-9 ]+-----`,
    'dg',
  );
  const blocks = [...value.matchAll(form)];
  if (blocks.length === 0) return undefined;
  const keys = blocks
    .filter(([, label = '']) => !publicBlocks.test(label))
    .map((match) => {
      const [from = 0, to = 0] = match.indices?.[2] ?? [];
      const known = keyBeginnings.map((one) => one.exec(value.slice(from, to))?.[0].length ?? 0);
      return { from: from + Math.max(0, ...known), to };
    });
  // A key file may also contain a token beside the key.
  const ends = [0, ...blocks.map((match) => match.index + match[0].length)];
  const others = ends.map((from, at) => ({ from, to: blocks[at]?.index ?? value.length }));
  return [...keys, ...others.filter(({ from, to }) => /[^\s\\nr]/.test(value.slice(from, to)))];
}

// The secret parts of JSON are the values of fields that are not public, and field names that are
// themselves keys.
function inJson(value: string): Range[] | undefined {
  if (!/^\s*[[{]/.test(value) || !isJson(value)) return undefined;
  const form =
    /(?:"((?:[^"\\]|\\.)*)"\s*:\s*)?(?:"((?:[^"\\]|\\.)*)"(?!\s*:)|(-?\d[\d.eE+-]*))|"((?:[^"\\]|\\.)*)"/dg;
  return [...value.matchAll(form)].flatMap((match) => {
    const [, name = '', text = match[3] ?? '', , parent] = match;
    const key = {
      name: parent ?? name,
      from: match.indices?.[parent === undefined ? 1 : 4]?.[0] ?? 0,
    };
    const from = (match.indices?.[2] ?? match.indices?.[3])?.[0] ?? 0;
    const secret = isPublicField(name, text) ? [] : secretRanges(text);
    return [...secretName(key.name, key.from), ...shifted(secret, from)];
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function secretName(name: string, from: number): Range[] {
  if (!name.includes('://')) return isWords(name) ? [] : [{ from, to: from + name.length }];
  return shifted(addressParts(name)?.found ?? [], from);
}

function shifted(ranges: readonly Range[], by: number): Range[] {
  return ranges.map(({ from, to }) => ({ from: from + by, to: to + by }));
}

// The secret parts of an address are the user, the password, and the words of path and query that
// look like keys. In an address with neither a user nor such a word, the whole path counts as
// secret.
function inAddress(value: string): Range[] | undefined {
  const parts = addressParts(value);
  return parts === undefined ? undefined : [...parts.found, ...parts.path];
}

function addressParts(
  value: string,
): { readonly found: Range[]; readonly path: Range[] } | undefined {
  const form =
    /^[a-z][a-z0-9+.-]*:\/\/(?:([^\s/?#:@]*)(?::([^\s/?#]*))?@)?((?:\[[0-9a-f:.]+\]|[^\s/?#@:,]*)(?::\d{0,5})?(?:,[^\s/?#@:,]*(?::\d{0,5})?)*)((?:[/?#][^\s]*)?)$/di;
  const match = form.exec(value);
  if (match === null) return undefined;
  const [, user, password = '', host = '', rest = ''] = match;
  const [, userAt, passwordAt, hostAt, restAt] = match.indices ?? [];
  const isPublicUser = user === undefined || (password !== '' && isUserName(user));
  const credentials = [...(isPublicUser ? [] : [rangeOf(userAt)]), rangeOf(passwordAt)].filter(
    ({ from, to }) => to > from,
  );
  const keys = wordsOf(rest, /[^/?#&=;,]+/g, restAt?.[0] ?? 0).concat(
    namedKeys(rest, restAt?.[0] ?? 0),
  );
  if (credentials.some(({ from, to }) => hasPart(value.slice(from, to))))
    return { found: [...credentials, ...keys], path: [] };
  // A host name may contain a key, as the addresses of webhooks do.
  const found = [...credentials, ...keys, ...wordsOf(host, /[^.:,]+/g, hostAt?.[0] ?? 0)];
  return { found, path: keys.length > 0 || password !== '' ? [] : [rangeOf(restAt)] };
}

function rangeOf(indices: readonly [number, number] | undefined): Range {
  const [from, to] = indices ?? [0, 0];
  return { from, to };
}

function wordsOf(text: string, word: RegExp, from: number): Range[] {
  const keys = [...text.matchAll(word)].filter(([one]) => isKey(one));
  return keys.map((match) => ({
    from: from + match.index,
    to: from + match.index + match[0].length,
  }));
}

// The value of a query parameter such as `?api_key=…` is secret, whatever it looks like.
function namedKeys(text: string, from: number): Range[] {
  return [
    ...text.matchAll(
      /(?<=[?&#;][^=&;]*(?:pass|pwd|secret|token|key|sig|auth|code)[^=&;]*=)[^&;#]+/gi,
    ),
  ].map((match) => ({
    from: from + match.index,
    to: from + match.index + match[0].length,
  }));
}

// A user and a password (RFC 7617). Either text may be a key.
function behindUser(value: string): Range[] | undefined {
  const [, user = ''] = /^([^\s:]+):[^\s]+$/.exec(value) ?? [];
  return isUserName(user) ? [{ from: user.length + 1, to: value.length }] : undefined;
}

// Other tokens of the same issuer have the same header and claims, so only the signature of a token
// is secret.
function inToken(value: string): Range[] | undefined {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(value)
    ? [{ from: value.lastIndexOf('.') + 1, to: value.length }]
    : undefined;
}

// Many vendors begin their keys with a fixed prefix.
function behindMaker(value: string): Range[] | undefined {
  const [maker = ''] = /^(?:[A-Za-z]{2,10}\d{0,2}[-_])*/.exec(value) ?? [];
  return maker.length > makerCharsMax ? undefined : [{ from: maker.length, to: value.length }];
}

// Heuristics that decide whether a text is a key, a name or words. When in doubt, the text counts
// as a key. Pure.

/** The number of consecutive characters of a key for which the redaction searches in responses. */
export const partChars = 8;
/**
 * The number of consecutive characters to search for in letters of one case or in digits alone.
 * Words and dates are shorter.
 */
export const plainPartChars = 16;
/**
 * The fewest characters of a key in an address or in JSON. Shorter words are names, versions and
 * account numbers.
 */
const keyCharsMin = 12;
/**
 * Random text switches between letters and digits, or upper and lower case, at least once in so
 * many characters on average.
 */
const humpCharsMin = 3.5;

/**
 * Whether a text mixes two kinds of lower case, upper case and digits, as random text does and
 * words do not.
 */
export function isUnlikely(text: string): boolean {
  return [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(text)).length > 1;
}

/** Whether the text has a part long and random enough to search for in responses. */
function hasPart(text: string): boolean {
  if (text.length >= plainPartChars) return true;
  return Array.from({ length: text.length }, (_, at) => text.slice(at, at + partChars)).some(
    (part) => part.length === partChars && isUnlikely(part),
  );
}

/** Whether a word of an address looks like a key. */
function isKey(text: string): boolean {
  if (/[\s@]|:\/\//.test(text)) return false;
  return (text.length >= keyCharsMin && isUnlikely(text)) || /^[A-Za-z0-9]{16,}$/.test(text);
}

/** Whether no word of the text looks like a key: `acme-billing-123`, `connectionString`. */
function isWords(text: string): boolean {
  return text.split(/[^A-Za-z0-9]+/).every((word) => {
    const humps = word.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
    return (
      !isKey(word) ||
      (humps.length > 1 && word.length / humps.length >= humpCharsMin && !/\d/.test(word))
    );
  });
}

/**
 * Whether a text is a user name: a mail address, or short words of letters with up to four digits
 * at the end.
 */
function isUserName(user: string): boolean {
  const [mailbox = '', domain] = user.split(/@(?=[a-z0-9.-]+$)/i);
  if (domain === undefined && !/^[a-z]+(?:[._-][a-z]+)*\d{0,4}$/i.test(user)) return false;
  return mailbox.split(/[.+]/).every((word) => {
    const letters = word.replace(/\d{1,4}$/, '');
    return (
      letters.length < keyCharsMin ||
      (letters.length < plainPartChars && !isUnlikely(letters.slice(1)))
    );
  });
}

// Decides which fields of a settings file are public. All other fields are secret. Pure.

// Names of public fields: names, places and kinds. In Google's service account files, every field
// but the key and the key's id is public.
const publicNames =
  /^(?:type|kind|apiversion|project(?:_?id|_?name)?|client_?email|e?mail|user(?:_?name)?|login|account|machine|region|zone|location|universe_domain|domain|host(?:_?name)?|server|port|engine|driver|db(?:_?name)?|database|version|scheme|protocol|scopes?|grant_type|token_type|algorithm|alg|name|org|organi[sz]ation|environment|auth_uri|token_uri|auth_provider_x509_cert_url|client_x509_cert_url)$/i;

// Public addresses of Google's own, which may contain the account's mail address.
const publicAddresses =
  /^https:\/\/(?:[a-z0-9-]+\.)*(?:googleapis|google)\.com\/[a-z0-9/._-]*(?:%40[a-z0-9.-]+)?$/i;

function isPublicField(name: string, text: string): boolean {
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
