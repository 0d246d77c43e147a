/**
 * Which characters of a value nobody can guess. What stands around them is public: the host of an address, a user's name, the names of
 * JSON fields, the lines around a key. Answers hold those too, and stay as they are. Pure.
 */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Shorter words in an address or in JSON are names, versions and numbers of accounts. */
const keyCharsMin = 12;

/** @param value Latin-1. Where its form is unknown, all of it but the words of its maker */
export function secretRanges(value: string): Range[] {
  for (const read of [inKeyFile, inJson, inAddress, behindUser, inToken]) {
    const ranges = read(value)?.filter(({ from, to }) => to > from);
    if (ranges !== undefined && ranges.length > 0) return ranges;
  }
  // Kinds of keys begin with their maker's words.
  const [maker = ''] = /^(?:[A-Za-z]{2,10}\d{0,2}[-_])*/.exec(value) ?? [];
  return [{ from: maker.length, to: value.length }];
}

/** Whether it has signs of several kinds, as random text has and words have not. */
export function isUnlikely(text: string): boolean {
  return [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(text)).length > 1;
}

// What every key of a kind begins with: versions and algorithms in DER (RFC 5208, 5958, 8017) and in OpenSSH's form.
const keyBeginnings = [
  /^MII[A-Za-z0-9+/]{3,5}IBADANBgkqhkiG9w0BAQEFAASC[A-Za-z0-9+/]{4}ggSj?[A-Za-z0-9+/]{0,4}AgEAAoI[A-Za-z0-9+/]{5}/,
  /^MI[A-Za-z0-9+/]{6}(?:AgEAAoI|IBAAKC)[A-Za-z0-9+/]{5}/,
  /^MI[A-Za-z0-9+/]{2}AgEA(?:MB[A-Za-z0-9+/]{1,40}?)(?=BG0wawIBAQQg)BG0wawIBAQQg/,
  /^MC4CAQAwBQYDK2V[a-z]BCIEI/,
  /^MHcCAQEEI/,
  /^b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/]{0,90}?AAAAC3NzaC1lZDI1NTE5AAAAI/,
  /^b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAA/,
];

// PEM (RFC 7468), its line ends as they are, as spaces, or escaped.
function inKeyFile(value: string): Range[] | undefined {
  const space = String.raw`(?:\s|\\r|\\n)`;
  const form = new RegExp(
    `-----BEGIN [A-Z0-9 ]+-----${space}*((?:[A-Za-z0-9+/=]|${space})*?)${space}*-----END [A-Z0-9 ]+-----`,
    'dg',
  );
  return [...value.matchAll(form)].map((match) => {
    const [from = 0, to = 0] = match.indices?.[1] ?? [];
    const known = keyBeginnings.map((one) => one.exec(value.slice(from, to))?.[0].length ?? 0);
    return { from: from + Math.max(0, ...known), to };
  });
}

// Fields that are keys, or are named so; each text where none is.
function inJson(value: string): Range[] | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  const fields = [...value.matchAll(/(?:"((?:[^"\\]|\\.)*)"\s*:\s*)?"((?:[^"\\]|\\.)*)"(?!\s*:)/dg)].map((match) => {
    const [, name = '', text = ''] = match;
    const from = match.indices?.[2]?.[0] ?? 0;
    const inside = (inKeyFile(text) ?? []).map((one) => ({ from: from + one.from, to: from + one.to }));
    const isNamed = /pass|secret|token|key$/i.test(name) && !/^\w+:\/\//.test(text);
    const all = { from, to: from + text.length };
    return { all, keys: inside.length > 0 ? inside : isNamed || isKey(text) ? [all] : [] };
  });
  const keys = fields.flatMap((field) => field.keys);
  return keys.length > 0 ? keys : fields.map(({ all }) => all);
}

// The password, and the words of path and query that are keys: all of it where none is.
function inAddress(value: string): Range[] | undefined {
  const address = /^[a-z][a-z0-9+.-]*:\/\/(?:[^\s/?#:@]*(?::([^\s/?#]*))?@)?[^\s/?#@]*([^\s]*)$/di.exec(value);
  if (address === null) return undefined;
  const [, password, rest] = address.indices ?? [];
  const [from = value.length] = rest ?? [];
  const words = [...value.slice(from).matchAll(/[^/?#&=;,]+/g)].map((word) => ({
    from: from + word.index,
    to: from + word.index + word[0].length,
  }));
  const keys = words.filter((word) => isKey(value.slice(word.from, word.to)));
  const found = [...(password === undefined ? [] : [{ from: password[0], to: password[1] }]), ...keys];
  return found.length > 0 ? found : [{ from, to: value.length }];
}

// RFC 7617: a user and a password. A key may stand in the place of either.
function behindUser(value: string): Range[] | undefined {
  const [, user = ''] = /^([^\s:]+):[^\s]+$/.exec(value) ?? [];
  const isName = /^[^\s@]+@[a-z0-9.-]+$/i.test(user) || /^[a-z]+(?:[._-][a-z]+)*\d{0,4}$/i.test(user);
  return isName ? [{ from: user.length + 1, to: value.length }] : undefined;
}

// Header and claims of a token say what other tokens of the issuer say too.
function inToken(value: string): Range[] | undefined {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(value) ? [{ from: value.lastIndexOf('.') + 1, to: value.length }] : undefined;
}

function isKey(text: string): boolean {
  return text.length >= keyCharsMin && isUnlikely(text) && !/[\s@]|:\/\//.test(text);
}
