/** `skill agent remove`: forgets an identity and frees its workspace. The audit log keeps every line of it, and its breakers stay as they are. */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { agentFile, readAgent } from '../runner/agents.ts';
import { holderLives } from '../runner/lock.ts';
import type { Agent } from '../skills-index/run/agent.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { isDamaged } from './agent-store.ts';
import { confirm } from './ask.ts';
import { listWaiting } from './changes/waiting.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { exitCodes } from './command.ts';
import { answer, count, joined, type Safe, safe, say } from './output.ts';
import { listSecrets } from './secret-store.ts';
import { agentsFolderOf } from './start-skill.ts';

/**
 * Lists what is deleted, asks, and deletes.
 * @param forgetHolds what was allowed to the identity for a time
 * @throws Problem `usage` while it runs, or while something of it waits elsewhere; `not-confirmed`
 */
export async function removeAgent(context: CommandContext, forgetHolds: (name: string) => void): Promise<ExitCode> {
  const [name = ''] = context.args;
  const own = join(context.paths.data, 'agents', name);
  const identity = readIdentity(context, name);
  refuseRunning(name, own);
  refuseLeft(context, name);
  const deleted = [
    agentFile(agentsFolderOf(context), name),
    ...(existsSync(own) ? readdirSync(own) : []).map((one) => join(own, one)),
  ];
  const lines = deleted.map((path) => safe`  ${path}${sizeOf(path)}`);
  const frees = freesText(identity);
  const question = safe`This deletes agent ${name}, its key, its grants and its memory:\n${joined(lines, '\n')}${frees}\nThe audit log keeps its lines.`;
  if (context.options.yes === true) say(context.stderr, question);
  else await confirm(context, question, name, `skillgate agent remove ${name} --yes`);
  refuseRunning(name, own);
  // The identity first: from here on nothing starts in its name.
  for (const path of deleted) await rm(path, { recursive: true, force: true });
  await rm(own, { recursive: true, force: true });
  forgetHolds(name);
  answer(context, { schema: 'skillgate.agent-removed/1', ...{ agent: name, deleted } }, () => safe`removed agent ${name}`);
  return exitCodes.ok;
}

// A damaged file must not keep its name and its folder for good: it names no workspace, and what runs in its name has ended already.
function readIdentity(context: CommandContext, name: string): Agent | { readonly damaged: string } {
  try {
    return readAgent(agentsFolderOf(context), name);
  } catch (cause) {
    if (isDamaged(cause)) return { damaged: cause.message };
    throw cause;
  }
}

function freesText(identity: Agent | { readonly damaged: string }): Safe {
  if ('damaged' in identity)
    return safe`\nIts file cannot be read: ${identity.damaged}. A workspace that it names is free; the files of the workspace stay.`;
  const { workspace } = identity;
  return workspace === undefined ? safe`` : safe`\nWorkspace ${workspace.name} is free for another agent; its files stay.`;
}

function refuseRunning(name: string, own: string): void {
  const held = ['runs', 'sessions'].map((folder) => join(own, folder)).filter((folder) => existsSync(folder));
  const living = held.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file))).filter(holderLives);
  if (living.length === 0) return;
  throw new Problem(
    'usage',
    `Cannot remove agent ${name}: ${count(living.length, 'run or session of it goes on', 'runs or sessions of it go on')}`,
    { hint: `First end ${living.length === 1 ? 'it' : 'them'}: skillgate agent revoke ${name}` },
  );
}

// The next identity of this name would have them.
function refuseLeft({ paths }: CommandContext, name: string): void {
  const changes = listWaiting(paths.data).filter(({ set }) => set.agent === name);
  const secrets = listSecrets(join(paths.config, 'secrets.json')).filter((one) => one.agent === name);
  if (changes.length + secrets.length === 0) return;
  throw new Problem('usage', `Cannot remove agent ${name}: the next agent of this name would have what is left of it`, {
    reasons: [
      ...secrets.map((one) => ({ message: `secret ${one.name}: skillgate secret remove ${one.name} --agent ${name}` })),
      ...changes.map(({ set }) => ({ message: `changes of run ${set.run}: skillgate changes accept ${set.run}, or discard` })),
    ],
  });
}

function sizeOf(path: string): string {
  if (!existsSync(path) || !lstatSync(path).isDirectory()) return '';
  return ` (${count(readdirSync(path, { recursive: true }).length, 'entry', 'entries')})`;
}
