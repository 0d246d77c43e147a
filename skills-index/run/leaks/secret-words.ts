/**
 * Signs by which a text is told to be a key, a name or words. Where they disagree, a text counts as
 * a key. Pure.
 */

/** So many characters of a key in a row are looked for in answers. */
export const partChars = 8;
/** The same, of letters of one case or digits alone: words and dates are shorter. */
export const plainPartChars = 16;
/** Shorter words in an address or in JSON are names, versions and numbers of accounts. */
const keyCharsMin = 12;
/**
 * Random text changes between letters and digits, or capitals and small letters, more often than
 * each so many characters.
 */
const humpCharsMin = 3.5;

/** Whether it has signs of several kinds, as random text has and words have not. */
export function isUnlikely(text: string): boolean {
  return [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(text)).length > 1;
}

/** Whether answers can be searched for a part of it. */
export function hasPart(text: string): boolean {
  if (text.length >= plainPartChars) return true;
  return Array.from({ length: text.length }, (_, at) => text.slice(at, at + partChars)).some(
    (part) => part.length === partChars && isUnlikely(part),
  );
}

/** A word of an address. */
export function isKey(text: string): boolean {
  if (/[\s@]|:\/\//.test(text)) return false;
  return (text.length >= keyCharsMin && isUnlikely(text)) || /^[A-Za-z0-9]{16,}$/.test(text);
}

/** `acme-billing-123`, `connectionString`: no word of it is a key. */
export function isWords(text: string): boolean {
  return text.split(/[^A-Za-z0-9]+/).every((word) => {
    const humps = word.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
    return (
      !isKey(word) ||
      (humps.length > 1 && word.length / humps.length >= humpCharsMin && !/\d/.test(word))
    );
  });
}

/**
 * The name of a user: a mail address, or short words of letters with the digits of a year behind
 * them.
 */
export function isUserName(user: string): boolean {
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
