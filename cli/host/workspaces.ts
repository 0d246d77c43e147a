/** `skillgate host workspace …`: the folders of this host that runs may see under a name. */

import { closeSync, constants, existsSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { listAgents } from '../../runner/agents/agent-store.ts';
import { readBegun } from '../../runner/git/hand-over.ts';
import { whyNotMountable } from '../../runner/host/host.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import type { CommandContext } from '../command.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, type HostMembers, readPolicy } from './change.ts';

export async function addWorkspace(
  context: CommandContext,
  name: string,
  written: string,
): Promise<void> {
  const folder = existingFolder(context, name, written);
  if (process.platform === 'linux') await requireHandOver(folder);
  const writable = context.options.writable === true;
  const { workspaces } = readPolicy(context);
  applyHostChange(context, {
    change: (members, policy) => {
      requireFree('workspace', name, folder, policy.workspaces);
      return withName(withEntry(members, 'workspaces', name, folder), 'writable', name, writable);
    },
    means: [
      writable
        ? safe`Skills that mount workspace:${name} read and write views of ${folder}. The changes of an rw mount are applied when the run ends, and nobody is asked.`
        : safe`Skills that mount workspace:${name} read and write views of ${folder}; changes wait for you (skillgate changes show). An rw mount waits for an approver before the run; --writable lets it write at once.`,
    ],
    notes: notesAbout(name, folder, workspaces),
  });
}

export function removeWorkspace(context: CommandContext, name: string): void {
  const { workspaces } = readPolicy(context);
  requireNamed(Object.keys(workspaces), 'workspace', name);
  const users = agentsWith(context, ({ workspace }) => workspace?.name === name);
  applyHostChange(context, {
    change: (members) =>
      ['writable', 'ownLocks'].reduce(
        (rest, list) => withName(rest, list, name, false),
        withoutEntry(members, 'workspaces', name),
      ),
    means: [
      safe`Runs no longer see ${workspaces[name] ?? ''}: a skill or a session that mounts workspace:${name} is refused. The folder itself stays as it is.`,
    ],
    notes: users.map((user) => safe`agent ${user} works in workspace ${name}: ${another(user)}`),
  });
}

export function listWorkspaces(context: CommandContext): void {
  const policy = readPolicy(context);
  const workspaces = workspacesOf(policy);
  answer(context, { schema: 'skillgate.host-workspaces/1', file: policy.file, workspaces }, () =>
    workspaces.length === 0
      ? safe`Host policy has no workspace. Add one: skillgate host workspace add NAME DIR`
      : workspaceTable(policy),
  );
}

export function workspaceTable(policy: HostPolicy): Safe {
  return table(
    workspacesOf(policy).map(({ name, folder, writable, ownLocks }) => [
      name,
      folder,
      writable ? 'rw mounts write at once' : 'changes wait for a person',
      ownLocks ? 'file locks of its own' : '',
    ]),
  );
}

function workspacesOf({ ownLocks, workspaces, writable }: HostPolicy) {
  return Object.entries(workspaces).map(([name, folder]) => ({
    name,
    folder,
    writable: writable.includes(name),
    ownLocks: ownLocks.includes(name),
  }));
}

function another(agent: string): Safe {
  return safe`name another one: skillgate agent grant ${agent} --workspace NAME`;
}

/**
 * Resolves the folder, so that a link that is changed later leads no run elsewhere.
 * @throws Problem `file-not-found`, `usage`
 */
function existingFolder(context: CommandContext, name: string, written: string): string {
  const path = resolve(context.cwd, written);
  const found = statSync(path, { throwIfNoEntry: false });
  const cannot = `Cannot add workspace ${name}:`;
  if (found === undefined)
    throw new Problem('file-not-found', `${cannot} there is no folder ${path}`, {
      hint: `mkdir -p ${shellWord(path)}`,
    });
  if (!found.isDirectory()) throw new Problem('usage', `${cannot} ${path} is a file, no folder`);
  const real = realpathSync(path);
  const why = whyNotMountable(real, Object.values(context.paths));
  if (why !== undefined)
    throw new Problem('usage', `${cannot} ${why}`, {
      hint: 'name a folder that holds only what agents work on, such as a project below your home folder',
    });
  return real;
}

/** @throws Problem `plan-refused` for a folder whose commits could not come back */
async function requireHandOver(folder: string): Promise<void> {
  // Whoever owns the folder above could put a pipe there, at which an open would wait.
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await readBegun(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notesAbout(name: string, folder: string, workspaces: HostPolicy['workspaces']): Safe[] {
  const uid = process.getuid?.() ?? 0;
  const owner = statSync(folder).uid;
  const others = Object.entries(workspaces).filter(([other]) => other !== name);
  const within = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`);
  const above = repositoryAbove(folder);
  return [
    ...(statSync(join(folder, '.git'), { throwIfNoEntry: false })?.isFile() === true
      ? [
          safe`${folder} is a linked work tree: sessions read its whole repository, all branches, and accepted commits go there`,
        ]
      : []),
    ...(above === undefined
      ? []
      : [
          safe`git does not work in a session there, because its repository is ${above}. Name ${above}, or a work tree with these files alone: git -C ${shellWord(above)} worktree add --no-checkout DIR; cd DIR; git sparse-checkout set ${shellWord(relative(above, folder))}; git checkout`,
        ]),
    ...others
      .filter(([, path]) => within(folder, path) || within(path, folder))
      .map(
        ([other, path]) =>
          safe`workspace ${other} (${path}) ${within(folder, path) ? 'contains' : 'lies in'} this folder, so two agents cannot work in ${name} and ${other}`,
      ),
    ...(uid !== 0 && owner !== uid
      ? [
          safe`${folder} belongs to user ${owner}, and runs have your user id ${uid}. Runs read what you may read; changes are applied where you may write. To own the folder: sudo chown -R ${uid} ${shellWord(folder)}`,
        ]
      : []),
  ];
}

/** The folder with the repository in which a folder without a repository lies. */
function repositoryAbove(folder: string): string | undefined {
  const has = (at: string): boolean => existsSync(join(at, '.git'));
  let at = folder;
  while (!has(at) && at !== dirname(at)) at = dirname(at);
  return at !== folder && has(at) ? at : undefined;
}

// Changes of named entries and of lists in the members of host.json.

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
function withName(
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
  return listAgents(`${paths.config}/agents`)
    .agents.filter((agent) => agent.revoked === undefined && uses(agent))
    .map(({ name }) => name);
}

function entriesOf(members: HostMembers, member: string): HostMembers {
  return v.parse(entriesShape, members[member] ?? {});
}
