/**
 * Finds long runs of some characters in a text without reading each character: a stride hits every
 * long run.
 */

/** The characters of a class, as a table by their codes below 128. */
export type CharacterClass = Uint8Array;

export function characterClass(form: RegExp): CharacterClass {
  return Uint8Array.from({ length: 128 }, (_, code) =>
    form.test(String.fromCharCode(code)) ? 1 : 0,
  );
}

export interface TextRun {
  readonly start: number;
  readonly end: number;
}

/** All longest runs of at least `charsMin` characters of a class, in their order. */
export function* runsOf(text: string, of: CharacterClass, charsMin: number): Generator<TextRun> {
  let from = 0;
  for (let at = charsMin - 1; at < text.length; at += charsMin) {
    if (at < from || !isOf(text, at, of)) continue;
    let start = at;
    while (start > from && isOf(text, start - 1, of)) start--;
    let end = at + 1;
    // A run that is certainly too short is not followed to its end.
    if (!isOf(text, Math.min(start + charsMin, text.length) - 1, of)) continue;
    while (end < text.length && isOf(text, end, of)) end++;
    if (end - start >= charsMin) yield { start, end };
    from = end;
  }
}

/** Whether there is such a run. */
export function hasRun(text: string, of: CharacterClass, charsMin: number): boolean {
  return runsOf(text, of, charsMin).next().done !== true;
}

function isOf(text: string, at: number, of: CharacterClass): boolean {
  const code = text.charCodeAt(at);
  return code < 128 && of[code] === 1;
}

/**
 * Whether a text has this number of consecutive commas with a (hexadecimal) digit before and
 * behind, ignoring blanks.
 */
export function hasNumberList(text: string, commasMin: number): boolean {
  let count = 0;
  let behind = -1;
  for (let comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', comma + 1)) {
    let next = comma + 1;
    while (next <= comma + blanksMax && blankForm.test(text.charAt(next))) next++;
    let last = comma - 1;
    while (last >= comma - blanksMax && blankForm.test(text.charAt(last))) last--;
    const isBetween = /[0-9a-f]/i.test(text.charAt(last)) && /[0-9]/.test(text.charAt(next));
    // The number before a comma is the one behind the last comma, because it is short.
    count = !isBetween ? 0 : comma - behind <= numberCharsMax ? count + 1 : 1;
    behind = comma;
    if (count >= commasMin) return true;
  }
  return false;
}

const blanksMax = 16;
const numberCharsMax = 40;
const blankForm = /\s/;
