/** A text of spaces with the line ends of another, so that offsets and lines stay. */
export function blanked(text: string): string {
  // Whole lines at once: a character at a time is dear in large files of data.
  return text.replace(/[^\n]+/g, (line) => ' '.repeat(line.length));
}
