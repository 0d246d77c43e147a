import * as files from '../../runner/files/public.ts';
import type { Paths } from '../command.ts';
import { readTokens, tokensPath, tokensSchema } from './read-tokens.ts';

/**
 * Keeps the token for the base URL of a registry, or forgets it. Without the lock, the second of
 * two commands at once would overwrite the token of the first.
 */
export function keepToken(
  paths: Pick<Paths, 'config'>,
  base: string,
  token: string | undefined,
): void {
  const path = tokensPath(paths);
  files.withLock(`${path}.lock`, () => {
    const { [base]: _, ...others } = readTokens(paths);
    const tokens = token === undefined ? others : { ...others, [base]: token };
    files.writePrivateFile(path, `${JSON.stringify({ schema: tokensSchema, tokens }, null, 2)}\n`);
  });
}
