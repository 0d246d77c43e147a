/**
 * Prints a command's environment as `export` lines of a shell script, for a sandbox whose first
 * process becomes the command.
 */
export function exportLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
}
