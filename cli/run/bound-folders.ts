/**
 * Folders that a person binds to workspaces for one run: by `--mount NAME=DIR`, and by the folder
 * in which the person called the command.
 */
import { existsSync, realpathSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { ChangeSet } from '../../skills-index/run/changes/changes.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import type { MountCapability } from '../../skills-index/skill/capability.ts';
import { isNamePart } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { type CommandContext, listOf } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';

/**
 * Host policy with the folders of `--mount`. A mount for files that arguments name gets the working
 * folder, unless host policy or `--mount` binds the mount's source.
 * @throws Problem `usage` when an option has another form, or names no workspace of the skill;
 * `file-not-found`
 */
export function bindFolders(
  context: CommandContext,
  policy: HostPolicy,
  mounts: readonly MountCapability[],
): HostPolicy {
  const wanted = new Set(mounts.map(({ source = '' }) => workspaceOf(source)));
  const named = listOf(context.options.mount).map((option) => {
    const [, name = '', folder = ''] = /^([^=]*)=(.+)$/s.exec(option) ?? [];
    if (!isNamePart(name))
      throw new Problem('usage', `Cannot bind ${JSON.stringify(option)}: it is not NAME=DIR`, {
        hint: 'for example --mount work=./reports',
      });
    if (!wanted.has(name))
      throw new Problem('usage', `Cannot bind ${name}: skill.json mounts no workspace:${name}`, {
        hint: `skill.json mounts ${[...wanted].map((one) => `workspace:${one}`).join(', ') || 'nothing'}`,
      });
    const path = resolve(context.cwd, folder);
    if (!existsSync(path))
      throw new Problem('file-not-found', `Cannot bind ${name}: there is no folder ${path}`, {
        hint: `mkdir -p ${shellWord(path)}`,
      });
    return [name, path] as const;
  });
  const bound = withFolders(policy, Object.fromEntries(named));
  const open = mounts.find(isOpen(bound));
  if (open === undefined) return bound;
  const name = workspaceOf(open.source ?? '');
  // The person reads the very path that is judged and mounted.
  const folder = realpathSync(context.cwd);
  requireWorkingFolder(folder, name);
  printNote(
    context,
    safe`note: ${open.target ?? ''} is the folder ${folder}; another folder: --mount ${name}=DIR`,
  );
  return withFolders(bound, { [name]: folder });
}

/**
 * The plan with the true source of each folder that this run alone binds: a plan knows workspaces
 * only, and takes all of them for host policy's.
 */
export function withBinders<Planned extends Pick<Plan, 'mounts'>>(
  { options }: Pick<CommandContext, 'options'>,
  before: Pick<HostPolicy, 'workspaces'>,
  plan: Planned,
): Planned {
  const named = listOf(options.mount).map((option) => option.split('=')[0]);
  const mounts = plan.mounts.map((mount) => {
    const name = workspaceOf(mount.source);
    const isNamed = named.includes(name);
    if (!isNamed && Object.hasOwn(before.workspaces, name)) return mount;
    const binder = isNamed ? 'bound by --mount' : 'the folder in which you called the command';
    return { ...mount, reason: mount.reason.replace(/bound by host policy$/, binder) };
  });
  return { ...plan, mounts };
}

/**
 * Host policy for a run of an agent: a mount for files that arguments name gets the agent's own
 * workspace, unless host policy binds the mount's source.
 */
export function bindAgentFolder(
  policy: HostPolicy,
  agent: Agent,
  mounts: readonly MountCapability[],
): HostPolicy {
  const folder = policy.workspaces[agent.workspace?.name ?? ''];
  const open = mounts.find(isOpen(policy));
  if (folder === undefined || open === undefined) return policy;
  const name = workspaceOf(open.source ?? '');
  return withFolders(policy, { [name]: folder });
}

// `writable` of host policy is about the folder that host policy names, and about no other folder.
function withFolders(policy: HostPolicy, folders: HostPolicy['workspaces']): HostPolicy {
  const isSame = (name: string): boolean =>
    !Object.hasOwn(folders, name) || policy.workspaces[name] === folders[name];
  return {
    ...policy,
    workspaces: { ...policy.workspaces, ...folders },
    writable: policy.writable.filter(isSame),
  };
}

/**
 * Host policy for accepting changes: a folder that was bound for one run is bound again. A folder
 * of an agent has to be a workspace of host policy still. The runner compares the folder's device
 * and inode before it writes.
 */
export function bindChangedFolders(policy: HostPolicy, { agent, folders }: ChangeSet): HostPolicy {
  const known = new Set(
    Object.values(policy.workspaces)
      .filter(existsSync)
      .map((folder) => realpathSync(folder)),
  );
  const bound = folders
    .filter(({ path }) => agent === 'operator' || known.has(path))
    .map(({ source, path }) => [workspaceOf(source), path] as const)
    .filter(([name]) => !Object.hasOwn(policy.workspaces, name));
  return { ...policy, workspaces: { ...policy.workspaces, ...Object.fromEntries(bound) } };
}

function isOpen({ workspaces }: Pick<HostPolicy, 'workspaces'>) {
  return ({ files, source = '' }: MountCapability): boolean =>
    files === 'arguments' && !Object.hasOwn(workspaces, workspaceOf(source));
}

// A skill gets a folder with keys or settings only from a person who names the folder.
function requireWorkingFolder(real: string, name: string): void {
  const why = whyNotWorkingFolder(real);
  if (why === undefined) return;
  throw new Problem('plan-refused', `Cannot mount the working folder ${real}: ${why}`, {
    hint: `name the folder that the skill may see: --mount ${name}=DIR`,
  });
}

function whyNotWorkingFolder(real: string): string | undefined {
  const above = real === '/' ? '/' : `${real}/`;
  const homes = [homeOf(homedir), homeOf(() => userInfo().homedir)];
  if (homes.some((home) => home === real || home.startsWith(above)) || homeOfUser.test(real))
    return 'it is a home folder or contains one, and a home folder holds keys';
  if (/^\/(private\/)?(boot|dev(?!\/shm\/)|etc|proc|run|sys)(\/|$)/.test(real))
    return 'it is a folder of the system, which holds keys and settings';
  if (/\/\./.test(real))
    return 'it lies in a hidden folder, and such folders hold keys and settings';
  const keys = keyFiles.find((one) => existsSync(join(real, one)));
  return keys === undefined ? undefined : `it holds keys (${keys})`;
}

// The home folder can be missing, and a user id without an entry has none.
function homeOf(find: () => string): string {
  try {
    return realpathSync(find());
  } catch {
    return '/';
  }
}

// Root and services work in the folders of other users.
const homeOfUser = /^\/(root|((var\/|usr\/)?home|Users)(\/[^/]+)?)$/;

const keyFiles = [
  '.ssh .aws .gnupg .kube .azure .password-store .netrc .pgpass .git-credentials',
  '.docker/config.json .config/gcloud .config/gh',
].flatMap((line) => line.split(' '));
