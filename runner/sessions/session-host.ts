/** Opens the folders and programs of this host that a session needs. The caller closes them. */
import * as fs from 'node:fs';
import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type {
  ProgramFact,
  SessionFacts,
  ToolchainFact,
} from '../../skills-index/run/plan/plan-session.ts';
import type { PlannedFolder } from '../../skills-index/run/plan/session-plan.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { listAgents, memoryFolderOf } from '../agents/agent-store.ts';
import type { Secrets } from '../egress/secrets.ts';
import { giveTrees } from '../files/owned-folder.ts';
import { folderOnly } from '../files/walk-folder.ts';
import { findProgram, openHost } from '../host/host.ts';
import { packageSettings } from '../sandbox/companions.ts';

/** Files in the folder of an agent program that host policy names. */
const programEntriesMax = 200_000;

export interface SessionHost {
  readonly facts: SessionFacts;
  /** Descriptors of the folders, by source of the mount. */
  readonly folders: ReadonlyMap<string, number>;
  /** Folders that are not workspaces of host policy: the agent's memory. */
  readonly own: ReadonlyMap<string, { readonly descriptor: number; readonly id: string }>;
  close(): void;
}

interface SessionHostRequest {
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

// The folders with compilers and tools that host policy gives to every session.

// Files in which tools keep passwords and tokens. A folder that is a user's own has them beside the
// tool: ~/.cargo has credentials.toml.
const credentialFile =
  /^(credentials(\.(toml|json))?|\.(npmrc|yarnrc\.yml|pypirc|netrc|git-credentials|env)|auth\.json|hosts\.yml|settings-security\.xml|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|secrets?\.(json|toml|ya?ml))$/;

/** Finds the toolchains of host policy, each with the folder of its programs. */
export function findToolchains(
  { toolchains }: Pick<HostPolicy, 'toolchains'>,
  ownFolders: readonly string[],
): readonly ToolchainFact[] {
  return Object.entries(toolchains).map(([name, path]) => {
    const why = whyNotToolchain(path, ownFolders);
    if (why !== undefined) return { name, path, why };
    return { name, path, programs: existsSync(join(path, 'bin')) ? join(path, 'bin') : path };
  });
}

/** Returns why no session may see the folder; undefined when sessions may. */
export function whyNotToolchain(path: string, ownFolders: readonly string[]): string | undefined {
  const secret = [path, join(path, 'bin'), join(path, 'etc')]
    .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)))
    .find((file) => credentialFile.test(file.slice(file.lastIndexOf('/') + 1)));
  if (secret !== undefined) return `${secret} may hold credentials: name a folder below ${path}`;
  if (path.startsWith('/usr/')) return existsSync(path) ? undefined : `there is no folder ${path}`;
  return whyNotFolder(path, ownFolders);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

// Finds an agent's program: a program that host policy names, a program of a toolchain, the
// runner's node, or a program of the system. No other user can write to any of these.

const ownNode = '/opt/skillgate/bin/node';
// Folders that the sandbox itself provides.
const taken =
  /^\/(usr|etc|dev|proc|sys|tmp(?=$)|run|home\/skill|opt\/skillgate|skills|memory|workspace)(\/|$)/;

/**
 * Finds the program and its arguments.
 * @param toolchains the toolchains of host policy; PATH of the session names them first
 * @param ownFolders Skillgate's own folders with policy, keys and logs
 */
export function findAgentProgram(
  [word = '', ...args]: readonly string[],
  { agentPrograms }: HostPolicy,
  toolchains: readonly ToolchainFact[],
  ownFolders: readonly string[],
): ProgramFact {
  const named = Object.hasOwn(agentPrograms, word) ? agentPrograms[word] : undefined;
  if (named !== undefined) {
    const { command, folder } = named;
    const why = whyNotFolder(folder, ownFolders);
    const [program = '', ...rest] = command;
    const started = programOf(program, folder);
    if (why !== undefined)
      return {
        why: `host policy names the agent program ${word}, but ${why}`,
        hint: `chown -R root ${folder}; chmod -R go-w ${folder}`,
      };
    return typeof started === 'object' ? started : { command: [started, ...rest, ...args], folder };
  }
  const started = inToolchain(word, toolchains) ?? programOf(word, undefined);
  if (typeof started === 'string') return { command: [started, ...args] };
  return {
    why: `neither the system nor a toolchain of host policy has a program ${JSON.stringify(word)}`,
    hint: `skillgate host toolchain add ${agentWord.test(word) ? word : 'NAME'} DIR, where DIR/bin has the program`,
  };
}

const agentWord = /^[a-z0-9][a-z0-9-]{0,62}$/;

function inToolchain(word: string, toolchains: readonly ToolchainFact[]): string | undefined {
  if (!/^[\w.+-]+$/.test(word) || /^\.+$/.test(word)) return undefined;
  return toolchains
    .flatMap((one) => ('programs' in one ? [join(one.programs, word)] : []))
    .find((path) => isProgram(path));
}

function isProgram(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o111) !== 0;
}

function programOf(
  word: string,
  folder: string | undefined,
): string | { readonly why: string; readonly hint: string } {
  if (word === 'node') return ownNode;
  const isInside =
    folder !== undefined && word.startsWith(`${folder}/`) && !word.split('/').includes('..');
  if (isInside && existsSync(word)) return word;
  const name = word.replace(/^\/(usr\/)?bin\//, '');
  if (findProgram(name) !== undefined) return `/usr/bin/${name}`;
  return {
    why: `there is no program ${JSON.stringify(word)}`,
    hint: 'Name a program below the folder that host.json names for this agent program, a program of the system, or node.',
  };
}

/** Returns why no session may have a folder of programs; undefined when sessions may. */
function whyNotFolder(folder: string, ownFolders: readonly string[]): string | undefined {
  if (!existsSync(folder)) return `there is no folder ${folder}`;
  const real = realpathSync(folder);
  if (real !== folder) return `${folder} is a link to ${real}; name ${real}`;
  if (taken.test(folder)) return `${folder} would hide a folder of the sandbox`;
  const own = ownFolders.find(
    (own) => `${own}/`.startsWith(`${real}/`) || `${real}/`.startsWith(`${own}/`),
  );
  if (own !== undefined)
    return `${folder} overlaps ${own}, where Skillgate keeps policy, keys and logs`;
  return whyOthersCouldWriteAbove(folder) ?? whyOthersCouldWriteIn(folder);
}

function whyOthersCouldWriteAbove(folder: string): string | undefined {
  for (let at = dirname(folder); ; at = dirname(at)) {
    const { mode, uid } = statSync(at);
    // In a sticky folder such as /tmp, users cannot replace each other's files.
    if (!isOurs(uid) || ((mode & 0o022) !== 0 && (mode & 0o1000) === 0))
      return `other users may write to ${at}`;
    if (at === '/') return undefined;
  }
}

function whyOthersCouldWriteIn(folder: string): string | undefined {
  const waiting = [folder];
  let entries = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const stats = lstatSync(at);
    if (++entries > programEntriesMax) return `${folder} has more than ${programEntriesMax} files`;
    if (!isOurs(stats.uid) || (!stats.isSymbolicLink() && (stats.mode & 0o022) !== 0))
      return `other users may write to ${at}`;
    if (stats.isDirectory()) for (const name of readdirSync(at)) waiting.push(join(at, name));
  }
  return undefined;
}

function isOurs(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.();
}
