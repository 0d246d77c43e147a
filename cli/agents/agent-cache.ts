/**
 * `skillgate agent cache …`: the build products that an agent's sessions keep for their workspaces,
 * such as `node_modules`.
 */

import { listAgents } from '../../runner/agents/agent-store.ts';
import { cachesFolderOf, clearCaches, listCaches } from '../../runner/sessions/keep-products.ts';

import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { agentsFolderOf } from '../run/host-files.ts';
import { answer, bytesText, count, safe, table } from '../terminal/output.ts';
import { readNamedAgent } from './named-agent.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const [verb = '', name] = context.args;
  if (verb === 'list') return list(context, name);
  if (verb === 'clear' && name !== undefined) return clear(context, name);
  throw new Problem(
    'usage',
    `Cannot run ${calledName()} agent cache ${verb}: write list [NAME], or clear NAME`,
  );
}

interface FoundCache {
  readonly agent: string;
  readonly workspace: string;
  readonly at: string;
  readonly kept: readonly {
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
  }[];
}

function list(context: CommandContext, name: string | undefined): ExitCode {
  const names = name === undefined ? agentNames(context) : [requireAgent(context, name)];
  const found = names.flatMap((agent) => cachesOf(context, agent));
  answer(context, { schema: 'skillgate.agent-caches/1', caches: found }, () =>
    found.length === 0
      ? safe`No agent keeps build products on this host.`
      : table(
          found.flatMap(({ agent, at, kept, workspace }) =>
            kept.map(({ bytes, files, path }) => [
              agent,
              workspace,
              path,
              count(files, 'file'),
              bytesText(bytes),
              safe`last used ${at}`,
            ]),
          ),
        ),
  );
  return exitCodes.ok;
}

function clear(context: CommandContext, name: string): ExitCode {
  const { workspace } = context.options;
  const named = typeof workspace === 'string' ? workspace : undefined;
  const all = cachesOf(context, requireAgent(context, name));
  const found = all.filter((cache) => named === undefined || cache.workspace === named);
  const caches = cachesFolderOf(context.paths, name);
  if (!clearCaches(caches, named) && named !== undefined)
    throw new Problem('not-found', `Agent ${name} keeps no build products of workspace ${named}`, {
      hint: `see the kept folders: skillgate agent cache list ${name}`,
    });
  const paths = found.flatMap(({ kept, workspace }) =>
    kept.map(({ path }) => ({ workspace, path })),
  );
  answer(context, { schema: 'skillgate.agent-cache-cleared/1', agent: name, cleared: paths }, () =>
    paths.length === 0
      ? safe`Agent ${name} keeps no build products.`
      : safe`deleted ${count(paths.length, 'kept folder')} of agent ${name}; a session that uses one goes on with it`,
  );
  return exitCodes.ok;
}

function cachesOf({ paths }: CommandContext, agent: string): FoundCache[] {
  return listCaches(cachesFolderOf(paths, agent)).map(({ list: { at, folders, workspace } }) => {
    const kept = folders.map(({ bytes, files, path }) => ({ path, files, bytes }));
    return { agent, workspace, at, kept };
  });
}

function requireAgent(context: CommandContext, name: string): string {
  return readNamedAgent(agentsFolderOf(context), name).name;
}

function agentNames(context: CommandContext): string[] {
  const { agents: known, damaged } = listAgents(agentsFolderOf(context));
  return [...known, ...damaged].map(({ name }) => name);
}
