/**
 * The Markdown parser with GFM's extensions: returns the same tree as @lezer/markdown, and skips
 * plain words and blanks at once.
 */
import { GFM, type InlineContext, type MarkdownConfig, parser } from '@lezer/markdown';

// For each character the parser calls a dozen inline parsers. None of them accepts a letter or a
// digit, except the one for links without brackets (`www.`, `https://`, `a@b.example`), and that
// one only at the beginning of a word.
const plainWords: MarkdownConfig = {
  parseInline: [{ name: 'PlainWords', before: 'Escape', parse: passWords }],
};

export const markdownParser = parser.configure([GFM, plainWords]);

// Skips to the first character at which an inline parser may begin; -1 when it is there already.
function passWords(cx: InlineContext, next: number, start: number): number {
  if (next === 32) return passBlanks(cx, start);
  if (!isPlain(next)) return -1;
  let at = start;
  let code = next;
  let isInWord = at > cx.offset && isWord(cx.char(at - 1));
  while (isPlain(code)) {
    if (!isInWord && beginsLink(cx, at)) break;
    do code = cx.char(++at);
    while (isPlain(code));
    isInWord = false;
    // A single blank or comma before a letter begins nothing.
    if ((code !== 32 && code !== 44) || !isPlain(cx.char(at + 1))) break;
    code = cx.char(++at);
  }
  return at > start ? at : -1;
}

// Blanks begin a line break only at the end of a line. The parser of line breaks looks for this
// end from each blank, which takes the square of their number.
function passBlanks(cx: InlineContext, start: number): number {
  let at = start + 1;
  while (cx.char(at) === 32) at++;
  return at > start + 1 && cx.char(at) !== 10 ? at : -1;
}

function isPlain(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

// As \w.
function isWord(code: number): boolean {
  return isPlain(code) || code === 95;
}

const starts: ReadonlyMap<number, string> = new Map(
  ['www.', 'https://', 'mailto:', 'xmpp:'].map((start) => [start.charCodeAt(0), start.slice(0, 3)]),
);
const mailCharsMax = 100;

// A word with an @ behind it, or one of the schemes.
function beginsLink(cx: InlineContext, at: number): boolean {
  const start = starts.get(cx.char(at));
  if (start !== undefined && cx.slice(at, at + 3) === start) return true;
  for (let behind = at + 1; behind <= at + mailCharsMax; behind++) {
    const code = cx.char(behind);
    if (code === 64) return true;
    if (!isWord(code) && code !== 43 && code !== 45 && code !== 46) return false;
  }
  return false;
}
