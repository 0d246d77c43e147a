/** `skillgate mcp`: approved skills for one agent identity, over MCP on stdin and stdout. */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';
import { agentSkills } from './agent-skills.ts';
import { agentTurns } from './call-turns.ts';
import type { McpOptions, McpWorld } from './mcp-server.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { agent } = context.options;
  if (typeof agent !== 'string')
    throw new Problem('usage', 'Cannot serve skills: no agent is named', {
      hint: 'skillgate mcp --agent NAME',
    });
  // When the client disconnects, its calls end.
  const disconnected = new AbortController();
  context.stdin.once('end', () => disconnected.abort()).once('close', () => disconnected.abort());
  const signal = AbortSignal.any([context.signal, disconnected.signal]);
  const world = worldOf({ ...context, signal }, agent);
  const { serveMcp } = await import('./mcp-server.ts');
  await serveMcp(world, context, optionsOf(context, signal));
  context.stdin.destroy();
  return context.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
}

function worldOf(context: CommandContext, agent: string): McpWorld {
  return {
    skills: agentSkills(context, agent, context.cwd),
    turns: agentTurns(context, agent),
    boundary: () => randomUUID().slice(0, 8),
  };
}

function optionsOf(context: CommandContext, signal: AbortSignal): McpOptions {
  return { version: '1', signal, log: (line) => printNote(context, safe`mcp: ${line}`) };
}
