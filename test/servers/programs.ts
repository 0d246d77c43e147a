/**
 * Programs of others that tests drive, and of which npm has none: `npm run test:servers` builds
 * them with Go below `.cache/servers`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const serversFolder = fileURLToPath(new URL('../../.cache/servers', import.meta.url));

/** Each with the module that Go builds. */
export const goModules = {
  versitygw: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  litestream: 'github.com/benbjohnson/litestream/cmd/litestream@v0.5.18',
} as const;

type Program = keyof typeof goModules;

export function programPath(name: Program): string {
  return `${serversFolder}/${name}`;
}

export function isBuilt(name: Program): boolean {
  return existsSync(programPath(name));
}
