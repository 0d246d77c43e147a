/** `skillgate host advisories …`: what this host does with packages that an advisory names. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { VulnerabilityRules } from '../../skills-index/run/plan/index-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { idsShownMax } from '../limits.ts';
import { idsOfStoredPackages } from '../packages/package-policy.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, type HostMembers, readPolicy } from './change.ts';
import { listIn, withEntry, withMember, withoutEntry } from './policy-list.ts';

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
