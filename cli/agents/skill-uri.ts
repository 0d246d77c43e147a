/**
 * Addresses of skills over MCP: `skill://scope/name/path` (Skills extension of MCP, resource
 * mapping).
 */
import { isNamePart, parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

export interface SkillAddress {
  readonly name: SkillName;
  /** Of a file or a folder in the skill; empty for the skill itself. */
  readonly path: string;
}

/** The address of a file or a folder; without a path the one of the skill’s own folder. */
export function skillUri(name: SkillName, path = ''): string {
  const parts = path === '' ? [] : path.split('/').map(encodeURIComponent);
  return `skill://${[name.slice(1), ...parts].join('/')}`;
}

/**
 * Reads an address; one thing has one address, so that what was approved under it cannot be asked
 * for under another.
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
  throw new Problem('not-found', `There is nothing at ${JSON.stringify(uri.slice(0, 300))}`);
}

function decoded(parts: readonly string[]): string | undefined {
  try {
    return parts.map(decodeURIComponent).join('/');
  } catch {
    return undefined;
  }
}
