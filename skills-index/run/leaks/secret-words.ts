/**
 * Heuristics that decide whether a text is a key, a name or words. When in doubt, the text counts
 * as a key. Pure.
 */

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
export function hasPart(text: string): boolean {
  if (text.length >= plainPartChars) return true;
  return Array.from({ length: text.length }, (_, at) => text.slice(at, at + partChars)).some(
    (part) => part.length === partChars && isUnlikely(part),
  );
}

/** Whether a word of an address looks like a key. */
export function isKey(text: string): boolean {
  if (/[\s@]|:\/\//.test(text)) return false;
  return (text.length >= keyCharsMin && isUnlikely(text)) || /^[A-Za-z0-9]{16,}$/.test(text);
}

/** Whether no word of the text looks like a key: `acme-billing-123`, `connectionString`. */
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
 * Whether a text is a user name: a mail address, or short words of letters with up to four digits
 * at the end.
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
