/**
 * `skillgate agent remove`: deletes an identity and frees its workspace. The audit log keeps the
 * agent's entries, and its breakers stay as they are.
 */

import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDamaged } from '../../runner/agents/agent-store.ts';
import { agentFile } from '../../runner/agents/agents.ts';
import { listWaiting } from '../../runner/changes/waiting.ts';
import { holderLives, withLock } from '../../runner/files/lock.ts';
import { removeTree } from '../../runner/files/remove-tree.ts';
import { listSecrets } from '../../runner/secret-sources/secret-store.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes, type Paths } from '../command.ts';
import { agentsFolderOf } from '../run/host-files.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, count, joined, printLine, type Safe, safe } from '../terminal/output.ts';
import { readNamedAgent } from './named-agent.ts';

/** Entries of other users that a removal names. */
const leftoversShownMax = 10;

/** Names in the help for an unknown agent; further names are counted. */

/**
 * Lists what it will delete, asks, and deletes.
 * @param forgetHolds deletes the allowances that the identity had for a time
 * @throws Problem `usage` while the agent runs or others wait for it; `not-confirmed`
 */
export async function removeAgent(
  context: CommandContext,
  forgetHolds: (name: string) => void,
): Promise<ExitCode> {
  const [name = ''] = context.args;
  const file = agentFile(agentsFolderOf(context), name);
  const own = ownFolderOf(context.paths, name);
  const identity = readIdentity(context, name);
  requireNoRuns(name, own);
  requireNoLeftovers(context, name);
  const deleted = [
    ...(lstatSync(file, { throwIfNoEntry: false }) === undefined ? [] : [file]),
    ...foldersOf(context.paths, name).flatMap(partsOf),
  ];
  const lines = deleted.map((path) => safe`  ${path}${sizeOf(path)}`);
  const frees = freesText(identity);
  const what =
    identity === 'gone'
      ? safe`Agent ${name} is already removed. This command deletes its leftovers`
      : safe`This command deletes agent ${name}, its key, its grants and its memory`;
  const question = safe`${what}:\n${joined(lines, '\n')}${frees}\nThe agent’s entries stay in the audit log.`;
  if (context.options.yes === true) printLine(context.stderr, question);
  else await confirm(context, question, name, `skillgate agent remove ${name} --yes`);
  // A concurrent grant must not restore the identity.
  const leftovers = withLock(`${file}.lock`, () => {
    requireSameAgent(name, identity, readIdentity(context, name));
    requireNoRuns(name, own);
    requireNoLeftovers(context, name);
    setAside(file, own);
    return foldersOf(context.paths, name);
  });
  forgetHolds(name);
  deleteFolders(name, leftovers);
  answer(
    context,
    { schema: 'skillgate.agent-removed/1', agent: name, deleted },
    () => safe`removed agent ${name}`,
  );
  return exitCodes.ok;
}

type Identity = Agent | { readonly damaged: string } | 'gone';

// A damaged file must not block its name and its folder for ever. It names no workspace, and the
// runs of this agent have ended already.
function readIdentity(context: CommandContext, name: string): Identity {
  try {
    return readNamedAgent(agentsFolderOf(context), name);
  } catch (cause) {
    if (isDamaged(cause)) return { damaged: cause.message };
    // An earlier removal did not finish.
    if (
      cause instanceof Problem &&
      cause.code === 'agent-unknown' &&
      foldersOf(context.paths, name).length > 0
    )
      return 'gone';
    throw cause;
  }
}

// The person confirmed the removal of the identity that was shown.
function requireSameAgent(name: string, confirmed: Identity, found: Identity): void {
  const keyOf = (identity: Identity): string =>
    identity === 'gone' || 'damaged' in identity ? JSON.stringify(identity) : identity.keyId;
  if (keyOf(confirmed) === keyOf(found)) return;
  throw new Problem(
    'usage',
    `Cannot remove agent ${name}: another agent took the name while you were asked`,
    {
      hint: `look at the new agent first: skillgate agent show; then: skillgate agent remove ${name}`,
    },
  );
}

function freesText(identity: Identity): Safe {
  if (identity === 'gone') return safe``;
  if ('damaged' in identity)
    return safe`\nThe agent’s file is damaged: ${identity.damaged}. The workspace that the file may name becomes free; the files of the workspace stay.`;
  const { workspace } = identity;
  return workspace === undefined
    ? safe``
    : safe`\nWorkspace ${workspace.name} becomes free for another agent; the files of the workspace stay.`;
}

