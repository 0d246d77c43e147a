/** `skillgate mcp`: approved skills for one agent identity, over MCP. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
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
  if (typeof context.options.socket === 'string')
    return await serveSocket(context, agent, resolve(context.cwd, context.options.socket));
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

/**
 * Serves every client of a Unix socket. Whoever may open the socket has the agent’s skills, so only
 * this user may.
 */
async function serveSocket(
  context: CommandContext,
  agent: string,
  path: string,
): Promise<ExitCode> {
  // All clients take turns. An unknown agent fails here.
  const { turns } = worldOf(context, agent);
  const { serveMcp } = await import('./mcp-server.ts');
  const serve = async (socket: Socket): Promise<void> => {
    const gone = new AbortController();
    socket.on('error', () => undefined).once('close', () => gone.abort());
    const signal = AbortSignal.any([context.signal, gone.signal]);
    const world = { ...worldOf({ ...context, signal }, agent), turns };
    await serveMcp(world, { stdin: socket, stdout: socket }, optionsOf(context, signal));
  };
  const server = createServer((socket) => {
    serve(socket)
      .catch((cause: unknown) => printNote(context, safe`mcp: ${String(cause)}`))
      .finally(() => socket.destroy());
  });
  // Each client may have a message of megabytes under way.
  server.maxConnections = 16;
  if (await isStale(path)) rmSync(path);
  const before = process.umask(0o177);
  try {
    await once(server.listen(path), 'listening');
  } catch (cause) {
    throw new Problem('port-taken', `Cannot listen on ${path}: ${String(cause)}`, {
      hint: 'end the program that listens there, or name another path',
      cause,
    });
  } finally {
    process.umask(before);
  }
  printNote(context, safe`serves ${agent} on ${path}`);
  if (!context.signal.aborted) await once(context.signal, 'abort');
  server.close();
  return exitCodes.interrupted;
}

/** Whether a socket is left of a server that no longer runs. */
async function isStale(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  const client = connect(path);
  try {
    await once(client, 'connect');
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    client.destroy();
  }
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
