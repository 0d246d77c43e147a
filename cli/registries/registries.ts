/**
 * The registries that a user trusts: base URL, root of trust pinned by fingerprint, and the scopes
 * that are looked up only there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWitnessPolicy, type WitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { defaultPolicy, type Policy, parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import type { TufFiles } from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';
import type { Paths } from '../command.ts';
import { fallbackBase, parseBase, readRegistries, registryBaseOf } from './registry-base.ts';
import { readStoredTrust, type StoredTrust } from './stored-trust.ts';

export const rootFileBytesMax = 256 * 1024;

/**
 * A registry and its trusted files: the pinned root file, checked against its fingerprint, and the
 * later files that its administrators signed.
 */
export interface TrustedRegistry {
  readonly base: string;
  /** The root file in force. */
  readonly root: RootFile;
  /**
   * Fingerprint of the pinned root file. It names the data that is stored about the registry, and
   * stays the same after rotations.
   */
  readonly fingerprint: Digest;
  readonly pinned: RootFile;
  readonly policy: Policy;
  /** A Sigstore trusted root, for statements signed by certificate; without it they are refused. */
  readonly sigstore?: unknown;
  readonly witnesses?: WitnessPolicy;
  /** Absent for a registry without TUF metadata. */
  readonly kept?: StoredTrust;
}

type Environment = Readonly<Record<string, string | undefined>>;
type World = { readonly paths: Paths; readonly env: Environment };

/**
 * The only registry for a scope: the user's choice, else the project's (`registries` of
 * skillgate.json, keys with `@`), else the default. A project is a stranger's file, so it decides
 * only for scopes without the user's choice. There is no fallback.
 * @throws Problem `root-not-pinned` when the registry's root of trust is not pinned here
 */
export function registryOf(
  world: World,
  scope: Scope,
  projectRegistries: Readonly<Record<string, string>> = {},
): TrustedRegistry {
  return trustedRegistry(
    world,
    boundBase(world, scope, projectRegistries) ?? registryBaseOf(world.paths, world.env),
  );
}

/** Whether the user or the project says which registry has a scope. */
export function isBound(
  world: World,
  scope: Scope,
  projectRegistries: Readonly<Record<string, string>>,
): boolean {
  return boundBase(world, scope, projectRegistries) !== undefined;
}

function boundBase(
  { paths }: World,
  scope: Scope,
  projectRegistries: Readonly<Record<string, string>>,
): string | undefined {
  const users = readRegistries(paths).registries.find((one) => one.scopes.includes(scope));
  if (users !== undefined) return users.base;
  const key = `@${scope}`;
  return Object.hasOwn(projectRegistries, key) ? parseBase(projectRegistries[key]) : undefined;
}

/** @throws Problem `root-not-pinned`, `root-invalid` */
export function trustedRegistry(
  { paths }: { readonly paths: Pick<Paths, 'config'> },
  base: string,
): TrustedRegistry {
  const { registries } = readRegistries(paths);
  const pinned = registries.find((one) => one.base === base);
  // Nobody typed the address that stands in for a missing default.
  if (registries.length === 0 && base === fallbackBase)
    throw new Problem('root-not-pinned', 'No registry is pinned on this host', {
      hint: 'ask the operator of your registry for the fingerprint, then: skillgate registry add URL --root sha256:…',
    });
  if (pinned === undefined)
    throw new Problem(
      'root-not-pinned',
      `Cannot trust ${base}: its root of trust is not pinned on this host`,
      {
        hint: `ask its operator for the fingerprint, then: skillgate registry add ${base} --root sha256:…`,
      },
    );
  const pinnedRoot = parseRoot(readFileSync(rootPath(paths, pinned.root)));
  const found = canonicalDigest(pinnedRoot);
  if (found !== pinned.root)
    throw new Problem(
      'root-invalid',
      `Cannot trust ${base}: the stored root file does not have the pinned fingerprint`,
    );
  const kept = readStoredTrust(paths, pinned.root);
  const before = { base, fingerprint: pinned.root, pinned: pinnedRoot };
  return kept === undefined
    ? { ...before, root: pinnedRoot, policy: defaultPolicy }
    : { ...before, ...trustedIn(kept.files), kept };
}

// Verified before it was stored; the folder belongs to the user.
function trustedIn(
  files: TufFiles,
): Pick<TrustedRegistry, 'root' | 'policy' | 'sigstore' | 'witnesses'> {
  const { 'trusted_root.json': sigstore, 'witnesses.json': witnesses } = files;
  return {
    root: parseRoot(files['root.json']),
    policy: parsePolicy(files['policy.json']),
    ...(sigstore === undefined ? {} : { sigstore: parseJson(sigstore, 'trusted_root.json').value }),
    ...(witnesses === undefined ? {} : { witnesses: parseWitnessPolicy(witnesses) }),
  };
}

/** @throws Problem `root-invalid` when it is larger than a root file may be */
export function requireRootSize(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > rootFileBytesMax)
    throw new Problem(
      'root-invalid',
      `The root file is too large: it may have at most ${rootFileBytesMax} bytes`,
    );
  return bytes;
}

/** The stored root file with this fingerprint. */
export function rootPath(paths: Pick<Paths, 'config'>, root: Digest): string {
  return join(paths.config, 'roots', `${hexOf(root)}.json`);
}
