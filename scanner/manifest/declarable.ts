/** What a manifest can declare at all, and what the sandbox contains without a declaration. */

import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import { type Capability, groupCapabilities } from '../../skills-index/skill/capability.ts';
import { parseDeclaredEgressUrl, parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { isLoopbackHost } from '../lookup-tables/egress-of.ts';

/**
 * Whether a manifest may declare it, decided by the manifest's own parser. `empty` is a manifest
 * without capabilities.
 */
export function isDeclarable(empty: Manifest, capability: Capability): boolean {
  if (namesNothing(capability)) return false;
  try {
    parseManifest(
      Buffer.from(printManifest({ ...empty, capabilities: groupCapabilities([capability]) })),
    );
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether no manifest entry could cover an observed use: a host, program or variable that could not
 * be computed, an address.
 */
export function isBeyondManifests(capability: Capability): boolean {
  if (namesNothing(capability)) return true;
  if (capability.kind === 'mount')
    return capability.path !== undefined && mountFolder(capability.path) === undefined;
  if (capability.kind !== 'egress') return false;
  try {
    parseDeclaredEgressUrl(capability.url);
    return false;
  } catch {
    return true;
  }
}

/**
 * Whether the sandbox keeps a use harmless without permission. A path or variable known only at run
 * time is one that exists in the sandbox. The programs and kernel figures that it can read are the
 * sandbox's own, and so is the loopback address. A package that is not declared is not there.
 */
export function isHeldAnyway(capability: Capability): boolean {
  if (capability.kind === 'env') return capability.name === '*';
  if (capability.kind === 'package') return true;
  if (capability.kind === 'mount')
    return (
      capability.path === '*' || (capability.mode === 'ro' && ownSystem.test(capability.path ?? ''))
    );
  return capability.kind === 'egress' && isLoopbackHost(parseEgressUrl(capability.url).host);
}

const ownSystem =
  /^\/(usr|bin|lib|lib64|opt)\/|^\/proc\/(meminfo|cpuinfo|cmdline|version|stat|uptime|(1|self)\/(cgroup|status))$/;

/**
 * The top folder of an observed path, as the place of a mount; undefined for system folders, home
 * folders and files at the root. Nobody keeps `/package.json`: such a path begins with a part that
 * the scan read as empty.
 */
export function mountFolder(path: string): string | undefined {
  if (/^\/[^/]*\.[A-Za-z0-9]+$/.test(path)) return undefined;
  const folder = /^\/([A-Za-z0-9_][A-Za-z0-9._-]*)(?=\/|$)/.exec(path)?.[1];
  return folder === undefined || systemFolders.has(folder) ? undefined : folder;
}

const systemFolders: ReadonlySet<string> = new Set(
  (
    'bin boot dev etc lib lib32 lib64 proc run sbin skills sys usr var home root Users tmp opt srv mnt media Library Applications ' +
    'System Volumes private'
  ).split(' '),
);

function namesNothing(capability: Capability): boolean {
  switch (capability.kind) {
    case 'env':
    case 'secret':
      return capability.name === '*';
    case 'egress':
      return parseEgressUrl(capability.url).host === '*';
    case 'mount':
      return capability.source === undefined && capability.path === '*';
    case 'exec':
      return capability.program === '*';
    case 'package':
      return capability.name === '*';
  }
}