function requireNoRuns(name: string, own: string): void {
  const lockFolders = ['runs', 'sessions']
    .map((folder) => join(own, folder))
    .filter((folder) => existsSync(folder));
  const living = lockFolders
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((path) => holderLives(path));
  if (living.length === 0) return;
  throw new Problem(
    'usage',
    `Cannot remove agent ${name}: ${count(living.length, 'run or session of the agent is active', 'runs or sessions of the agent are active')}`,
    { hint: `First end the runs and sessions of the agent: skillgate agent revoke ${name}` },
  );
}

// The next identity with this name would get these leftovers.
function requireNoLeftovers({ paths }: CommandContext, name: string): void {
  const waitingChanges = listWaiting(paths.data).filter(({ set }) => set.agent === name);
  const storedSecrets = listSecrets(join(paths.config, 'secrets.json')).filter(
    (secret) => secret.agent === name,
  );
  if (waitingChanges.length + storedSecrets.length === 0) return;
  throw new Problem(
    'usage',
    `Cannot remove agent ${name}: the next agent with this name would get its leftovers`,
    {
      reasons: [
        ...storedSecrets.map((secret) => ({
          message: `secret ${secret.name}: skillgate secret remove ${secret.name} --agent ${name}`,
        })),
        ...waitingChanges.map(({ set }) => ({
          message: `changes of run ${set.run}: skillgate changes accept ${set.run}, or skillgate changes discard ${set.run}`,
        })),
      ],
    },
  );
}

function sizeOf(path: string): string {
  if (!existsSync(path) || !lstatSync(path).isDirectory()) return '';
  return ` (${count(entriesIn(path).length, 'entry', 'entries')})`;
}

// Folders of a removed agent: `$DATA/agents/NAME`, and folders that a removal set aside to delete.
// The next agent with the same name must not get them.

// An agent's name has no dot.
const aside = '.removed-';

function ownFolderOf({ data }: Pick<Paths, 'data'>, name: string): string {
  return join(data, 'agents', name);
}

/** The agent's own folder, and folders that earlier removals could not delete. */
function foldersOf(paths: Pick<Paths, 'data'>, name: string): string[] {
  const folder = join(paths.data, 'agents');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((entry) => entry === name || entry.startsWith(`${name}${aside}`))
    .map((entry) => join(folder, entry));
}

/**
 * Deletes the identity's file and renames its folder, both or neither. A folder can be renamed even
 * where a part of it cannot be deleted.
 */
export function setAside(file: string, own: string): void {
  const away = `${own}${aside}${randomUUID()}`;
  const isThere = lstatSync(own, { throwIfNoEntry: false }) !== undefined;
  if (isThere) renameSync(own, away);
  try {
    rmSync(file, { recursive: true, force: true });
  } catch (cause) {
    if (isThere) renameSync(away, own);
    throw cause;
  }
}

/** @throws Problem that names the remaining paths and their owners */
function deleteFolders(name: string, folders: readonly string[]): void {
  for (const folder of folders) {
    // By descriptor: the folder's owner may exchange a part of it for a link meanwhile.
    removeTree(folder);
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined)
      throw new Problem(
        'file-not-found',
        `Agent ${name} is removed, but part of its folder could not be deleted: ${folder}`,
        {
          reasons: foreignIn(folder).map((message) => ({ message })),
          hint: `Delete ${folder} as the user who owns it, or change its owner, then run again: skillgate agent remove ${name}`,
        },
      );
  }
}

/** @throws Problem `usage` where the new agent would get the memory of an earlier agent */
export function requireNoLeftover(paths: Pick<Paths, 'data'>, name: string): void {
  const own = ownFolderOf(paths, name);
  if (lstatSync(own, { throwIfNoEntry: false }) === undefined) return;
  throw new Problem(
    'usage',
    `Cannot create agent ${name}: it would get the memory of an earlier agent in ${own}`,
    {
      hint: `Delete what is left of the earlier agent: skillgate agent remove ${name}`,
    },
  );
}

function foreignIn(folder: string): string[] {
  const paths = [folder, ...entriesIn(folder).map((name) => join(folder, name))].filter((path) =>
    existsSync(path),
  );
  const foreign = paths
    .map((path) => ({ path, uid: lstatSync(path).uid }))
    .filter(({ uid }) => uid !== process.getuid?.());
  return foreign
    .slice(0, leftoversShownMax)
    .map(({ path, uid }) => `${path} belongs to user ${uid}`);
}

/**
 * The entries of a folder, or the path itself where it is not a readable folder. Links are not
 * followed.
 */
function partsOf(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [path];
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [path];
  }
}

/** The paths below a folder, as far as this user may read it. */
function entriesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? [
            entry.name,
            ...entriesIn(join(folder, entry.name)).map((below) => join(entry.name, below)),
          ]
        : [entry.name],
    );
  } catch {
    return [];
  }
}
