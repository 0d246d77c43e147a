/** This program's version, from its package.json. */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

export function ownVersion(): string {
  const file = findPackageJSON('./guard.js', import.meta.url);
  const found: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : 'unknown';
}

/** The name of this tool in statements. */
export function ownName(): string {
  return `skillgate ${ownVersion()}`;
}
