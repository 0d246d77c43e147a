/** Turns facts into observed capabilities: which uses need a capability, and in which form. */
import { posix } from 'node:path';
import { basePrograms } from '../../skills-index/skill/base-programs.ts';
import {
  type Capabilities,
  type Capability,
  groupCapabilities,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { CapabilityFact } from '../fact/fact.ts';
import { observedPerKindMax } from '../limits.ts';
import { own } from '../lookup-tables/api.ts';
import { anyEgress } from '../lookup-tables/egress-of.ts';
import { packageManagers } from '../lookup-tables/package-managers.ts';
import { isSecretName } from '../lookup-tables/secrets.ts';
import { sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import { interpreters } from '../lookup-tables/shell.ts';
import { optionalImport } from './package-facts.ts';
import { isProgramInTexts } from './tables/programs-in-texts.ts';
import { isPlaceholderVariable, isUsualVariable } from './tables/usual-variables.ts';

/**
 * The capabilities of the facts. Comments and code blocks that only show code do not count. Tests
 * count, because the bundle contains them and they run.
 */
export function observedOf(facts: readonly CapabilityFact[]): Capabilities {
  return narrowed(
    groupCapabilities(facts.filter(needsCapability).map((fact) => capabilityOf(fact))),
  );
}

// A skill with more capabilities than a report may list counts as using everything, since no person
// could approve the list.
function narrowed(all: Capabilities): Capabilities {
  const many = (list: readonly unknown[]): boolean => list.length > observedPerKindMax;
  return {
    env: many(all.env) ? [{ name: '*' }] : all.env,
    secret: all.secret,
    egress: many(all.egress) ? [{ url: anyEgress, methods: ['*'] }] : all.egress,
    mount: many(all.mount) ? [{ path: '*', mode: 'rw' }] : all.mount,
    exec: many(all.exec) ? [{ program: '*' }] : all.exec,
    // Imports beyond the limit are nothing that the sandbox could give.
    ...(all.package === undefined ? {} : { package: all.package.slice(0, observedPerKindMax) }),
  };
}

/** Whether a manifest has to declare this use. */
export function needsCapability({ capability, context }: CapabilityFact): boolean {
  if (context === 'comment' || context === 'fence-doc') return false;
  if (capability.kind === 'exec' && basePrograms.has(capability.program)) return false;
  if (capability.kind === 'exec' && context === 'fence-run')
    return !startsItself(capability.program);
  if (capability.kind !== 'mount' || capability.path === undefined) return true;
  return !isOwnPath(capability.path);
}

/** The needed capabilities that a manifest has to declare. */
export function demandedOf(facts: readonly CapabilityFact[]): Capabilities {
  return narrowed(groupCapabilities(facts.filter(demandsEntry).map((fact) => capabilityOf(fact))));
}

/**
 * Whether a needed capability asks for an entry of the manifest. A usual variable needs none. What
 * only a text shows is information where no command of the skill uses it: the reader's own
 * variables, packages to install, and words that begin a line and name no known program.
 */
export function demandsEntry(fact: CapabilityFact): boolean {
  if (!needsCapability(fact)) return false;
  const { capability, context } = fact;
  if (capability.kind === 'env' && isUsualVariable(capability.name)) return false;
  if (capability.kind === 'package') return fact.api !== optionalImport;
  if (context !== 'fence-run') return true;
  switch (capability.kind) {
    case 'env':
      return isSecretName(capability.name) && !isPlaceholderVariable(capability.name);
    case 'exec':
      return capability.program === '*' || isProgramInTexts(posix.basename(capability.program));
    case 'egress':
      return !isPackageHost(fact.api, parseEgressUrl(capability.url).host);
    case 'mount':
      return !placeholderFolder.test(capability.path ?? '');
    default:
      return true;
  }
}

// `/path/to/file` stands for a path of the reader's own.
const placeholderFolder = /^\/(path|absolute|full|some|your|my|example)([-_/]|$)/i;

// Installing a package contacts the hosts of its manager.
function isPackageHost(api: string, host: string): boolean {
  return own(packageManagers, api.split(' ')[0] ?? '')?.hosts.includes(host) ?? false;
}

// `python scripts/a.py` in a text starts a command: its interpreter is implied, and its arguments
// are judged by themselves. A word that is no program's name is the rest of a line that was no
// command.
function startsItself(program: string): boolean {
  return (
    own(interpreters, program) !== undefined ||
    (program !== '*' && !/^(\w|\.{0,2}\/|~\/)[\w.+~/@-]*$/.test(program))
  );
}

/** The capability of a fact, without the scanner's own additions. */
export function capabilityOf({ capability }: CapabilityFact): Capability {
  if (capability.kind === 'egress') return { ...capability, methods: methodsOf(capability) };
  if (capability.kind !== 'mount' || capability.path === undefined) return capability;
  return {
    kind: 'mount',
    path: capability.path === '*' ? '*' : normalPath(capability.path),
    mode: capability.mode,
  };
}

// The methods inside a library are unknown: it may use any of the usual ones, which a manifest can
// allow.
function methodsOf({ url, methods }: Extract<Capability, { kind: 'egress' }>): readonly string[] {
  return methods.includes('*') && /^https?:\/\/(?!\*)/.test(url) ? usualMethods : methods;
}

/** The possible methods of a request whose method is unknown. */
export const usualMethods = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

// The skill's own folder, the working directory and the sandbox's temporary folders (HOME is one)
// need no capability. Sensitive paths in a home folder are listed all the same: without the sandbox
// they would be read.
function isOwnPath(path: string): boolean {
  if (path === '*') return false;
  const normal = normalPath(path);
  if (sensitivePath(normal) !== undefined) return false;
  if (normal === '..' || normal.startsWith('../../')) return false;
  return (
    !normal.startsWith('/') ||
    ownRoots.some((root) => normal === root || normal.startsWith(`${root}/`))
  );
}

const ownRoots = [
  '/skills/@self',
  '/tmp',
  '/var/tmp',
  '/dev/null',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/tty',
  '/dev/fd',
  '/dev/urandom',
  '/dev/random',
  '/dev/zero',
];

function normalPath(path: string): string {
  return path.startsWith('~') ? path : posix.normalize(path);
}
