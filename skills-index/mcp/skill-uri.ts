/**
 * Addresses of skills over MCP: `skill://scope/name/path` (resource mapping of MCP's Skills
 * extension).
 */
import { isNamePart, parseSkillName, type SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';

export interface SkillAddress {
  readonly name: SkillName;
  /** Path of a file or folder in the skill; empty for the skill itself. */
  readonly path: string;
}

/** The address of a file or folder; without a path, the address of the skill. */
export function skillUri(name: SkillName, path = ''): string {
  const parts = path === '' ? [] : path.split('/').map(encodeURIComponent);
  return `skill://${[name.slice(1), ...parts].join('/')}`;
}

/**
 * Parses an address. Each file has exactly one address, so that an approval of one address cannot
 * be avoided by another.
 * @throws Problem `not-found`
 */
export function parseSkillUri(uri: string): SkillAddress {
  const [scope = '', short = '', ...parts] = uri.startsWith('skill://')
    ? uri.slice('skill://'.length).split('/')
    : [];
  if (isNamePart(scope) && isNamePart(short) && !parts.includes('')) {
    const name = parseSkillName(`@${scope}/${short}`);
    const path = decoded(parts);
    if (path !== undefined && skillUri(name, path) === uri) return { name, path };
  }
  throw new Problem(
    'not-found',
    `There is no skill or file at ${JSON.stringify(uri.slice(0, 300))}`,
  );
}

function decoded(parts: readonly string[]): string | undefined {
  try {
    const path = parts.map(decodeURIComponent).join('/');
    // Half a surrogate pair has no encoding.
    return path.isWellFormed() ? path : undefined;
  } catch {
    return undefined;
  }
}
