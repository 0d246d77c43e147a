/** The registries a user trusts: base URL, root of trust pinned by fingerprint, and the scopes that are looked up there and nowhere else. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { type Digest, hexOf } from '../skills-index/skill/digest.ts';
import type { Scope } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { parseRoot, type RootFile } from '../skills-index/trust/root.ts';
import type { Paths } from './command.ts';
import { rootFileBytesMax } from './limits.ts';
import { type PinnedRegistry, parseBase, readRegistries, registryBaseOf, registriesSchema as schema } from './registry-base.ts';
import { writeWhole } from './whole-file.ts';

/** A registry with its root, read and checked against the pinned fingerprint. */
export interface TrustedRegistry {
  readonly base: string;
  readonly root: RootFile;
  readonly fingerprint: Digest;
}

type Environment = Readonly<Record<string, string | undefined>>;
type World = { readonly paths: Paths; readonly env: Environment };

/**
 * The one registry that answers for a scope: the user's, else the project's (`registries` of skillgate.json, keys with `@`), else the default.
 * A project is somebody else's file: it says where to look only for scopes of which the user said nothing. There is no falling back.
 * @throws Problem `root-not-pinned` when its root of trust is not pinned here
 */
export function registryOf(
  world: World,
  scope: Scope,
  projectRegistries: Readonly<Record<string, string>> = {},
): TrustedRegistry {
  const users = readRegistries(world.paths).registries.find((one) => one.scopes.includes(scope))?.base;
  if (users !== undefined) return trustedRegistry(world, users);
  const project = Object.hasOwn(projectRegistries, `@${scope}`) ? projectRegistries[`@${scope}`] : undefined;
  return trustedRegistry(world, project === undefined ? registryBaseOf(world.paths, world.env) : parseBase(project));
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

/** @throws Problem `root-invalid` when it is larger than a root file may be */
export function checkRootSize(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > rootFileBytesMax) throw new Problem('root-invalid', `A root file has at most ${rootFileBytesMax} bytes`);
  return bytes;
}

function rootPath(paths: Paths, root: Digest): string {
  return join(paths.config, 'roots', `${hexOf(root)}.json`);
}
