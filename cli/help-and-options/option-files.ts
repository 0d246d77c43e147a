/**
 * Refuses files with names of options. pre-commit puts the names of all files of a commit into the
 * command line, so a commit with the file `--help` would get help in place of a scan.
 */
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';

/**
 * @param words of the command line, behind the command's name
 * @throws Problem `usage` for a word that is both an option and the name of a file
 */
export async function requireNoOptionFiles(words: readonly string[], cwd: string): Promise<void> {
  const end = words.indexOf('--');
  for (const word of end === -1 ? words : words.slice(0, end)) {
    if (!word.startsWith('-')) continue;
    const found = await lstat(resolve(cwd, word)).catch(() => undefined);
    if (found !== undefined)
      throw new Problem(
        'usage',
        `${JSON.stringify(word)} is an option, and also the name of a file`,
        {
          hint: 'Rename the file, or write -- before the names of files.',
        },
      );
  }
}
