/** The JSON files of keys: read within a limit, and never overwritten. */
import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { keyFileBytesMax } from '../limits.ts';
import { invalidKey, type StoredKey } from './key-part.ts';

const schema = 'skillgate.key/1';

interface StoredFile extends StoredKey {
  readonly mailboxKey?: unknown;
}

/**
 * Reads the JSON of a key file, and whose it is.
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readStoredKey(
  path: string,
): Promise<{ value: StoredFile; mode: number; uid: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'ENOENT' ? 'there is no such key' : `it cannot be opened (${cause.code})`;
      const hint = path.endsWith('.pub.json')
        ? 'ask the key’s owner for the file: it is NAME.pub.json beside their private key, and skillgate key create prints its path'
        : 'skillgate key list';
      throw new Problem('file-not-found', `Cannot read key ${JSON.stringify(path)}: ${why}`, {
        hint,
        cause,
      });
    },
  );
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > keyFileBytesMax)
      throw invalidKey(path, 'it is not a key file');
    const { value } = parseJson(await file.readFile(), path);
    const found = value as (StoredFile & { schema?: unknown }) | null;
    if (found?.schema !== schema) throw invalidKey(path, `it is not of form ${schema}`);
    return { value: found, mode: stat.mode, uid: stat.uid };
  } finally {
    await file.close();
  }
}

/**
 * Refuses before a person is asked for a passphrase in vain.
 * @throws Problem `file-exists`
 */
export function requireNoKeyAt(path: string): void {
  if (existsSync(path)) throw alreadyThere(path);
}

function alreadyThere(path: string, cause?: unknown): Problem {
  return new Problem('file-exists', `Cannot write ${JSON.stringify(path)}: it already exists`, {
    cause,
  });
}

/**
 * Writes a new key file. A key that is there is never overwritten, and a link laid there is not
 * followed (`wx`).
 * @throws Problem `file-exists`
 */
export async function writeNewKey(path: string, value: object, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? alreadyThere(path, cause) : cause;
  });
  try {
    await file.chmod(mode);
    await file.writeFile(`${JSON.stringify({ schema, ...value }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
