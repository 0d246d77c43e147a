/** Writes checked files of a skill for a person to read before they decide. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { CommandContext } from '../command.ts';
import { count, printNote, safe } from '../terminal/output.ts';

/** @param given a folder that does not exist yet, relative to the working folder */
export async function keepFiles(
  context: CommandContext,
  files: readonly SourceFile[],
  given: string,
): Promise<void> {
  const folder = resolve(context.cwd, given);
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder);
  for (const file of files) {
    await mkdir(dirname(join(folder, file.path)), { recursive: true });
    // For reading only: no file of an unreviewed skill becomes executable here.
    await writeFile(join(folder, file.path), file.bytes, { mode: 0o644, flag: 'wx' });
  }
  printNote(
    context,
    safe`${count(files.length, 'checked file')} for reading in ${folder}; none of them is executable`,
  );
}
