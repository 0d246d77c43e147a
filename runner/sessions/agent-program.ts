/**
 * Finds an agent's program: a program that host policy names, a program of a toolchain, the
 * runner's node, or a program of the system. No other user can write to any of these.
 */
import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { ProgramFact, ToolchainFact } from '../../skills-index/run/plan/plan-session.ts';
import { findProgram } from '../host/host.ts';
import { programEntriesMax } from '../limits.ts';

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
export function whyNotFolder(folder: string, ownFolders: readonly string[]): string | undefined {
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
