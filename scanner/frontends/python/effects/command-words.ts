/** Words and lines of commands that Python starts. */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { fewLists } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';

/** The same command with one word as it may be besides. */
export function otherWords(words: readonly PyValue[]): readonly (readonly PyValue[])[] {
  const others = words.flatMap((word, at) =>
    [
      ...word.texts.slice(1),
      ...word.otherTexts.filter((text) => at > 0 || asLine(text) !== unknownPart),
    ].map((text) => words.with(at, { ...word, texts: [text], otherTexts: [], folded: true })),
  );
  return fewLists(others);
}

/**
 * A line for a shell; where its first word is not known to its end, nothing is known of what
 * starts.
 */
export function asLine(text: string): string {
  return (text.trimStart().split(/\s/, 1)[0] ?? '').includes(unknownPart) ? unknownPart : text;
}

/** Whether it is not known what a line starts. */
export function isUnknownLine(line: string): boolean {
  return line.trimStart().startsWith(unknownPart) || line.startsWith(`'${unknownPart}`);
}

/** What a word of a command is. */
export function wordText(word: PyValue): string {
  if (word.qual === 'sys.executable') return 'python3';
  return word.texts[0] ?? unknownPart;
}

/** A word as a shell reads it. */
export function quoteWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
