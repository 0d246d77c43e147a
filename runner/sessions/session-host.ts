/** Opens the folders and programs of this host that a session needs. The caller closes them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { SessionFacts } from '../../skills-index/run/plan/plan-session.ts';
import type { PlannedFolder } from '../../skills-index/run/plan/session-plan.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { listAgents, memoryFolderOf } from '../agents/agent-store.ts';
import type { Secrets } from '../egress/secrets.ts';
import { giveTrees } from '../files/given-folder.ts';
import { folderOnly } from '../files/walk-folder.ts';
import { findProgram, openHost } from '../host/host.ts';
import { packageSettings } from '../sandbox/companions.ts';
import { findAgentProgram } from './agent-program.ts';
import { findToolchains } from './toolchains.ts';

export interface SessionHost {
  readonly facts: SessionFacts;
  /** Descriptors of the folders, by source of the mount. */
  readonly folders: ReadonlyMap<string, number>;
  /** Folders that are not workspaces of host policy: the agent's memory. */
  readonly own: ReadonlyMap<string, { readonly descriptor: number; readonly id: string }>;
  close(): void;
}

export interface SessionHostRequest {
  readonly agent: Agent;
  readonly command: readonly string[];
  readonly hostPolicy: HostPolicy;
  readonly paths: { readonly cache: string; readonly config: string; readonly data: string };
  readonly secrets: Secrets;
}

export function openSessionHost({
  agent,
  command,
  hostPolicy,
  paths,
  secrets,
}: SessionHostRequest): SessionHost {
  const ownFolders = [paths.config, paths.data, paths.cache];
  const name = agent.workspace?.name;
  const host = openHost({
    hostPolicy,
    workspaces: name === undefined ? [] : [name],
    programs: [],
    ownFolders,
  });
  const memory = openMemory(memoryFolderOf(paths, agent.name));
  const workspace = name === undefined ? undefined : host.facts.workspaces[name];
  const toolchains = findToolchains(hostPolicy, ownFolders);
  const program = findAgentProgram(command, hostPolicy, toolchains, ownFolders);
  const sharedWith =
    name === undefined ? undefined : sharingWith(agent, hostPolicy, join(paths.config, 'agents'));
  const facts: SessionFacts = {
    uid: host.facts.uid,
    gid: host.facts.gid,
    memory,
    program,
    ...(workspace === undefined ? {} : { workspace }),
    ...(sharedWith === undefined ? {} : { sharedWith }),
    folders: [
      ...systemFolders(),
      ...('why' in program || program.folder === undefined ? [] : [programFolder(program.folder)]),
    ],
    secrets: secrets.entries,
    toolchains,
    hasPython: findProgram('python3') !== undefined,
  };
  const close = (): void => {
    host.close();
    fs.closeSync(memory.descriptor);
  };
  return {
    facts,
    folders: new Map([...host.folders, ['memory', memory.descriptor]]),
    own: new Map([['memory', memory]]),
    close,
  };
}

/**
 * Gives the memory folder to the session's uid. Only a runner that is root can, and only then may
 * the uid differ.
 */
export function giveMemory(path: string, uid: number, gid: number): void {
  if (process.getuid?.() !== 0 || fs.lstatSync(path).uid === uid) return;
  giveTrees([path], { uid, gid });
}

function openMemory(path: string): {
  readonly path: string;
  readonly id: string;
  readonly descriptor: number;
} {
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  const descriptor = fs.openSync(path, folderOnly | fs.constants.O_NOFOLLOW);
  const { dev, ino, mode } = fs.fstatSync(descriptor);
  if ((mode & 0o077) !== 0) {
    fs.closeSync(descriptor);
    throw new Problem('key-file-invalid', `Cannot use ${path}: other users may enter it`, {
      hint: `chmod 700 ${path}`,
    });
  }
  return { path: fs.realpathSync(path), id: `${dev}:${ino}`, descriptor };
}

// The other identity that works in the same folder, above it or below it.
function sharingWith(
  agent: Agent,
  { workspaces }: HostPolicy,
  agentsFolder: string,
): string | undefined {
  const realOf = (owner: Agent): string | undefined => {
    const path = workspaces[owner.workspace?.name ?? ''];
    return path === undefined || !fs.existsSync(path) ? undefined : `${fs.realpathSync(path)}/`;
  };
  const own = realOf(agent);
  if (own === undefined) return undefined;
  // A damaged identity cannot start a session. Once repaired, its next session is checked here.
  const others = listAgents(agentsFolder).agents.filter((other) => other.name !== agent.name);
  return others.find((candidate) => {
    const other = realOf(candidate);
    return other !== undefined && (other.startsWith(own) || own.startsWith(other));
  })?.name;
}

function systemFolders(): PlannedFolder[] {
  const found = ['/usr', ...packageSettings].filter((path) => fs.existsSync(path));
  return [
    ...found.map((path) => ({
      path,
      target: path,
      reason: 'programs and libraries of the system, for the shell of the agent',
    })),
    {
      path: fs.realpathSync(process.execPath),
      target: '/opt/skillgate/bin/node',
      reason: 'the runner’s own node',
    },
  ];
}

function programFolder(path: string): PlannedFolder {
  return {
    path,
    target: path,
    reason: 'host policy names the folder in agentPrograms; no other user may write to the folder',
  };
}

/** Reads the bridge program for the sandbox, as source or as built file. */
export function readBridge(): { readonly path: string; readonly bytes: Uint8Array } {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const bytes = fs.readFileSync(fileURLToPath(new URL(`./bridge.${ending}`, import.meta.url)));
  return { path: `/opt/skillgate/bridge.m${ending}`, bytes };
}
