/** Which key a command signs with. Every kind of signer is reached through here. */
import { readdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import { isNamePart } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext, Paths } from '../command.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import { askPassphrase } from './stored-key.ts';

/**
 * The key that `--key` names (a name, or a path with a slash or `.json`), else `fallback`, else
 * `default`, else the only one there is.
 */
export async function signerFor(context: CommandContext, fallback = 'default'): Promise<KeyFile> {
  const { key } = context.options;
  const ask = (name: string): Promise<string> => askPassphrase(context, name);
  if (typeof key === 'string') return readKeyFile(pathOfKey(context, key), osKeychain, ask);
  const names = keyNames(context.paths);
  const [first] = names;
  if (first === undefined)
    throw new Problem('not-signed-in', 'Cannot sign: there is no key on this machine', {
      hint: 'create a key: skillgate key create',
    });
  const name = names.includes(fallback) ? fallback : names.length === 1 ? first : undefined;
  if (name === undefined)
    throw new Problem(
      'usage',
      `Cannot choose a key: there are ${names.length} keys and none is named ${fallback}`,
      {
        hint: `name one: ${names.map((one) => `--key ${one}`).join(' or ')}; what each key may do, and which keys have ended: skillgate key list`,
      },
    );
  return readKeyFile(keyPath(context.paths, name), osKeychain, ask);
}

/** Names of the keys in the config folder, sorted. */
export function keyNames(paths: Paths): string[] {
  let entries: string[];
  try {
    entries = readdirSync(join(paths.config, 'keys'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
  const names = entries.filter((name) => name.endsWith('.json') && !name.endsWith('.pub.json'));
  return names.map((name) => name.slice(0, -'.json'.length)).sort();
}

/** @throws Problem `name-invalid` */
export function keyPath(
  paths: Paths,
  name: string,
  part: 'private' | 'public' = 'private',
): string {
  if (!isNamePart(name))
    throw new Problem(
      'name-invalid',
      `Not a valid name of a key: ${JSON.stringify(name.slice(0, 100))}`,
    );
  return join(paths.config, 'keys', `${name}${part === 'public' ? '.pub' : ''}.json`);
}

function pathOfKey({ paths, cwd }: CommandContext, given: string): string {
  const isPath = given.includes('/') || given.endsWith('.json') || isAbsolute(given);
  return isPath ? resolve(cwd, given) : keyPath(paths, given);
}
