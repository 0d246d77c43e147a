/** How the shell splits text into fields (Bash manual §3.5.7). */
import type { ShellRun } from './run.ts';

/** The characters that words are split at. */
export function fieldSeparators(run: ShellRun): ReadonlySet<string> {
  const ifs = run.vars.get('IFS')?.text;
  return new Set(ifs === undefined ? ' \t\n' : ifs);
}

/** White space at the ends and repeated separates once; every other separator ends a field. */
export function fieldsOf(text: string, separators: ReadonlySet<string>): string[] {
  const fields: string[] = [];
  let field = '';
  let hasField = false;
  for (const character of text) {
    if (!separators.has(character)) {
      field += character;
      hasField = true;
    } else if (hasField || !/\s/.test(character)) {
      fields.push(field);
      field = '';
      hasField = false;
    }
  }
  return hasField ? [...fields, field] : fields;
}
