/** Changes of named entries and of lists in the members of host.json. */
import * as v from 'valibot';
import * as agents from '../../runner/agents/public.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import type { HostMembers } from './change.ts';

const entriesShape = v.record(v.string(), v.unknown());

/** The members with the entry `name` of the object `member`. */
export function withEntry(
  members: HostMembers,
  member: string,
  name: string,
  entry: unknown,
): HostMembers {
  return { ...members, [member]: { ...entriesOf(members, member), [name]: entry } };
}

/** The members without the entry; an object that becomes empty is left out. */
export function withoutEntry(members: HostMembers, member: string, name: string): HostMembers {
  const { [name]: _, ...rest } = entriesOf(members, member);
  return withMember(members, member, rest, Object.keys(rest).length > 0);
}

/** The members with `name` in the list `member`, or without it. */
export function withName(
  members: HostMembers,
  member: string,
  name: string,
  isListed: boolean,
): HostMembers {
  const before = listIn(members, member);
  if (before.includes(name) === isListed) return members;
  const names = isListed ? [...before, name] : before.filter((other) => other !== name);
  return withMember(members, member, names, names.length > 0);
}

export function listIn(members: HostMembers, member: string): readonly unknown[] {
  return v.parse(v.array(v.unknown()), members[member] ?? []);
}

export function withMember(
  members: HostMembers,
  member: string,
  value: unknown,
  isKept: boolean,
): HostMembers {
  const { [member]: _, ...others } = members;
  return isKept ? { ...members, [member]: value } : others;
}

/** @throws Problem `not-found` when host policy has no such entry */
export function requireNamed(names: readonly string[], what: string, name: string): void {
  if (names.includes(name)) return;
  throw new Problem('not-found', `Host policy has no ${what} ${name}`, {
    hint:
      names.length === 0
        ? `skillgate host ${what} add adds the first one`
        : `host policy has: ${names.join(', ')}`,
  });
}

/** @throws Problem `usage` when the name means something else in host policy already */
export function requireFree(
  what: string,
  name: string,
  value: string,
  entries: Readonly<Record<string, string>>,
): void {
  const before = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (before === undefined || before === value) return;
  throw new Problem('usage', `Cannot add ${what} ${name}: ${name} is ${before} already`, {
    hint: `choose another name, or first: skillgate host ${what} remove ${name}`,
  });
}

/** The names of the identities that use an entry of host policy. */
export function agentsWith(
  { paths }: Pick<CommandContext, 'paths'>,
  uses: (agent: Agent) => boolean,
): readonly string[] {
  return agents
    .listAgents(`${paths.config}/agents`)
    .agents.filter((agent) => agent.revoked === undefined && uses(agent))
    .map(({ name }) => name);
}

function entriesOf(members: HostMembers, member: string): HostMembers {
  return v.parse(entriesShape, members[member] ?? {});
}
