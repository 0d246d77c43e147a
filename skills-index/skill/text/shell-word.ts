/** A word of a command line that a person copies, or that a script of ours holds. */
export function shellWord(text: string): string {
  return /^[\w@/.+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
