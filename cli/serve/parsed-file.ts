import { readFile } from 'node:fs/promises';
import { Problem } from '../../skills-index/skill/problem.ts';

/**
 * The file that an option names; undefined without the option.
 * @param called in the message
 * @throws Problem `file-not-found`, and those of `parse`
 */
export async function parsedFile<Parsed>(
  called: string,
  path: string | undefined,
  parse: (bytes: Uint8Array, path: string) => Parsed,
): Promise<Parsed | undefined> {
  if (path === undefined) return undefined;
  const bytes = await readFile(path).catch((cause) => {
    throw new Problem('file-not-found', `Cannot read the ${called} ${JSON.stringify(path)}`, {
      cause,
    });
  });
  return parse(bytes, path);
}
