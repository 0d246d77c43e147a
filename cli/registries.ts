/** The registries a user trusts: base URL, root of trust pinned by fingerprint, and the scopes that are looked up there and nowhere else. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { type Digest, hexOf, isDigest } from '../skills-index/skill/digest.ts';
import { parseJson } from '../skills-index/skill/json.ts';
import { parseScope, type Scope } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { parseRoot, type RootFile } from '../skills-index/trust/root.ts';
import type { Paths } from './command.ts';
import { rootFileBytesMax } from './limits.ts';
import { writeWhole } from './whole-file.ts';

export interface PinnedRegistry {
  /** As `parseBase` writes it. */
  readonly base: string;
  /** Fingerprint of the root file. */
  readonly root: Digest;
  /** Scopes that only this registry answers for. */
  readonly scopes: readonly Scope[];
}

interface Registries {
  /** Base of the registry that answers for every other scope. */
  readonly default: string | undefined;
  readonly registries: readonly PinnedRegistry[];
}

/** A registry with its root, read and checked against the pinned fingerprint. */
export interface TrustedRegistry {
  readonly base: string;
  readonly root: RootFile;
  readonly fingerprint: Digest;
}

type Environment = Readonly<Record<string, string | undefined>>;
type World = { readonly paths: Paths; readonly env: Environment };

const fallbackBase = 'http://localhost:4880';
const schema = 'skillgate.registries/1';

/** Base URL for commands that name no scope: `SKILLGATE_REGISTRY`, else the default registry, else the local one. */
export function registryBaseOf(paths: Paths, env: Environment): string {
  const named = env.SKILLGATE_REGISTRY;
  if (named !== undefined && named !== '') return parseBase(named);
  return readRegistries(paths).default ?? fallbackBase;
}

/**
 * The one registry that answers for a scope: the project's (`registries` of skillgate.json, keys with `@`), else the user's, else the default.
 * There is no falling back to another one.
 * @throws Problem `root-not-pinned` when its root of trust is not pinned here
 */
export function registryOf(
  world: World,
  scope: Scope,
  projectRegistries: Readonly<Record<string, string>> = {},
): TrustedRegistry {
  const project = projectRegistries[`@${scope}`];
  const users = readRegistries(world.paths).registries.find((one) => one.scopes.includes(scope))?.base;
  return trustedRegistry(world, project === undefined ? (users ?? registryBaseOf(world.paths, world.env)) : parseBase(project));
}

/** @throws Problem `root-not-pinned`, `root-invalid` */
export function trustedRegistry({ paths }: Pick<World, 'paths'>, base: string): TrustedRegistry {
  const pinned = readRegistries(paths).registries.find((one) => one.base === base);
  if (pinned === undefined)
    throw new Problem('root-not-pinned', `Cannot trust ${base}: its root of trust is not pinned here`, {
      hint: `ask its operator for the fingerprint, then: skill registry add ${base} --root sha256:…`,
    });
  const root = parseRoot(readFileSync(rootPath(paths, pinned.root)));
  const found = canonicalDigest(root);
  if (found !== pinned.root)
    throw new Problem(
      'root-invalid',
      `Cannot trust ${base}: the root file kept here has another fingerprint than the one pinned`,
    );
  return { base, root, fingerprint: pinned.root };
}

/** Pins a registry, or pins it anew; the first one becomes the default. */
export async function pinRegistry(paths: Paths, base: string, root: RootFile, scopes: readonly Scope[]): Promise<PinnedRegistry> {
  const before = readRegistries(paths);
  const old = before.registries.find((one) => one.base === base);
  const kept = before.registries.filter((one) => one.base !== base);
  const taken = scopes.find((scope) => kept.some((one) => one.scopes.includes(scope)));
  if (taken !== undefined)
    throw new Problem('usage', `Cannot add ${base}: scope @${taken} is looked up in another registry already`);
  const pinned: PinnedRegistry = {
    base,
    root: canonicalDigest(root),
    scopes: [...new Set([...(old?.scopes ?? []), ...scopes])].sort(),
  };
  await mkdir(join(paths.config, 'roots'), { recursive: true, mode: 0o700 });
  await writeWhole(rootPath(paths, pinned.root), `${JSON.stringify(root, null, 2)}\n`, 0o600);
  const after = { schema, default: before.default ?? base, registries: [...kept, pinned] };
  await writeWhole(join(paths.config, 'registries.json'), `${JSON.stringify(after, null, 2)}\n`, 0o600);
  return pinned;
}

/** What is pinned here. */
export function readRegistries(paths: Paths): Registries {
  const path = join(paths.config, 'registries.json');
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { default: undefined, registries: [] };
    throw cause;
  }
  const value = parseJson(bytes, path).value as { schema?: unknown; default?: unknown; registries?: unknown } | null;
  if (value?.schema !== schema || !Array.isArray(value.registries))
    throw new Problem('json-invalid', `Cannot read ${path}: it is not of form ${schema}`);
  return {
    default: value.default === undefined ? undefined : parseBase(value.default),
    registries: value.registries.map((one) => parsePinned(one, path)),
  };
}

/**
 * A registry's base URL in its one written form. Plain HTTP is for this machine only: sessions go over it.
 * @throws Problem `usage`
 */
export function parseBase(text: unknown): string {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  const refuse = (why: string) => new Problem('usage', `Not a registry’s address: ${JSON.stringify(text)}: ${why}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw refuse('write https://HOST[:PORT]');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw refuse('it has a user, a query or a fragment');
  if (url.protocol === 'http:' && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw refuse('plain http is for this machine only');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** @throws Problem `root-invalid` when it is larger than a root file may be */
export function checkRootSize(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > rootFileBytesMax) throw new Problem('root-invalid', `A root file has at most ${rootFileBytesMax} bytes`);
  return bytes;
}

function parsePinned(value: unknown, path: string): PinnedRegistry {
  const { base, root, scopes } = (value ?? {}) as { base?: unknown; root?: unknown; scopes?: unknown };
  if (!isDigest(root) || !Array.isArray(scopes))
    throw new Problem('json-invalid', `Cannot read ${path}: a registry lacks its fingerprint or scopes`);
  return { base: parseBase(base), root, scopes: scopes.map(parseScope) };
}

function rootPath(paths: Paths, root: Digest): string {
  return join(paths.config, 'roots', `${hexOf(root)}.json`);
}
