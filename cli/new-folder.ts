/** Writes files into a folder that is new or empty, so that nothing of a person is replaced. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../skills-index/skill/problem.ts';
import { writeWhole } from './whole-file.ts';

/**
 * @param files by their paths in the folder, with slashes
 * @throws Problem `usage` when the folder is not empty
 */
export async function writeNewFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new Problem('usage', `Cannot export to ${folder}: it is not empty`, {
      hint: 'name a new folder',
    });
  for (const [path, bytes] of files) await writeWhole(join(folder, ...path.split('/')), bytes);
}
