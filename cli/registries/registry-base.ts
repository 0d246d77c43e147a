/** The registry of a command. Every start reads it, so this file loads nothing heavy. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Paths } from '../command.ts';

export interface PinnedRegistry {
  /** In the form of `parseBase`. */
  readonly base: string;
  /** Fingerprint of the root file. */
  readonly root: Digest;
  /** Scopes that are looked up only in this registry. */
  readonly scopes: readonly string[];
}

export interface Registries {
  /** Base of the registry for all other scopes. */
  readonly default: string | undefined;
  readonly registries: readonly PinnedRegistry[];
}

export const fallbackBase = 'http://localhost:4880';
export const registriesSchema = 'skillgate.registries/1';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Base URL for commands without a scope: `SKILLGATE_REGISTRY`, else the default registry, else the
 * local one.
 */
export function registryBaseOf(paths: Paths, env: Environment): string {
  const named = env.SKILLGATE_REGISTRY;
  if (named !== undefined && named !== '') return parseBase(named);
  return readRegistries(paths).default ?? fallbackBase;
}

/** What is pinned here. @throws Problem `config-writable`, `json-invalid` */
export function readRegistries(paths: Pick<Paths, 'config'>): Registries {
  const path = join(paths.config, 'registries.json');
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
    requireOwn(paths.config);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      return { default: undefined, registries: [] };
    throw cause;
  }
  const value = parseJson(bytes, path).value as {
    schema?: unknown;
    default?: unknown;
    registries?: unknown;
  } | null;
  if (value?.schema !== registriesSchema || !Array.isArray(value.registries))
    throw new Problem(
      'json-invalid',
      `Cannot read ${path}: it does not have the form ${registriesSchema}`,
    );
  return {
    default: value.default === undefined ? undefined : parseBase(value.default),
    registries: value.registries.map((one) => parsePinned(one, path)),
  };
}

// A user who can write here decides whom this user trusts.
function requireOwn(folder: string): void {
  const { mode, uid } = statSync(folder);
  if (
    process.platform === 'win32' ||
    ((mode & 0o022) === 0 && (uid === process.getuid?.() || uid === 0))
  )
    return;
  throw new Problem(
    'config-writable',
    `Cannot rely on ${folder}: other users may change the trust settings in it`,
    {
      hint: `check the files for changes, then remove the permission: chmod -R go-w ${JSON.stringify(folder)}`,
    },
  );
}

/**
 * A registry's base URL in its only written form: `https:`, or `file:` for the folder of an export.
 * Plain HTTP is for this machine only, because session tokens are sent there.
 * @throws Problem `usage`
 */
export function parseBase(text: unknown): string {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  const refuse = (why: string) =>
    new Problem('usage', `Cannot use ${JSON.stringify(text)} as the address of a registry: ${why}`);
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol))
    throw refuse('write https://HOST[:PORT]');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw refuse('it has a user, a query or a fragment');
  if (
    url.protocol === 'http:' &&
    !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
    throw refuse('plain http is allowed for this machine only');
  const path = url.pathname.replace(/\/+$/, '');
  if (url.protocol !== 'file:') return `${url.origin}${path}`;
  if (url.host !== '' || path === '') throw refuse('write file:///FOLDER');
  return `file://${path}`;
}

function parsePinned(value: unknown, path: string): PinnedRegistry {
  const { base, root, scopes } = (value ?? {}) as {
    base?: unknown;
    root?: unknown;
    scopes?: unknown;
  };
  if (!isDigest(root) || !Array.isArray(scopes))
    throw new Problem(
      'json-invalid',
      `Cannot read ${path}: a registry lacks its fingerprint or scopes`,
    );
  return { base: parseBase(base), root, scopes: scopes.map(String) };
}
