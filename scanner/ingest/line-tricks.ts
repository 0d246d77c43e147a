/**
 * Characters that only some readers take for a line end: code that looks like a comment to people,
 * and runs.
 */
import type { Language } from '../fact/source.ts';

export interface LineTrick {
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

const names: Readonly<Record<string, string>> = {
  '\r': 'a carriage return',
  '\u2028': 'U+2028',
  '\u2029': 'U+2029',
  '\u0085': 'U+0085',
  '\u000b': 'a vertical tab',
  '\u000c': 'a form feed',
};

// Marks of comments by language. Languages without a row use all marks.
const commentMarks: Readonly<Partial<Record<Language, RegExp>>> = {
  javascript: /\/\/|\/\*/,
  typescript: /\/\/|\/\*/,
  python: /#/,
  shell: /#/,
  yaml: /#/,
  toml: /#/,
  dockerfile: /#/,
  makefile: /#/,
  powershell: /#/,
  ruby: /#/,
};
const noCode = new Set<Language>(['markdown', 'text', 'html', 'json']);
const tricksMax = 20;

/**
 * Such characters in code before text that is code for some reader. A file with carriage returns
 * only is old, and no trick.
 */
export function lineTricks(text: string, language: Language): LineTrick[] {
  if (noCode.has(language) || !/[\u2028\u2029\u0085\v\f]|\r(?!\n)/.test(text)) return [];
  const isOld = !text.includes('\n');
  const marks = commentMarks[language] ?? /#|\/\/|--|\/\*|;|'/;
  const found: LineTrick[] = [];
  let lineStart = 0;
  for (const match of text.matchAll(/\r\n|\r+(?!\n)|[\n\u2028\u2029\u0085\v\f]/g)) {
    const [character] = match[0];
    if (match[0] === '\n' || match[0] === '\r\n' || (isOld && character === '\r'))
      lineStart = match.index + match[0].length;
    else {
      const before = text.slice(Math.max(lineStart, match.index - 2_000), match.index);
      const behind = text.slice(match.index + match[0].length, match.index + match[0].length + 200);
      const isTrick =
        /^[^\n]*?[A-Za-z_]\w*/.test(behind) &&
        (marks.test(before) || (character === '\r' && before.trim() !== ''));
      if (isTrick && found.length < tricksMax)
        found.push({
          start: match.index,
          end: match.index + match[0].length,
          detail: `${names[character ?? ''] ?? 'a character'} inside a line: some readers begin a new line there`,
        });
    }
  }
  return found;
}
