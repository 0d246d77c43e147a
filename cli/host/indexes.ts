/** `skillgate host index …`: the package indexes from which this host fetches packages. */
import { existsSync } from 'node:fs';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { minimumAgeOf, parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, readPolicy } from './change.ts';
import { agentsWith, requireNamed, withEntry, withoutEntry } from './policy-list.ts';

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
