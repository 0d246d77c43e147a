/** `skillgate host advisories …`: what this host does with packages that an advisory names. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import {
  minimumAgeOf,
  parseIndexUrl,
  type VulnerabilityRules,
} from '../../skills-index/run/plan/index-policy.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { idsOfStoredPackages } from '../packages/report-on-package.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, type HostMembers, readPolicy } from './change.ts';
import {
  agentsWith,
  listIn,
  requireNamed,
  withEntry,
  withMember,
  withoutEntry,
} from './workspaces.ts';

/** Ids of advisories that a note names. */
const idsShownMax = 8;

const member = 'packages';
const words = 'folder DIR, vulnerable run|refuse, or allow ID';

export function addAdvisoryRule(context: CommandContext, word: string, value: string): void {
  if (word === 'folder') addFolder(context, value);
  else if (word === 'vulnerable') addVulnerable(context, value);
  else if (word === 'allow') addAllowed(context, value);
  else throw new Problem('usage', `There is no rule ${word} about advisories: write ${words}`);
}

function addFolder(context: CommandContext, value: string): void {
  const folder = resolve(context.cwd, value);
  const isThere = existsSync(folder);
  if (isThere && !statSync(folder).isDirectory())
    throw new Problem('usage', `Cannot add ${folder}: it is a file, no folder`, {
      hint: 'name the folder of your OSV mirror. An archive of OSV lies in it: PyPI/all.zip',
    });
  applyHostChange(context, {
    change: (members) => withMember(members, 'advisories', folder, true),
    means: [
      safe`Packages are compared with the advisories of ${folder}. No skill with a malicious package starts.`,
    ],
    notes: isThere
      ? []
      : [safe`there is no folder ${folder} yet, and until then no skill with packages starts`],
  });
}

function addVulnerable(context: CommandContext, value: string): void {
  if (value !== 'run' && value !== 'refuse')
    throw new Problem('usage', `Cannot set vulnerable to ${value}: write run or refuse`);
  applyHostChange(context, {
    change: (members) => withEntry(members, member, 'vulnerable', value),
    hint: 'first: skillgate host advisories add folder DIR',
    means: [
      value === 'refuse'
        ? safe`No skill with a vulnerable package is installed or starts on this host.`
        : safe`Skills with vulnerable packages run. skillgate packages audit lists them.`,
      ...(value === 'refuse'
        ? [safe`Next, to allow one advisory: skillgate host advisories add allow ID`]
        : []),
    ],
  });
}

function addAllowed(context: CommandContext, id: string): void {
  const policy = readPolicy(context);
  applyHostChange(context, {
    change: (members) => {
      const before = allowedIn(members);
      return before.includes(id)
        ? members
        : withEntry(members, member, 'allowAdvisories', [...before, id]);
    },
    means: [safe`The advisory ${id} refuses no package on this host.`],
    notes:
      policy.packages.vulnerable === 'refuse'
        ? unusedIdNotes(context, policy, id)
        : [
            safe`vulnerable packages run in any case, until: skillgate host advisories add vulnerable refuse`,
          ],
    hint: hintOfId(id),
  });
}

// An alias, such as the CVE number of a GHSA advisory, would look like an exception.
function unusedIdNotes(context: CommandContext, policy: HostPolicy, id: string): Safe[] {
  try {
    const known = idsOfStoredPackages(context, policy);
    if (known.has(id)) return [];
    const ids = [...known].slice(0, idsShownMax).join(', ');
    return [
      safe`no advisory with the id ${id} names a package that this host stores, and an alias allows nothing`,
      ...(ids === '' ? [] : [safe`advisories that name stored packages: ${ids}`]),
    ];
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const { hint = '', message } = cause;
    return [safe`${message}; ${asCalled(hint)}`];
  }
}

function hintOfId(id: string): string | undefined {
  if (/^mal-/i.test(id)) return 'use a version of the package that the advisory does not name';
  const inCapitals = id.replace(/^[^-]+/, (prefix) => prefix.toUpperCase());
  return inCapitals === id || !id.includes('-') ? undefined : `write ${inCapitals}`;
}

export function removeAdvisoryRule(context: CommandContext, name: string): void {
  const { advisories, packages } = readPolicy(context);
  const { allowAdvisories = [], vulnerable } = packages;
  const names = [
    ...(advisories === undefined ? [] : ['folder']),
    ...(vulnerable === undefined ? [] : ['vulnerable']),
    ...allowAdvisories,
  ];
  if (!names.includes(name))
    throw new Problem('not-found', `Host policy has no rule ${name} about advisories`, {
      hint: names.length === 0 ? `add one: ${words}` : `host policy has: ${names.join(', ')}`,
    });
  applyHostChange(context, {
    change: (members) => without(members, name),
    means: [meansOf(name)],
    hint: 'first: skillgate host advisories add vulnerable run',
  });
}

