/** The words file of a version, without the names of private scopes. */
import type { Context } from 'hono';
import { parseScope } from '../../skills-index/skill/name.ts';
import { printWordsFile } from '../../skills-index/trust/index-files/print-words.ts';
import { parseWordsFile } from '../../skills-index/trust/index-files/words-file.ts';
import type { Registry } from '../context.ts';
import { mayRead } from './may-read.ts';

const scopeKind = 'scope/';

/**
 * Leaves out the private scopes that a request may not read. After the lift of a suspension, a
 * public version rests on all scopes of its publisher. Whoever may not read one of them lacks its
 * statement, and refuses the version with its name or without.
 * @param bytes a words file
 */
export async function shownWords(
  registry: Registry,
  context: Context,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  if (registry.readers === undefined) return bytes;
  const { map, names } = parseWordsFile(bytes);
  const shown = new Map(names);
  for (const name of names.keys())
    if (
      name.startsWith(scopeKind) &&
      !(await mayRead(registry, context, parseScope(name.slice(scopeKind.length))))
    )
      shown.delete(name);
  return shown.size === names.size ? bytes : Buffer.from(printWordsFile({ map, names: shown }));
}
