/** The file of name proofs of a version, without the names of private scopes. */
import type { Context } from 'hono';
import { parseScope } from '../../skills-index/skill/name.ts';
import { parseNameProofsFile } from '../../skills-index/trust/index-files/name-proofs.ts';
import { printNameProofsFile } from '../../skills-index/trust/index-files/print-name-proofs.ts';
import type { Registry } from '../context.ts';
import { mayRead } from './may-read.ts';

const scopeKind = 'scope/';

/**
 * Leaves out the private scopes that a request may not read. After the lift of a suspension, a
 * public version rests on all scopes of its publisher. Whoever may not read one of them lacks its
 * statement, and refuses the version with its name or without.
 * @param bytes a file of name proofs
 */
export async function readableStatements(
  registry: Registry,
  context: Context,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  if (registry.readers === undefined) return bytes;
  const { map, names } = parseNameProofsFile(bytes);
  const shown = new Map(names);
  for (const name of names.keys())
    if (
      name.startsWith(scopeKind) &&
      !(await mayRead(registry, context, parseScope(name.slice(scopeKind.length))))
    )
      shown.delete(name);
  return shown.size === names.size
    ? bytes
    : Buffer.from(printNameProofsFile({ map, names: shown }));
}
