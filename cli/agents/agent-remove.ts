/**
 * `skillgate agent remove`: deletes an identity and frees its workspace. The audit log keeps the
 * agent's entries, and its breakers stay as they are.
 */

import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as agents from '../../runner/agents/public.ts';
import * as changes from '../../runner/changes/public.ts';
import * as files from '../../runner/files/public.ts';
import * as secrets from '../../runner/secret-sources/public.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { exitCodes } from '../command.ts';
import { agentsFolderOf } from '../run/host-files.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, count, joined, printLine, type Safe, safe } from '../terminal/output.ts';
import {
  deleteFolders,
  entriesIn,
  foldersOf,
  ownFolderOf,
  partsOf,
  setAside,
} from './agent-leftovers.ts';
import { readNamedAgent } from './named-agent.ts';

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
  const file = agents.agentFile(agentsFolderOf(context), name);
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
  const leftovers = files.withLock(`${file}.lock`, () => {
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
    if (agents.isDamaged(cause)) return { damaged: cause.message };
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
    .filter((path) => files.holderLives(path));
  if (living.length === 0) return;
  throw new Problem(
    'usage',
    `Cannot remove agent ${name}: ${count(living.length, 'run or session of the agent is active', 'runs or sessions of the agent are active')}`,
    { hint: `First end the runs and sessions of the agent: skillgate agent revoke ${name}` },
  );
}

// The next identity with this name would get these leftovers.
function requireNoLeftovers({ paths }: CommandContext, name: string): void {
  const waitingChanges = changes.listWaiting(paths.data).filter(({ set }) => set.agent === name);
  const storedSecrets = secrets
    .listSecrets(join(paths.config, 'secrets.json'))
    .filter((secret) => secret.agent === name);
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