function without(members: HostMembers, name: string): HostMembers {
  if (name === 'folder') return withMember(members, 'advisories', undefined, false);
  if (name === 'vulnerable') return withoutEntry(members, member, 'vulnerable');
  const rest = allowedIn(members).filter((id) => id !== name);
  return rest.length === 0
    ? withoutEntry(members, member, 'allowAdvisories')
    : withEntry(members, member, 'allowAdvisories', rest);
}

function meansOf(name: string): Safe {
  if (name === 'folder')
    return safe`No package is compared with advisories on this host, so malicious packages start.`;
  if (name === 'vulnerable')
    return safe`Skills with vulnerable packages run, which is the default.`;
  return safe`The advisory ${name} counts again.`;
}

// The names of the list as they are written. The parser of host policy judges them.
function allowedIn(members: HostMembers): readonly unknown[] {
  const { [member]: rules } = members;
  return typeof rules === 'object' && rules !== null ? listIn({ ...rules }, 'allowAdvisories') : [];
}

export function listAdvisoryRules(context: CommandContext): void {
  const policy = readPolicy(context);
  const { advisories = null, file, packages } = policy;
  answer(context, { schema: 'skillgate.host-advisories/1', file, advisories, packages }, () =>
    advisoryRulesTable(policy),
  );
}

export function advisoryRulesTable({
  advisories,
  packages,
}: Pick<HostPolicy, 'advisories' | 'packages'>): Safe {
  const { allowAdvisories = [], vulnerable = 'run' }: VulnerabilityRules = packages;
  return table([
    ['folder', advisories ?? 'none, so no package is compared with advisories'],
    ['vulnerable', vulnerable === 'run' ? 'run' : 'refuse: not installed, and not started'],
    ...allowAdvisories.map((id) => ['allow', id]),
  ]);
}

// `skillgate host index …`: the package indexes from which this host fetches packages.

export function addIndex(context: CommandContext, name: string, url: string): void {
  const ecosystem = ecosystemOf(name);
  const days = daysOf(context.options['min-age']);
  const index = { url, ...(days === undefined ? {} : { minimumAgeDays: days }) };
  applyHostChange(context, {
    change: (members, policy) => {
      requireFree(ecosystem, url, policy);
      return withEntry(members, 'indexes', ecosystem, index);
    },
    means: [
      safe`Packages of ${ecosystem} come from ${url} only, ${ageText(index)}.`,
      safe`Next, for an agent’s own program: skillgate agent grant NAME --index ${ecosystem}`,
    ],
    notes: notesAbout(url),
  });
}

function notesAbout(url: string): Safe[] {
  const place = parseIndexUrl(url);
  if (place?.kind === 'address')
    return [safe`anybody who controls ${url} chooses the packages that agents get`];
  return place?.kind === 'folder' && !existsSync(place.path)
    ? [safe`there is no folder ${place.path} yet; put the wheels or tarballs there`]
    : [];
}

export function removeIndex(context: CommandContext, name: string): void {
  const { indexes } = readPolicy(context);
  requireNamed(Object.keys(indexes), 'index', name);
  const users = agentsWith(context, (agent) => agent.indexes?.some((one) => one === name) === true);
  applyHostChange(context, {
    change: (members) => withoutEntry(members, 'indexes', name),
    means: [safe`This host has no index of ${name} packages any more.`],
    notes: users.map(
      (user) =>
        safe`agent ${user} uses it, and its sessions are refused: skillgate agent revoke ${user} --index ${name}`,
    ),
  });
}

export function listIndexes(context: CommandContext): void {
  const { file, indexes } = readPolicy(context);
  answer(context, { schema: 'skillgate.host-indexes/1', file, indexes }, () =>
    Object.keys(indexes).length === 0
      ? safe`Host policy has no package index. Add one: skillgate host index add npm https://registry.npmjs.org/`
      : indexTable(indexes),
  );
}

export function indexTable(indexes: HostPolicy['indexes']): Safe {
  return table(Object.entries(indexes).map(([name, index]) => [name, index.url, ageText(index)]));
}

function ageText(index: HostPolicy['indexes'][Ecosystem] & object): string {
  const days = minimumAgeOf(index);
  return days === 0 ? 'of any age' : `at least ${days} ${days === 1 ? 'day' : 'days'} old`;
}

function ecosystemOf(name: string): Ecosystem {
  const known = ecosystems.find((one) => one === name);
  if (known !== undefined) return known;
  throw new Problem('usage', `There is no index ${name}: write ${ecosystems.join(' or ')}`);
}

function daysOf(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  const [, digits] = (typeof text === 'string' ? /^(\d{1,3})d?$/.exec(text) : undefined) ?? [];
  if (digits !== undefined) return Number(digits);
  throw new Problem('usage', 'Cannot read --min-age: write a number of days, such as 7d');
}

function requireFree(name: Ecosystem, url: string, { indexes }: HostPolicy): void {
  const before = indexes[name];
  if (before === undefined || before.url === url) return;
  throw new Problem('usage', `Cannot add index ${name}: ${name} is ${before.url} already`, {
    hint: `first: skillgate host index remove ${name}`,
  });
}
